import type { Offer, Threshold } from '../agreements/terms.ts';
import { byBurnOrder, type SpendableBlock } from '../blocks/allocation.ts';
import { isOfKind, kindKey } from '../blocks/kinds.ts';
import type { RunOut } from '../forecast/forecast.ts';
import { addDays, type DateText } from '../time.ts';

/** A client's balances for threshold checks, in seconds. */
interface Balances {
  /** What is left in the blocks; never negative. */
  settledSeconds: number;
  overageSeconds: number;
  /** What pending work would cost. */
  pendingSeconds: number;
}

/** A credited block, with its full size. */
export interface HeldBlock extends SpendableBlock {
  seconds: number;
  /** Not rolled over from another block, nor made by billing overage. */
  isBought: boolean;
  /** First day of the hours in it if they rolled over; absent: its own. */
  usableOn?: DateText;
}

/** Hours that are left and not used. */
export interface Idle {
  since: DateText;
  /** Last day of charged work; null: there was none. */
  lastWorkedOn: DateText | null;
}

/** Everything that the thresholds of one kind of hours are checked against. */
export interface Position {
  today: DateText;
  /** Work types that these hours pay for; null: all. */
  workTypes: readonly string[] | null;
  balances: Balances;
  /** Every block that can pay for this work, except those still to be invoiced or paid. */
  blocks: readonly HeldBlock[];
  /** False if there is only money, which has its own thresholds. */
  hasHours: boolean;
  /** Left in money blocks, minor units by currency; no entry if there never was one. */
  moneyLeft: ReadonlyMap<string, number>;
  /** Price of overage (and of pending work that only money can pay), minor units by currency. */
  moneyOwed: ReadonlyMap<string, number>;
  /** When the balance, and hours bought now, are used up; null: no forecast. */
  forecast(balance: Threshold['balance'], boughtSeconds?: number): RunOut | null;
  /** Null: nothing is left, or work is pending; absent: no rule asks. */
  idle?: Idle | null;
}

/** `settled<=7200`, `settled<=20%`, `settled run-out<=7d`, `idle>=60d`. Rules with the same level share an episode. */
export function thresholdKey(threshold: Threshold): string {
  const { balance } = threshold;
  if ('secondsLeft' in threshold) return `${balance}<=${threshold.secondsLeft}`;
  if ('minorLeft' in threshold) return `${threshold.currency}<=${threshold.minorLeft}`;
  if ('percentLeft' in threshold) return `${balance}<=${threshold.percentLeft}%`;
  if ('runOutWithinDays' in threshold) {
    return `${balance} run-out<=${threshold.runOutWithinDays}d`;
  }
  if ('idleDays' in threshold) return `idle>=${threshold.idleDays}d`;
  return `${balance} expiry<=${threshold.expiresWithinDays}d`;
}

/** Thresholds of a rule's level, by their keys: hours that are credited re-arm them. */
export function isLevelKey(threshold: string): boolean {
  return !/^(idle>=|onboarding |by hand$|used>=|ticket>=)/.test(threshold);
}

/** The end of a block for onboarding, once per block. */
export function onboardingKey(blockId: string): string {
  return `onboarding ${blockId}`;
}

/** The threshold, with the kind of hours if they are limited. */
export function levelKey(when: Threshold, { workTypes }: Pick<Position, 'workTypes'>): string {
  // Idle is a client, whatever kinds of hours it has.
  return workTypes === null || 'idleDays' in when
    ? thresholdKey(when)
    : `${thresholdKey(when)} for ${kindKey(workTypes)}`;
}

/** Hours left: negative once overage or pending work exceed them. */
export function netSeconds(balances: Balances, balance: Threshold['balance']): number {
  const settled = balances.settledSeconds - balances.overageSeconds;
  return balance === 'settled' ? settled : settled - balances.pendingSeconds;
}

/**
 * Size of the blocks in use, the base of percentages: those with hours left that are not past their
 * last day; if there are none, the last one bought, so that nothing left is 0 %.
 */
export function sizeInUse({ blocks, today }: Pick<Position, 'blocks' | 'today'>): number {
  const active = blocks.filter((block) => block.isActive && block.remainingMinor === null);
  const used = active.filter((block) => block.remainingSeconds > 0 && !hasEnded(block, today));
  const last = active.toSorted((a, b) => (a.purchasedOn < b.purchasedOn ? 1 : -1))[0];
  if (used.length === 0) return last?.seconds ?? 0;
  return used.reduce((sum, block) => sum + block.seconds, 0);
}

export function hasEnded(block: HeldBlock, today: DateText): boolean {
  return block.expiresOn !== null && block.expiresOn < today;
}

/** The levels reached: one per expiring block; otherwise one or none. */
export function findReached(
  when: Threshold,
  position: Position,
): { threshold: string; block: HeldBlock | null }[] {
  const threshold = levelKey(when, position);
  if ('expiresWithinDays' in when) {
    return endingBlocks(when.expiresWithinDays, when.balance, position).map((block) => ({
      threshold: `${threshold} ${block.id}`,
      block,
    }));
  }
  return isReached(when, position) ? [{ threshold, block: null }] : [];
}

export type SingleLevel = Exclude<Threshold, { expiresWithinDays: number }>;

export function isReached(when: SingleLevel, position: Position): boolean {
  if ('minorLeft' in when) {
    const left = position.moneyLeft.get(when.currency);
    return left !== undefined && left <= when.minorLeft;
  }
  if ('idleDays' in when) {
    const { idle, today } = position;
    return idle != null && addDays(idle.since, when.idleDays) <= today;
  }
  if (!position.hasHours) return false;
  if ('runOutWithinDays' in when) return isRunningOut(when, when.runOutWithinDays, position);
  const net = netSeconds(position.balances, when.balance);
  if ('secondsLeft' in when) return net <= when.secondsLeft;
  return net * 100 <= sizeInUse(position) * when.percentLeft;
}

/** What is left in money blocks, by currency; no entry without such a block. */
export function moneyLeftIn(blocks: readonly SpendableBlock[]): Map<string, number> {
  const left = new Map<string, number>();
  for (const { remainingMinor, currency, isActive } of blocks) {
    if (remainingMinor === null) continue;
    left.set(currency, (left.get(currency) ?? 0) + (isActive ? remainingMinor : 0));
  }
  return left;
}

/** A client that only ever had money has no hours that could run low. */
export function isAboutHours({
  balances,
  blocks,
  moneyLeft,
}: Pick<Position, 'balances' | 'blocks' | 'moneyLeft'>): boolean {
  if (moneyLeft.size === 0 || balances.overageSeconds > 0) return true;
  return blocks.some((block) => block.remainingMinor === null);
}

export function isRunningOut({ balance }: Threshold, days: number, position: Position): boolean {
  const forecast = position.forecast(balance);
  return forecast !== null && forecast.runOutOn <= addDays(position.today, days);
}

/** Blocks with hours left that expire within the days; projected: after pending work. */
function endingBlocks(
  days: number,
  balance: Threshold['balance'],
  { today, workTypes, blocks, balances }: Position,
): HeldBlock[] {
  let pending = balance === 'projected' ? balances.pendingSeconds : 0;
  const lastDay = addDays(today, days);
  const ending: HeldBlock[] = [];
  for (const block of [...blocks].sort(byBurnOrder)) {
    if (!block.isActive || !hasRest(block) || hasEnded(block, today)) continue;
    const remainingSeconds = Math.max(0, block.remainingSeconds - pending);
    pending -= block.remainingSeconds - remainingSeconds;
    const isEnding = block.expiresOn !== null && block.expiresOn <= lastDay;
    if (!isOfKind(block, workTypes)) continue;
    const rest = { ...block, remainingSeconds };
    if (isEnding && hasRest(rest)) ending.push(rest);
  }
  return ending;
}

export function hasRest({ remainingSeconds, remainingMinor }: HeldBlock): boolean {
  return remainingSeconds > 0 || (remainingMinor ?? 0) > 0;
}

/**
 * Number of blocks to sell, at least one: enough to lift the balance above a threshold in hours or
 * money (for any other threshold, above zero), and to cover overage and pending work.
 */
export function blocksToBuy(
  when: Threshold,
  { balances, moneyLeft, moneyOwed }: Pick<Position, 'balances' | 'moneyLeft' | 'moneyOwed'>,
  offer: Pick<Offer, 'seconds' | 'amountMinor'>,
): number {
  const size = offer.amountMinor ?? offer.seconds;
  const lift = (missing: number) => (missing < 0 ? 1 : Math.floor(missing / size) + 1);
  if ('minorLeft' in when) {
    const left = moneyLeft.get(when.currency) ?? 0;
    const owed = moneyOwed.get(when.currency) ?? 0;
    return Math.max(lift(when.minorLeft - left), Math.ceil((owed - left) / size));
  }
  const level = 'secondsLeft' in when ? when.secondsLeft : 0;
  const uncovered = 0 - netSeconds(balances, 'projected');
  return Math.max(lift(level - netSeconds(balances, when.balance)), Math.ceil(uncovered / size));
}
