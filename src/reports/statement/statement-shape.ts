import type { Locale } from '../../domain/agreements/terms.ts';
import type { DateText } from '../../domain/time.ts';
import type { ZoneName } from '../../domain/zone.ts';
import type { ChargeChange } from './charge-changes.ts';

/** A client's month, from immutable rows only. Hours in seconds, money in minor units. */
export interface Statement {
  client: { id: string; name: string };
  /** Name of the client whose blocks pay for this one; its statement shows what it used of them. */
  paidBy: string | null;
  /** `2026-03`, with its first and last day. */
  month: string;
  firstOn: DateText;
  lastOn: DateText;
  timezone: ZoneName;
  locale: Locale;
  opening: StatementBalance;
  lines: StatementLine[];
  closing: StatementBalance;
  /** Every block that had hours in it, or took part, in the month. */
  blocks: StatementBlock[];
  /** Present while the month is not over: such a statement still changes. */
  provisional: { pendingSeconds: number } | null;
}

export interface StatementBalance {
  /** Left in the blocks. */
  settledSeconds: number;
  /** Used beyond every block. */
  overageSeconds: number;
  /** The first less the second; what the lines add up to. */
  netSeconds: number;
  /** Left in blocks of money, apart from the hours. */
  money: Amount[];
}

export interface Amount {
  currency: string;
  minor: number;
}

export type LineKind =
  | 'purchase'
  | 'usage'
  /** A charge of an earlier period that cost something else in the end. */
  | 'correction'
  /** Overage of an earlier period, paid by a block that came later. */
  | 'overage-paid'
  /** Hours beyond the blocks, sold at a rate of their own. */
  | 'overage-billed'
  | 'expiry'
  | 'rollover'
  | 'adjustment'
  | 'refund'
  | 'reversal';

export interface StatementLine {
  kind: LineKind;
  /** Day of posting, in the client's zone. */
  postedOn: DateText;
  /** First and last day worked; null for lines that are no work. */
  workedFrom: DateText | null;
  workedTo: DateText | null;
  ticketNumbers: string[];
  summary: string | null;
  technicians: string[];
  workTypes: string[];
  /** Null for lines that are no work. */
  workedSeconds: number | null;
  /** What the line does to the net balance: below zero for hours used. Money is not in it. */
  seconds: number;
  /** What it does to the money in blocks of money: below zero for money used. */
  money: Amount[];
  /** Charged time in all, whoever paid for it; a difference on lines that correct. */
  chargedSeconds: number;
  /** Name of the client whose work it was, where that is another one that shares the blocks. */
  client: string | null;
  /** Hours taken from each block (below zero: put into it), with their price at the block's rate or in its money. */
  blocks: LineBlock[];
  /** Hours taken beyond every block (below zero: overage paid). They have no price yet. */
  overageSeconds: number;
  correction: { beforeSeconds: number; afterSeconds: number; changes: ChargeChange[] } | null;
  /** What the person wrote who adjusted, for lines made by hand. */
  note: string | null;
}

export interface LineBlock {
  blockId: string;
  /** Whether `priceMinor` was taken from the block itself. */
  isMoney: boolean;
  seconds: number;
  rateMinor: number;
  currency: string;
  priceMinor: number;
}

export interface StatementBlock {
  blockId: string;
  /** 0 for money. */
  seconds: number;
  /** Size of a block of money; null: hours. */
  amountMinor: number | null;
  rateMinor: number;
  currency: string;
  purchasedOn: DateText;
  expiresOn: DateText | null;
  /** The work types that it pays for; null: all. */
  workTypes: readonly string[] | null;
  openingSeconds: number;
  closingSeconds: number;
  /** Null: hours. */
  openingMinor: number | null;
  closingMinor: number | null;
}

/** Price of a line in each currency (mostly one); free lines and mere overage have none. */
export function linePrices(line: StatementLine): Amount[] {
  const sums = new Map<string, number>();
  for (const { currency, priceMinor } of line.blocks) {
    sums.set(currency, (sums.get(currency) ?? 0) + priceMinor);
  }
  return [...sums].map(([currency, minor]) => ({ currency, minor }));
}
