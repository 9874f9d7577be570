import { type Format, type FormatOptions, formatIn } from '../../domain/format.ts';
import { dateInZone } from '../../domain/time.ts';
import type { ZoneName } from '../../domain/zone.ts';
import { plainText } from '../format/plain-text.ts';
import type { Cell } from '../format/table-cells.ts';
import { type LeaksWords, leaksWordsIn } from '../text/leaks-words.ts';
import { pageWordsIn } from '../text/page-words.ts';
import type { ClientLeaks, LeakReport, LeakRow, LeakSection, LeakSum } from './leak-shape.ts';
import type { Paper, PaperTable } from './paper.ts';

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
      ? [one.rows(report.withoutClient, null, words.withoutClient)]
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
        ? [{ figure: format.money(overMinor, currency), rest: words.toCheck, isOver: false }]
        : []),
    ]),
    tables,
    notes: [
      ...notBefore(report, words, format),
      ...uncompared(report, words, format),
      ...words.notes,
    ],
    page: pageWordsIn(reader.locale).pageNumber,
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
    const rows = clients.flatMap(({ client, sums }) =>
      sums.map((sum): Cell[] => [
        [client],
        [this.#reason(sum)],
        [String(sum.rows)],
        [this.#format.duration(sum.seconds)],
        [this.#amount(sum.minor, sum.currency)],
      ]),
    );
    const foot = totals.flatMap(({ currency, leakMinor, overMinor }): Cell[][] => [
      [[total], [notBilled], [''], [''], [this.#format.money(leakMinor, currency)]],
      ...(overMinor > 0
        ? [[[total], [toCheck], [''], [''], [this.#format.money(overMinor, currency)]]]
        : []),
    ]);
    return {
      ...{ heading: byReason, caption: null, rows, foot },
      columns: [
        { title: columns.client, place: 'what' },
        { title: columns.reason, place: 'date' },
        { title: columns.tickets, place: 'worked', isFigure: true },
        { title: columns.hours, place: 'price', isFigure: true },
        { title: columns.amount, place: 'main', isFigure: true },
      ],
    };
  }

  /** The reason says by itself whether it is a leak, or the section does. */
  #reason({ reason, section }: Pick<LeakSum, 'reason' | 'section'>): string {
    const { sections, reasons } = this.#words;
    const text = reasons[reason] ?? reason;
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
    const figures = ['worked', 'charged', 'free', 'open', 'setAside'] as const;
    const months = one.months.map((month): Cell[] => [
      [this.#format.month(month.month)],
      ...figures.map((figure): Cell => [this.#format.duration(month[`${figure}Seconds`])]),
    ]);
    const kinds: LeakSection[] = ['unbilled', 'added', 'paid-later', 'over'];
    return [
      {
        ...{ heading: one.client, caption: byMonth, rows: months, foot: [] },
        columns: [
          { title: columns.month, place: 'what' },
          ...figures.map((figure, index) => {
            const place = index === 0 ? ('main' as const) : ('worked' as const);
            return { title: columns[figure], place, isFigure: true };
          }),
        ],
      },
      ...kinds.flatMap((kind) => {
        const rows = one.rows.filter(({ section }) => section === kind);
        return rows.length === 0 ? [] : [this.rows(rows, sections[kind] ?? '', null)];
      }),
    ];
  }

  rows(rows: readonly LeakRow[], caption: string | null, heading: string | null): PaperTable {
    const { columns, reasons, rates } = this.#words;
    return {
      ...{ heading, caption, foot: [] },
      columns: [
        { title: columns.ticket, place: 'what' },
        { title: columns.month, place: 'date' },
        { title: columns.reason, place: 'date' },
        { title: columns.explain, place: 'date' },
        { title: columns.hours, place: 'price', isFigure: true },
        { title: columns.rate, place: 'worked', isFigure: true },
        { title: columns.amount, place: 'main', isFigure: true },
      ],
      rows: rows.map((row) => [
        [this.#ticket(row)],
        [row.month],
        [reasons[row.reason] ?? row.reason, ...this.#detail(row)],
        [row.explain ?? ''],
        [this.#format.duration(row.seconds)],
        row.rate === null
          ? ['']
          : [this.#format.money(row.rate.minor, row.rate.currency), rates[row.rate.source] ?? ''],
        [this.#amount(row.minor, row.rate?.currency ?? null)],
      ]),
    };
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
