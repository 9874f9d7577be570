import type { WorkClass } from '../../domain/charges/work-class.ts';
import type { Durations, Locale } from '../../domain/format.ts';
import type { DateText } from '../../domain/time.ts';
import type { ZoneName } from '../../domain/zone.ts';
import type { ChargeChange } from './charge-changes.ts';

/** A client's month, from immutable rows only. Hours in seconds, money in minor units. */
export interface Statement {
  client: { id: string; name: string };
  /** The client whose blocks pay for this one; the statement then shows what was used of them. */
  paidBy: string | null;
  /** `2026-03`, with its first and last day. */
  month: string;
  firstOn: DateText;
  lastOn: DateText;
  timezone: ZoneName;
  locale: Locale;
  durations: Durations;
  opening: StatementBalance;
  lines: StatementLine[];
  closing: StatementBalance;
  /** Every block that had hours left, or was used, in the month. */
  blocks: StatementBlock[];
  /** Nothing was posted for the client before this month. For the page only. */
  isFirst: boolean;
  /** Present until the month is over: the statement may still change. */
  provisional: { pendingSeconds: number } | null;
  /** Absent: the agreement did not say what is proactive when this work was charged. */
  proactive?: ProactiveShare;
}

/** The share of proactive work in the client's own time worked. */
export interface ProactiveShare {
  percent: number;
  seconds: Record<WorkClass, number>;
  /** Three months to the statement's, and the three before; null: not known. */
  trend: { percent: number; percentBefore: number } | null;
}

export interface StatementBalance {
  /** Left in the blocks. */
  settledSeconds: number;
  /** Used beyond all blocks. */
  overageSeconds: number;
  /** The first minus the second; what the lines add up to. */
  netSeconds: number;
  /** Left in money blocks, separate from the hours. */
  money: Amount[];
}

export interface Amount {
  currency: string;
  minor: number;
}

export type LineKind =
  | 'purchase'
  | 'usage'
  /** A changed charge from an earlier period. */
  | 'correction'
  /** Overage of an earlier period, paid by a later block. */
  | 'overage-paid'
  /** Overage that was invoiced at its own rate. */
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
  /** First and last day worked; null for lines other than work. */
  workedFrom: DateText | null;
  workedTo: DateText | null;
  ticketNumbers: string[];
  summary: string | null;
  /** Connections with the remote sessions that the work was made of; absent: it was logged. */
  recordedBy?: string[];
  technicians: string[];
  workTypes: string[];
  /** Null for lines other than work. */
  workedSeconds: number | null;
  /** The change to the net balance: negative for hours used. Excludes money. */
  seconds: number;
  /** The change to the money blocks: negative for money used. */
  money: Amount[];
  /** Total time charged, whoever paid for it; the difference on correction lines. */
  chargedSeconds: number;
  /** The client who was worked for, if another one that shares the blocks. */
  client: string | null;
  /**
   * Hours taken from each block (negative: returned), with their price at the block's rate or in
   * its money.
   */
  blocks: LineBlock[];
  /** Overage (negative: overage paid). It has no price yet. */
  overageSeconds: number;
  correction: { beforeSeconds: number; afterSeconds: number; changes: ChargeChange[] } | null;
  /** The reason given for a manual adjustment. */
  note: string | null;
  /** The time entries of a charge. For the page only. */
  shares: WorkShare[];
}

/** One time entry of a charge, with its share of what the charge takes. */
export interface WorkShare {
  technician: string;
  workType: string | null;
  workedSeconds: number;
  chargedSeconds: number;
}

export interface LineBlock {
  blockId: string;
  /** Whether `priceMinor` was debited from the block itself. */
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
  /** Size of a money block; null: hours. */
  amountMinor: number | null;
  rateMinor: number;
  currency: string;
  purchasedOn: DateText;
  expiresOn: DateText | null;
  /** Work types that it pays for; null: all. */
  workTypes: readonly string[] | null;
  openingSeconds: number;
  closingSeconds: number;
  /** Null: hours. */
  openingMinor: number | null;
  closingMinor: number | null;
}

/** The price of a line per currency (usually one); free lines and pure overage have none. */
export function linePrices(line: Pick<StatementLine, 'blocks'>): Amount[] {
  const sums = new Map<string, number>();
  for (const { currency, priceMinor } of line.blocks) {
    sums.set(currency, (sums.get(currency) ?? 0) + priceMinor);
  }
  return [...sums].map(([currency, minor]) => ({ currency, minor }));
}
