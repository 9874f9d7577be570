import { type Format, type FormatOptions, formatIn } from '../../domain/format.ts';
import type { Cell } from '../format/table-cells.ts';
import type { Paper, PaperTable } from '../leaks/paper.ts';
import { pageWordsIn } from '../text/page-words.ts';
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
            {
              ...{ heading: null, caption: null, foot: [] },
              columns: [
                { title: columns.source, place: 'what' },
                ...(areSeveral ? [{ title: columns.connection, place: 'date' } as const] : []),
                { title: columns.tickets, place: 'worked', isFigure: true },
                { title: columns.hours, place: 'main', isFigure: true },
                { title: columns.class, place: 'date' },
              ],
              rows: sources.map((one): Cell[] => [
                [one.source ?? words.noSource],
                ...(areSeveral ? [[one.connection]] : []),
                [String(one.tickets)],
                [format.duration(one.seconds)],
                [one.class === null ? '' : words.classes[one.class]],
              ]),
            },
          ],
    notes: words.sourcesNotes,
  };
}

function frame({ locale }: FormatOptions, title: string, subtitle: string) {
  return { locale, title, subtitle, headlines: [], page: pageWordsIn(locale).pageNumber };
}

function percentText(percent: number | null): string {
  return percent === null ? '' : `${percent}\u00a0%`;
}

function classColumns({ columns }: ProactiveWords, hasUnknown: boolean): PaperTable['columns'] {
  const titles = [columns.proactive, columns.reactive, columns.emergency];
  return [...titles, ...(hasUnknown ? [columns.unknown] : [])]
    .map((title) => ({ title, place: 'worked' as const, isFigure: true }))
    .concat([{ title: columns.share, place: 'worked', isFigure: true }]);
}

function classCells(
  { seconds, unknownSeconds, proactivePercent }: ClassSums,
  format: Format,
  hasUnknown: boolean,
): Cell[] {
  return [
    ...[seconds.proactive, seconds.reactive, seconds.emergency].map((one) => [
      format.duration(one),
    ]),
    ...(hasUnknown ? [[format.duration(unknownSeconds)]] : []),
    [percentText(proactivePercent)],
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
  return {
    ...{ heading: null, caption: null, foot: [] },
    columns: [
      { title: words.columns.client, place: 'what' },
      ...classColumns(words, hasUnknown),
      { title: words.columns.trend, place: 'main', isFigure: true },
      ...(areTold ? [{ title: words.columns.alerts, place: 'date' } as const] : []),
    ],
    rows: clients.map((one): Cell[] => {
      const followed = one.idleAlerts.filter(({ followedOn }) => followedOn !== null).length;
      const alerts = one.idleAlerts.length;
      return [
        [one.client],
        ...classCells(one.total, format, hasUnknown),
        [trendText(one)],
        ...(areTold ? [[alerts === 0 ? '' : words.followed(followed, alerts)]] : []),
      ];
    }),
  };
}

function toDetails(one: ClientClasses, words: ProactiveWords, format: Format): PaperTable[] {
  const hasUnknown = one.total.unknownSeconds > 0;
  const trend = trendText(one);
  const isCharged = ({ seconds, unknownSeconds }: ClassSums) =>
    unknownSeconds + Object.values(seconds).reduce((sum, one) => sum + one, 0) > 0;
  const first = Math.max(0, one.months.findIndex(isCharged));
  const months: PaperTable = {
    heading: one.client,
    caption: trend === '' ? null : words.trend(trend),
    columns: [{ title: words.columns.month, place: 'what' }, ...classColumns(words, hasUnknown)],
    rows: one.months
      .slice(first)
      .map((month): Cell[] => [
        [format.month(month.month)],
        ...classCells(month, format, hasUnknown),
      ]),
    foot: [[[words.total], ...classCells(one.total, format, hasUnknown)]],
  };
  if (one.idleAlerts.length === 0) return [months];
  return [
    months,
    {
      ...{ heading: null, caption: words.alertsCaption, foot: [] },
      columns: [
        { title: words.columns.alertOn, place: 'what' },
        { title: words.columns.followedOn, place: 'main' },
      ],
      rows: one.idleAlerts.map(({ on, followedOn }): Cell[] => [
        [format.date(on)],
        [followedOn === null ? words.notYet : format.date(followedOn)],
      ]),
    },
  ];
}
