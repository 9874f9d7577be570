import { type Format, type FormatOptions, formatIn } from '../../domain/format.ts';
import { minorDigits, textFromMinor } from '../../domain/money.ts';
import { movementKinds } from '../../domain/revenue/movements.ts';
import type { Column } from '../format/table-cells.ts';
import type { CurrencyRevenue, RevenueReport } from './revenue.ts';
import { type RevenueWords, revenueWordsIn } from './revenue-words.ts';

export interface RevenueTable {
  caption: string;
  columns: Column[];
  rows: string[][];
  /** Null: nothing to add up. */
  total: string[] | null;
}

/** What the report shows, on a page and on a terminal, in the reader's language. */
export interface RevenuePage {
  words: RevenueWords;
  period: string;
  headlines: { label: string; figure: string; rest: string }[];
  tables: RevenueTable[];
}

interface Reader {
  format: Format;
  words: RevenueWords;
}

export function toRevenuePage(report: RevenueReport, options: FormatOptions): RevenuePage {
  const reader = { format: formatIn(options), words: revenueWordsIn(options.locale) };
  const { format, words } = reader;
  const ends = [report.from, report.to].map((month) => format.month(month));
  const rollForwards = report.currencies.flatMap((one) => toFigureTables(one, reader));
  return {
    words,
    period: [...new Set(ends)].join(' – '),
    headlines: toHeadlines(report, reader),
    tables: [...rollForwards, toFiguresTable(report, reader), toRetentionTable(report, reader)],
  };
}

function toHeadlines({ currencies, retention, to }: RevenueReport, { format, words }: Reader) {
  const deferred = currencies.map(({ currency, total }) => ({
    label: words.deferredAt(format.month(to)),
    figure: format.money(total.closingMinor, currency),
    rest: `${words.soldIn} ${format.money(total.sold, currency)} · ${words.earnedIn} ${format.money(total.earned, currency)}`,
  }));
  const { retainedPercent, retained, wasActive } = retention;
  if (retainedPercent === null) return deferred;
  const figure = words.percent(retainedPercent);
  return [
    ...deferred,
    { label: words.retained, figure, rest: words.retainedOf(retained, wasActive) },
  ];
}

type Figured = CurrencyRevenue['total'];

/** By month and by client, without the columns in which nothing happened. */
function toFigureTables(one: CurrencyRevenue, { format, words }: Reader): RevenueTable[] {
  const { currency, total } = one;
  const all = [...one.months, ...one.clients];
  const kinds = movementKinds.filter((kind) => all.some((row) => row[kind] !== 0));
  const spell = spellAmounts(format, currency);
  const cells = (name: string, row: Figured) => [
    name,
    spell(row.openingMinor),
    ...kinds.map((kind) => (row[kind] === 0 ? '' : spell(row[kind]))),
    spell(row.closingMinor),
    row.closingSeconds === 0 ? '' : format.duration(row.closingSeconds),
  ];
  const titles = [
    words.opening,
    ...kinds.map((kind) => words.kinds[kind]),
    words.closing,
    words.hoursLeft,
  ];
  const toTable = (caption: string, first: string, rows: string[][]): RevenueTable => ({
    caption: `${caption}, ${currency}`,
    columns: [{ title: first }, ...titles.map((title) => ({ title, isFigure: true }))],
    rows,
    total: rows.length > 1 ? cells(words.total, total) : null,
  });
  const byMonth = one.months.map((row) => cells(format.month(row.month), row));
  const byClient = one.clients.map((row) => cells(row.client, row));
  return [
    toTable(words.rollForward, words.month, byMonth),
    toTable(words.byClient, words.client, byClient),
  ];
}

/** The caption names the currency. */
function spellAmounts({ locale }: Format, currency: string): (minor: number) => string {
  const digits = minorDigits(currency);
  const options = { minimumFractionDigits: digits, maximumFractionDigits: digits };
  const numbers = new Intl.NumberFormat(locale, options);
  return (minor) => numbers.format(textFromMinor(minor, currency) as Intl.StringNumericLiteral);
}

function toFiguresTable({ retention }: RevenueReport, { words }: Reader): RevenueTable {
  const { figures } = words;
  const days = (count: number | null) => (count === null ? '–' : words.days(count));
  const percent = (count: number | null) => (count === null ? '–' : words.percent(count));
  return {
    caption: words.retention,
    columns: [{ title: words.figure }, { title: '', isFigure: true }],
    rows: [
      [words.retained, percent(retention.retainedPercent)],
      ...retention.money.map((one) => [figures.moneyRetained(one.currency), percent(one.percent)]),
      [figures.daysBetween, days(retention.medianDaysBetween)],
      [figures.lowToOrdered, days(retention.medianDaysLowToOrdered)],
      [figures.lowToPaid, days(retention.medianDaysLowToPaid)],
    ],
    total: null,
  };
}

function toRetentionTable({ retention }: RevenueReport, { words }: Reader): RevenueTable {
  return {
    caption: words.purchases,
    columns: [
      { title: words.client },
      { title: words.bought, isFigure: true },
      { title: words.daysBetween, isFigure: true },
      { title: words.stayed, isFigure: true },
    ],
    rows: retention.clients.map((one) => [
      one.client,
      String(one.bought),
      one.medianDaysBetween === null ? '' : String(one.medianDaysBetween),
      one.wasActive ? (one.isRetained ? words.yes : words.no) : words.isNew,
    ]),
    total: null,
  };
}
