import type { Accounting } from '../../config/loaded.ts';
import type { MovementKind } from '../../domain/revenue/movements.ts';
import { addDays, addMonths, type DateText } from '../../domain/time.ts';
import type { RevenueReport } from './revenue.ts';
import type { RevenueWords } from './revenue-words.ts';

interface JournalLine {
  account: string;
  description: string;
  /** Null: of all clients. */
  client: string | null;
  /** Debit; below zero: credit. */
  minor: number;
}

/** One month in one currency, which adds up to zero. */
export interface Journal {
  /** At most 21 characters: `PH-2026-03-EUR`. */
  number: string;
  postedOn: DateText;
  month: string;
  currency: string;
  lines: JournalLine[];
}

/** From which account money goes into what is deferred: +1; or out of it: -1. */
const moves: { kind: MovementKind; sign: 1 | -1; account: keyof Accounting }[] = [
  { kind: 'sold', sign: 1, account: 'receivable' },
  { kind: 'reversed', sign: -1, account: 'receivable' },
  { kind: 'earned', sign: -1, account: 'revenue' },
  { kind: 'breakage', sign: -1, account: 'breakage' },
  { kind: 'refunded', sign: -1, account: 'refunds' },
  { kind: 'adjusted', sign: 1, account: 'adjustments' },
  // Zero, but for a cent of rounding where only a part of a rollover was undone.
  { kind: 'rolledOver', sign: 1, account: 'adjustments' },
];

/**
 * The report as journals, one per month and currency: each movement with its own line of deferred
 * revenue. Hours that were taken over at go-live are not in them: they were sold, and booked, before.
 */
export function toJournals(
  { rows, currencies }: RevenueReport,
  accounting: Accounting,
  words: RevenueWords,
): Journal[] {
  const journals = currencies.flatMap(({ currency, months }) =>
    months.map((total): Journal => {
      const { month } = total;
      const own = rows.filter((row) => row.currency === currency && row.month === month);
      const parts = accounting.perClient ? own : [{ ...total, client: null }];
      return {
        number: `PH-${month}-${currency}`,
        postedOn: addDays(addMonths(`${month}-01`, 1), -1),
        month,
        currency,
        lines: parts.flatMap((part) => linesOf(part, accounting, words)),
      };
    }),
  );
  const used = journals.filter(({ lines }) => lines.length > 0);
  for (const { number, lines } of used) {
    const sum = lines.reduce((total, { minor }) => total + minor, 0);
    if (sum !== 0) throw new Error(`journal ${number} does not balance: ${sum}`);
  }
  return used;
}

function linesOf(
  part: Record<MovementKind, number> & { client: string | null },
  accounting: Accounting,
  words: RevenueWords,
): JournalLine[] {
  const { client } = part;
  return moves.flatMap(({ kind, sign, account }) => {
    const other = accounting[account];
    const minor = sign * part[kind];
    // Without an account for receivables, invoices are booked as deferred revenue by themselves.
    if (minor === 0 || typeof other !== 'string') return [];
    const line = { description: words.kinds[kind], client };
    return [
      { ...line, account: minor > 0 ? other : accounting.deferredRevenue, minor: Math.abs(minor) },
      {
        ...line,
        account: minor > 0 ? accounting.deferredRevenue : other,
        minor: 0 - Math.abs(minor),
      },
    ];
  });
}
