import { type Client, payerOf } from '../../domain/agreements/terms.ts';
import { toSpendable } from '../../domain/blocks/allocation.ts';
import type { Format } from '../../domain/format.ts';
import {
  isReached,
  type Position,
  type SingleLevel,
  sizeInUse,
} from '../../domain/thresholds/thresholds.ts';
import { addDays, type DateText, dateInZone, type Instant } from '../../domain/time.ts';
import type { ClientBalance } from '../../reports/balances/balances.ts';
import { runOutText } from '../../reports/balances/run-out-text.ts';

/**
 * overdrawn: below zero; low: a threshold of the agreement is reached; soon: runs out within two
 * weeks.
 */
export type BalanceState = 'ok' | 'soon' | 'low' | 'overdrawn';

export interface BalanceStatus {
  client: string;
  id: string;
  paidBy: string | null;
  state: BalanceState;
  settledSeconds: number;
  pendingSeconds: number;
  /** Settled − overage − pending. */
  projectedSeconds: number;
  overageSeconds: number;
  /** Size of the blocks in use; 0: none. */
  sizeSeconds: number;
  /** False: there is only money. */
  hasHours: boolean;
  money: { currency: string; leftMinor: number; sizeMinor: number }[];
  runOutOn: DateText | null;
  /** The interval, for people. */
  runOutText: string;
}

const soonDays = 14;

export function toBalanceStatus(
  balance: ClientBalance,
  asOf: Instant,
  format: Format,
): BalanceStatus {
  const { client, settledSeconds, pendingSeconds, projectedSeconds, overageSeconds } = balance;
  const today = dateInZone(asOf, client.timezone);
  const position = positionOf(balance, today);
  return {
    client: client.name,
    id: client.id,
    paidBy: client.paidBy?.name ?? null,
    state: stateOf(balance, position),
    settledSeconds,
    pendingSeconds,
    projectedSeconds,
    overageSeconds,
    sizeSeconds: sizeInUse(position),
    hasHours: position.hasHours,
    money: [...balance.moneyLeft].map(([currency, leftMinor]) => ({
      currency,
      leftMinor,
      sizeMinor: moneySize(balance, currency),
    })),
    runOutOn: balance.runOut?.runOutOn ?? null,
    runOutText: runOutText(balance.runOut, today, format),
  };
}

function positionOf(balance: ClientBalance, today: DateText): Position {
  const { settledSeconds, overageSeconds, pendingSeconds, moneyLeft } = balance;
  const held = balance.blocks.filter(({ status }) => status === 'active');
  const blocks = held.map((block) => ({
    ...toSpendable(block),
    remainingSeconds: block.remainingSeconds,
    remainingMinor: block.remainingMinor,
    seconds: block.seconds,
    isBought: block.source !== 'rollover' && block.source !== 'overage',
  }));
  return {
    today,
    workTypes: null,
    balances: { settledSeconds, overageSeconds, pendingSeconds },
    blocks,
    hasHours: moneyLeft.size === 0 || overageSeconds > 0 || blocks.some(isOfHours),
    moneyLeft,
    moneyOwed: new Map(),
    forecast: () => balance.runOut,
  };
}

function isOfHours({ remainingMinor }: { remainingMinor: number | null }): boolean {
  return remainingMinor === null;
}

function moneySize({ blocks }: ClientBalance, currency: string): number {
  const used = blocks.filter(
    (block) => block.status === 'active' && block.currency === currency && block.remainingMinor,
  );
  return used.reduce((sum, block) => sum + (block.amountMinor ?? 0), 0);
}

/** Thresholds belong to the payer. */
function stateOf({ client, runOut }: ClientBalance, position: Position): BalanceState {
  const { balances, hasHours, moneyLeft, today } = position;
  const { settledSeconds, overageSeconds, pendingSeconds } = balances;
  const isBelowZero = hasHours && settledSeconds - overageSeconds - pendingSeconds < 0;
  if (isBelowZero || [...moneyLeft.values()].some((minor) => minor < 0)) return 'overdrawn';
  if (payerOf(client) === client && isLow(client, position)) return 'low';
  return runOut !== null && runOut.runOutOn <= addDays(today, soonDays) ? 'soon' : 'ok';
}

function isLow({ agreement }: Client, position: Position): boolean {
  return agreement.replenish.some(
    ({ when }) => !('expiresWithinDays' in when) && isReached(when as SingleLevel, position),
  );
}
