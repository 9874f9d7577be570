import type { LoadedConfig } from '../../config/loaded.ts';
import { type Format, formatIn } from '../../domain/format.ts';
import { minorDigits, textFromMinor } from '../../domain/money.ts';
import { movementKinds } from '../../domain/revenue/movements.ts';
import { type Paper, type PaperTable, type Shown, toTable } from '../page/paper.ts';
import type { CurrencyRevenue, RevenueReport } from './revenue.ts';
import { type RevenueWords, revenueWordsIn } from './revenue-words.ts';

interface Reader {
  format: Format;
  words: RevenueWords;
}

/** For the owner and the accountant; `current`: the month that is not over. */
export function revenueToPaper(
  report: RevenueReport,
  config: Pick<LoadedConfig, 'locale' | 'durations' | 'sender'>,
  current: string,
): Paper {
  const { locale, sender } = config;
  const reader = { format: formatIn(config), words: revenueWordsIn(locale) };
  const { format, words } = reader;
  const ends = [report.from, report.to].map((month) => format.month(month));
  return {
    ...{ locale, sender, title: words.title, subtitle: [...new Set(ends)].join(' – ') },
    notice: report.to < current ? null : words.running(format.month(current)),
    headlines: toHeadlines(report, reader),
    tables: [
      ...report.currencies.flatMap((one) => toFigureTables(one, reader)),
      toFiguresTable(report, reader),
      toRetentionTable(report, reader),
    ],
    notes: words.notes,
  };
}

function toHeadlines({ currencies, retention, to }: RevenueReport, { format, words }: Reader) {
  const deferred = currencies.map(({ currency, total }) => ({
    figure: format.money(total.closingMinor, currency),
    rest: words.deferredAt(format.month(to)),
  }));
  const { retainedPercent, retained, wasActive } = retention;
  if (retainedPercent === null) return deferred;
  const figure = words.percent(retainedPercent);
  return [...deferred, { figure, rest: words.retainedOf(retained, wasActive) }];
}

type Figured = CurrencyRevenue['total'];

/** By month and by client, without the columns in which nothing happened. */
function toFigureTables(one: CurrencyRevenue, { format, words }: Reader): PaperTable[] {
  const { currency, total, months, clients } = one;
  const all = [...months, ...clients];
  const kinds = movementKinds.filter((kind) => all.some((row) => row[kind] !== 0));
  const spell = spellAmounts(format, currency);
  const figures: Shown<Figured>[] = [
    [words.opening, 'figure', (row) => spell(row.openingMinor)],
    ...kinds.map((kind): Shown<Figured> => {
      return [words.kinds[kind], 'figure', (row) => (row[kind] === 0 ? '' : spell(row[kind]))];
    }),
    [words.closing, 'main', (row) => spell(row.closingMinor)],
    [
      words.hoursLeft,
      'figure',
      ({ closingSeconds }) => (closingSeconds === 0 ? '' : format.duration(closingSeconds)),
    ],
  ];
  const table = <Row extends Figured>(
    caption: string,
    title: string,
    rows: Row[],
    nameOf: (row: Row) => string,
  ): PaperTable => {
    const foot = toTable({}, rows.length > 1 ? [total] : [], [
      ['', 'what', () => words.total],
      ...figures,
    ]);
    const heading = `${caption}, ${currency}`;
    return toTable({ heading }, rows, [[title, 'what', nameOf], ...figures], foot.rows);
  };
  return [
    table(words.rollForward, words.month, months, ({ month }) => format.month(month)),
    table(words.byClient, words.client, clients, ({ client }) => client),
  ];
}

/** The caption names the currency. */
function spellAmounts({ locale }: Format, currency: string): (minor: number) => string {
  const digits = minorDigits(currency);
  const options = { minimumFractionDigits: digits, maximumFractionDigits: digits };
  const numbers = new Intl.NumberFormat(locale, options);
  return (minor) => numbers.format(textFromMinor(minor, currency) as Intl.StringNumericLiteral);
}

function toFiguresTable({ retention }: RevenueReport, { words }: Reader): PaperTable {
  const { figures } = words;
  const days = (count: number | null) => (count === null ? '–' : words.days(count));
  const percent = (count: number | null) => (count === null ? '–' : words.percent(count));
  const rows = [
    [words.retained, percent(retention.retainedPercent)],
    ...retention.money.map((one) => [figures.moneyRetained(one.currency), percent(one.percent)]),
    [figures.daysBetween, days(retention.medianDaysBetween)],
    [figures.lowToOrdered, days(retention.medianDaysLowToOrdered)],
    [figures.lowToPaid, days(retention.medianDaysLowToPaid)],
  ] as const;
  return toTable({ heading: words.retention }, rows, [
    [words.figure, 'what', ([name]) => name],
    ['', 'main', ([, figure]) => figure],
  ]);
}

function toRetentionTable({ retention }: RevenueReport, { words }: Reader): PaperTable {
  const stayed = ({ wasActive, isRetained }: (typeof retention.clients)[number]) =>
    wasActive ? (isRetained ? words.yes : words.no) : words.isNew;
  return toTable({ heading: words.purchases }, retention.clients, [
    [words.client, 'what', ({ client }) => client],
    [words.bought, 'figure', ({ bought }) => String(bought)],
    [words.daysBetween, 'figure', ({ medianDaysBetween: days }) => days?.toString() ?? ''],
    [words.stayed, 'main', stayed],
  ]);
}
