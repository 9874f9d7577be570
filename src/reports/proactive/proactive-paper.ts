import { type Format, type FormatOptions, formatIn } from '../../domain/format.ts';
import { type Paper, type PaperTable, type Shown, toTable } from '../page/paper.ts';
import { type ProactiveWords, proactiveWordsIn } from '../text/proactive-words.ts';
import type { ClassSums, ClientClasses, ProactiveReport } from './proactive.ts';
import type { SourcesReport } from './sources.ts';

/** `hasMonths`: with each client's months and alerts. */
export function proactiveToPaper(
  report: ProactiveReport,
  reader: FormatOptions,
  hasMonths: boolean,
): Paper {
  const words = proactiveWordsIn(reader.locale);
  const format = formatIn(reader);
  const { clients, withoutRules } = report;
  const from = format.month(report.from);
  const to = format.month(report.to);
  return {
    ...frame(reader, words.title, words.subtitle(from, to)),
    notice: clients.length === 0 ? words.nothing : null,
    tables:
      clients.length === 0
        ? []
        : hasMonths
          ? clients.flatMap((one) => toDetails(one, words, format))
          : [toOverview(clients, words, format)],
    notes: [
      ...(hasMonths || clients.length === 0 ? [] : [words.moreOf]),
      ...(clients.some(({ total }) => total.unknownSeconds > 0) ? [words.unknownNote] : []),
      ...(withoutRules.length === 0 ? [] : [words.without(withoutRules.length)]),
      ...words.notes,
    ],
  };
}

export function sourcesToPaper({ since, sources }: SourcesReport, reader: FormatOptions): Paper {
  const words = proactiveWordsIn(reader.locale);
  const format = formatIn(reader);
  const { columns } = words;
  const areSeveral = new Set(sources.map(({ connection }) => connection)).size > 1;
  return {
    ...frame(reader, words.sourcesTitle, words.sourcesSubtitle(format.date(since))),
    notice: sources.length === 0 ? words.noSources : null,
    tables:
      sources.length === 0
        ? []
        : [
            toTable({}, sources, [
              [columns.source, 'what', ({ source }) => source ?? words.noSource],
              areSeveral ? [columns.connection, 'text', ({ connection }) => connection] : null,
              [columns.tickets, 'figure', ({ tickets }) => String(tickets)],
              [columns.hours, 'main', ({ seconds }) => format.duration(seconds)],
              [
                columns.class,
                'text',
                ({ class: found }) => (found === null ? '' : words.classes[found]),
              ],
            ]),
          ],
    notes: words.sourcesNotes,
  };
}

function frame({ locale }: FormatOptions, title: string, subtitle: string) {
  return { locale, title, subtitle, headlines: [] };
}

function percentText(percent: number | null): string {
  return percent === null ? '' : `${percent}\u00a0%`;
}

function classColumns(
  { columns }: ProactiveWords,
  format: Format,
  hasUnknown: boolean,
): Shown<ClassSums>[] {
  return [
    [columns.proactive, 'figure', ({ seconds }) => format.duration(seconds.proactive)],
    [columns.reactive, 'figure', ({ seconds }) => format.duration(seconds.reactive)],
    [columns.emergency, 'figure', ({ seconds }) => format.duration(seconds.emergency)],
    hasUnknown
      ? [columns.unknown, 'figure', ({ unknownSeconds }) => format.duration(unknownSeconds)]
      : null,
    [columns.share, 'figure', ({ proactivePercent }) => percentText(proactivePercent)],
  ];
}

function trendText({ trend }: ClientClasses): string {
  return trend === null
    ? ''
    : `${percentText(trend.percentBefore)} → ${percentText(trend.percent)}`;
}

function toOverview(
  clients: readonly ClientClasses[],
  words: ProactiveWords,
  format: Format,
): PaperTable {
  const hasUnknown = clients.some(({ total }) => total.unknownSeconds > 0);
  const areTold = clients.some(({ idleAlerts }) => idleAlerts.length > 0);
  const alerts = ({ idleAlerts }: ClientClasses) => {
    const followed = idleAlerts.filter(({ followedOn }) => followedOn !== null).length;
    return idleAlerts.length === 0 ? '' : words.followed(followed, idleAlerts.length);
  };
  const rows = clients.map((one) => ({ ...one, ...one.total }));
  return toTable({}, rows, [
    [words.columns.client, 'what', ({ client }) => client],
    ...classColumns(words, format, hasUnknown),
    [words.columns.trend, 'main', trendText],
    areTold ? [words.columns.alerts, 'text', alerts] : null,
  ]);
}

function toDetails(one: ClientClasses, words: ProactiveWords, format: Format): PaperTable[] {
  const { client: heading, months, total, idleAlerts } = one;
  const { columns } = words;
  const trend = trendText(one);
  const isCharged = ({ seconds, unknownSeconds }: ClassSums) =>
    unknownSeconds + Object.values(seconds).reduce((sum, one) => sum + one, 0) > 0;
  const shown = months.slice(Math.max(0, months.findIndex(isCharged)));
  const classes = classColumns(words, format, total.unknownSeconds > 0);
  const foot = toTable({}, [total], [['', 'what', () => words.total], ...classes]);
  return [
    toTable(
      { heading, caption: trend === '' ? null : words.trend(trend) },
      shown,
      [[columns.month, 'what', ({ month }) => format.month(month)], ...classes],
      foot.rows,
    ),
    ...(idleAlerts.length === 0
      ? []
      : [
          toTable({ caption: words.alertsCaption }, idleAlerts, [
            [columns.alertOn, 'what', ({ on }) => format.date(on)],
            [
              columns.followedOn,
              'text',
              ({ followedOn: on }) => (on === null ? words.notYet : format.date(on)),
            ],
          ]),
        ]),
  ];
}
