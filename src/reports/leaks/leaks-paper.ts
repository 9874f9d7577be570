import { type Format, type FormatOptions, formatIn } from '../../domain/format.ts';
import { dateInZone } from '../../domain/time.ts';
import type { ZoneName } from '../../domain/zone.ts';
import { plainText } from '../format/plain-text.ts';
import type { Cell } from '../format/table-cells.ts';
import { type Paper, type PaperTable, toTable } from '../page/paper.ts';
import { type LeaksWords, leaksWordsIn } from '../text/leaks-words.ts';
import type { ClientLeaks, LeakReport, LeakRow, LeakSection, LeakSum } from './leak-shape.ts';

/** Who reads it: the MSP. */
interface Reader extends FormatOptions {
  timezone: ZoneName;
}

/** `hasRows`: with every ticket, and not only the sums. */
export function leaksToPaper(report: LeakReport, reader: Reader, hasRows: boolean): Paper {
  const words = leaksWordsIn(reader.locale);
  const format = formatIn(reader);
  const one = new LeaksText(words, format);
  const months = [...report.clients.flatMap((client) => client.months), ...report.withoutClient];
  const [first, last] = [months.map(({ month }) => month).sort()].flatMap((all) => [
    all[0],
    all.at(-1),
  ]);
  const period =
    first === undefined || last === undefined
      ? ''
      : ` · ${words.period(format.month(first), format.month(last))}`;
  const shown = report.clients.filter(({ rows }) => rows.length > 0);
  const tables = [
    ...(shown.length > 0 ? [one.sums(shown, report)] : []),
    ...(hasRows ? shown.flatMap((client) => one.client(client)) : []),
    ...(report.withoutClient.length > 0
      ? [one.rows(report.withoutClient, { heading: words.withoutClient })]
      : []),
  ];
  return {
    locale: reader.locale,
    title: words.title,
    subtitle: `${words.asOf(format.date(dateInZone(report.asOf, reader.timezone)))}${period}`,
    notice: tables.length === 0 ? words.nothing : report.mode === 'observe' ? words.observed : null,
    headlines: report.totals.flatMap(({ currency, leakMinor, overMinor }) => [
      { figure: format.money(leakMinor, currency), rest: words.notBilled, isOver: leakMinor > 0 },
      ...(overMinor > 0
        ? [{ figure: format.money(overMinor, currency), rest: words.toCheck }]
        : []),
    ]),
    tables,
    notes: [
      ...(hasRows ? [] : [words.moreOf]),
      ...notBefore(report, words, format),
      ...uncompared(report, words, format),
      ...words.notes,
    ],
  };
}

/** In one line, however many clients there are. */
function notBefore({ clients }: LeakReport, words: LeaksWords, format: Format): string[] {
  const without = clients.filter(({ hasPast }) => !hasPast);
  const [day, ...others] = new Set(without.map(({ startOn }) => startOn));
  if (day === undefined) return [];
  const names = without.map(({ client }) => client);
  return [words.notBefore(names, others.length > 0 ? null : format.day(day))];
}

function uncompared({ clients }: LeakReport, words: LeaksWords, format: Format): string[] {
  const seconds = clients.reduce((sum, { uncomparedSeconds }) => sum + uncomparedSeconds, 0);
  return seconds === 0 ? [] : [words.uncompared(format.duration(seconds))];
}

class LeaksText {
  readonly #words: LeaksWords;
  readonly #format: Format;

  constructor(words: LeaksWords, format: Format) {
    this.#words = words;
    this.#format = format;
  }

  sums(clients: readonly ClientLeaks[], { totals }: LeakReport): PaperTable {
    const { columns, byReason, notBilled, toCheck, total } = this.#words;
    const rows = clients.flatMap(({ client, sums }) => sums.map((sum) => ({ client, ...sum })));
    const foot = totals.flatMap(({ currency, leakMinor, overMinor }) =>
      [
        { what: notBilled, minor: leakMinor },
        ...(overMinor > 0 ? [{ what: toCheck, minor: overMinor }] : []),
      ].map(({ what, minor }) =>
        [total, what, '', '', this.#format.money(minor, currency)].map((text): Cell => [text]),
      ),
    );
    return toTable(
      { heading: byReason },
      rows,
      [
        [columns.client, 'what', ({ client }) => client],
        [columns.reason, 'text', (row) => this.#reason(row)],
        [columns.tickets, 'figure', (row) => String(row.rows)],
        [columns.hours, 'figure', ({ seconds }) => this.#format.duration(seconds)],
        [columns.amount, 'main', ({ minor, currency }) => this.#amount(minor, currency)],
      ],
      foot,
    );
  }

  /** The reason says by itself whether it is a leak, or the section does. */
  #reason({ reason, section }: Pick<LeakSum, 'reason' | 'section'>): string {
    const { sections, reasons } = this.#words;
    const text = reasons[reason];
    return section === 'unbilled' ? text : `${sections[section]} · ${text}`;
  }

  #amount(minor: number | null, currency: string | null): string {
    return minor === null || currency === null
      ? this.#words.noPrice
      : this.#format.money(minor, currency);
  }

  /** All months, then the tickets of each kind. */
  client(one: ClientLeaks): PaperTable[] {
    const { columns, byMonth, sections } = this.#words;
    const kinds: LeakSection[] = ['unbilled', 'added', 'paid-later', 'over'];
    const hours = (seconds: number) => (seconds === 0 ? '' : this.#format.duration(seconds));
    return [
      toTable({ heading: one.client, caption: byMonth }, one.months, [
        [columns.month, 'what', ({ month }) => this.#format.month(month)],
        [columns.worked, 'main', ({ workedSeconds }) => this.#format.duration(workedSeconds)],
        [columns.charged, 'figure', ({ chargedSeconds }) => hours(chargedSeconds)],
        [columns.free, 'figure', ({ freeSeconds }) => hours(freeSeconds)],
        [columns.open, 'figure', ({ openSeconds }) => hours(openSeconds)],
        [columns.setAside, 'figure', ({ setAsideSeconds }) => hours(setAsideSeconds)],
      ]),
      ...kinds.flatMap((kind) => {
        const rows = one.rows.filter(({ section }) => section === kind);
        return rows.length === 0 ? [] : [this.rows(rows, { caption: sections[kind] })];
      }),
    ];
  }

  rows(rows: readonly LeakRow[], titles: { heading?: string; caption?: string }): PaperTable {
    const { columns, reasons, rates } = this.#words;
    const rateCell = ({ rate }: LeakRow) =>
      rate === null ? '' : [this.#format.money(rate.minor, rate.currency), rates[rate.source]];
    return toTable(titles, rows, [
      [columns.ticket, 'what', (row) => this.#ticket(row)],
      [columns.month, 'text', ({ month }) => this.#format.month(month)],
      [columns.reason, 'text', (row) => [reasons[row.reason], ...this.#detail(row)]],
      [columns.explain, 'text', ({ explain }) => explain ?? ''],
      [columns.hours, 'figure', ({ seconds }) => this.#format.duration(seconds)],
      [columns.rate, 'figure', rateCell],
      [columns.amount, 'main', ({ minor, rate }) => this.#amount(minor, rate?.currency ?? null)],
    ]);
  }

  #ticket({ ticket, summary }: LeakRow): string {
    if (ticket === null) return this.#words.withoutTicket;
    return plainText(`${ticket} ${summary ?? ''}`.trim());
  }

  #detail({ reason, detail }: LeakRow): string[] {
    if (detail === null) return [];
    if (reason === 'paid-later') return [this.#words.paidOn(this.#format.day(detail))];
    if (reason === 'expired-open') return [this.#words.expiredOn(this.#format.day(detail))];
    return [detail];
  }
}
