import { byBurnOrder, type SpendableBlock } from './allocation.ts';
import type { RunOut } from './forecast.ts';
import type { Offer, ReplenishRule, Threshold } from './terms.ts';
import { addDays, type DateText } from './time.ts';

/** A client's balances as thresholds look at them; seconds. */
export interface Balances {
  /** What is left in the blocks, never below zero. */
  settledSeconds: number;
  overageSeconds: number;
  /** What work not yet debited would cost. */
  pendingSeconds: number;
}

/** A block that hours were credited to, with its whole size. */
export interface HeldBlock extends SpendableBlock {
  seconds: number;
}

/** All that the levels of a client are measured on. */
export interface Position {
  today: DateText;
  balances: Balances;
  /** Every block of the client but those that are still to be invoiced or paid. */
  blocks: readonly HeldBlock[];
  /** Left in blocks of money, minor units by currency; no entry where there never was one. */
  moneyLeft: ReadonlyMap<string, number>;
  /** When the balance is used up; null: that cannot be told. */
  forecast(balance: Threshold['balance']): RunOut | null;
}

/** How often a threshold was crossed, and when it last was. */
export interface EpisodeState {
  threshold: string;
  number: number;
  isFired: boolean;
  firedClientSeq: number;
  /** Undone: what it told was withdrawn. */
  firedMode: 'observe' | 'live' | 'undone';
}

export interface Crossing {
  rule: ReplenishRule;
  /** Identifies the threshold among the client's; stable while its level stays. */
  threshold: string;
  /** Counts this threshold's episodes from 1. */
  number: number;
  /** The block that ends, where the level is about one. */
  block: HeldBlock | null;
}

/** `settled<=7200`, `settled<=20%`, `settled run-out<=7d`. Rules with the same level share an episode. */
export function thresholdKey(threshold: Threshold): string {
  const { balance } = threshold;
  if ('secondsLeft' in threshold) return `${balance}<=${threshold.secondsLeft}`;
  if ('minorLeft' in threshold) return `${threshold.currency}<=${threshold.minorLeft}`;
  if ('percentLeft' in threshold) return `${balance}<=${threshold.percentLeft}%`;
  if ('runOutWithinDays' in threshold) {
    return `${balance} run-out<=${threshold.runOutWithinDays}d`;
  }
  return `${balance} expiry<=${threshold.expiresWithinDays}d`;
}

/** Hours left before the next purchase is due: below zero once overage or pending work exceed them. */
export function netSeconds(balances: Balances, balance: Threshold['balance']): number {
  const settled = balances.settledSeconds - balances.overageSeconds;
  return balance === 'settled' ? settled : settled - balances.pendingSeconds;
}

/**
 * Size of the blocks in use, of which per cent are taken: those that have hours left and are not past
 * their last day; when there is none, the one bought last, so that nothing left is 0 per cent of it.
 */
export function sizeInUse({ blocks, today }: Pick<Position, 'blocks' | 'today'>): number {
  const active = blocks.filter((block) => block.isActive && block.remainingMinor === null);
  const used = active.filter((block) => block.remainingSeconds > 0 && !hasEnded(block, today));
  const last = active.toSorted((a, b) => (a.purchasedOn < b.purchasedOn ? 1 : -1))[0];
  if (used.length === 0) return last?.seconds ?? 0;
  return used.reduce((sum, block) => sum + block.seconds, 0);
}

function hasEnded(block: HeldBlock, today: DateText): boolean {
  return block.expiresOn !== null && block.expiresOn < today;
}

/**
 * Thresholds that are reached (at or below) and armed. An episode of a block that ends is fired once
 * for that block. What was decided in observe mode was told to nobody, so going live arms it again.
 */
export function findCrossings(
  rules: readonly ReplenishRule[],
  position: Position,
  episodes: readonly EpisodeState[],
  situation: { lastCreditSeq: number; mode: 'observe' | 'live' },
): Crossing[] {
  const crossings: Crossing[] = [];
  for (const rule of rules) {
    for (const { threshold, block } of reached(rule.when, position)) {
      const episode = episodes.find((candidate) => candidate.threshold === threshold);
      if (episode?.isFired && !isRearmed(rule.when, episode, situation)) continue;
      crossings.push({ rule, threshold, number: (episode?.number ?? 0) + 1, block });
    }
  }
  return crossings;
}

/** One for each block that ends; else one or none. */
function reached(
  when: Threshold,
  position: Position,
): { threshold: string; block: HeldBlock | null }[] {
  const threshold = thresholdKey(when);
  if ('expiresWithinDays' in when) {
    return endingBlocks(when.expiresWithinDays, when.balance, position).map((block) => ({
      threshold: `${threshold} ${block.id}`,
      block,
    }));
  }
  return isReached(when, position) ? [{ threshold, block: null }] : [];
}

type SingleLevel = Exclude<Threshold, { expiresWithinDays: number }>;

function isReached(when: SingleLevel, position: Position): boolean {
  if ('minorLeft' in when) {
    const left = position.moneyLeft.get(when.currency);
    return left !== undefined && left <= when.minorLeft;
  }
  if (!isAboutHours(position)) return false;
  if ('runOutWithinDays' in when) return isRunningOut(when, when.runOutWithinDays, position);
  const net = netSeconds(position.balances, when.balance);
  if ('secondsLeft' in when) return net <= when.secondsLeft;
  return net * 100 <= sizeInUse(position) * when.percentLeft;
}

/** What blocks of money have left, by currency; nothing where there is no such block. */
export function moneyLeftIn(blocks: readonly SpendableBlock[]): Map<string, number> {
  const left = new Map<string, number>();
  for (const { remainingMinor, currency, isActive } of blocks) {
    if (remainingMinor === null) continue;
    left.set(currency, (left.get(currency) ?? 0) + (isActive ? remainingMinor : 0));
  }
  return left;
}

/** A client that never had anything but money has no hours that could run low. */
export function isAboutHours({ balances, blocks, moneyLeft }: Position): boolean {
  if (moneyLeft.size === 0 || balances.overageSeconds > 0) return true;
  return blocks.some((block) => block.remainingMinor === null);
}

function isRunningOut({ balance }: Threshold, days: number, position: Position): boolean {
  const forecast = position.forecast(balance);
  return forecast !== null && forecast.runOutOn <= addDays(position.today, days);
}

/** Blocks that end within the days and have hours left; projected: once pending work has taken its share. */
function endingBlocks(
  days: number,
  balance: Threshold['balance'],
  { today, blocks, balances }: Position,
): HeldBlock[] {
  let pending = balance === 'projected' ? balances.pendingSeconds : 0;
  const lastDay = addDays(today, days);
  const ending: HeldBlock[] = [];
  for (const block of [...blocks].sort(byBurnOrder)) {
    if (!block.isActive || !hasRest(block) || hasEnded(block, today)) continue;
    const remainingSeconds = Math.max(0, block.remainingSeconds - pending);
    pending -= block.remainingSeconds - remainingSeconds;
    const isEnding = block.expiresOn !== null && block.expiresOn <= lastDay;
    const rest = { ...block, remainingSeconds };
    if (isEnding && hasRest(rest)) ending.push(rest);
  }
  return ending;
}

function hasRest({ remainingSeconds, remainingMinor }: HeldBlock): boolean {
  return remainingSeconds > 0 || (remainingMinor ?? 0) > 0;
}

/**
 * Of hours or money left: a purchase or an upward adjustment posted since re-arms at once; a reversal re-arms
 * nothing. The other levels are re-armed by `findLeft`, never while they are still reached.
 */
function isRearmed(
  when: Threshold,
  episode: EpisodeState,
  { lastCreditSeq, mode }: { lastCreditSeq: number; mode: 'observe' | 'live' },
): boolean {
  if (episode.firedMode === 'observe' && mode === 'live') return true;
  return isAmountLeft(when) && lastCreditSeq > episode.firedClientSeq;
}

function isAmountLeft(
  when: Threshold,
): when is Extract<Threshold, { secondsLeft: number } | { minorLeft: number }> {
  return 'secondsLeft' in when || 'minorLeft' in when;
}

/**
 * Episodes of per cent and run-out levels that are over, and so armed again: the level is no longer
 * reached and hours were credited since, or the forecast alone has moved beyond twice the days. One
 * purchase that does not lift the balance above such a level is no new crossing of it, so that no
 * second sale follows the first, and a forecast that wavers around its level is told once.
 */
export function findLeft<Episode extends EpisodeState>(
  rules: readonly ReplenishRule[],
  position: Position,
  episodes: readonly Episode[],
  { lastCreditSeq }: { lastCreditSeq: number },
): Episode[] {
  const isOver = ({ when }: ReplenishRule, episode: Episode): boolean => {
    if (isAmountLeft(when) || 'expiresWithinDays' in when) return false;
    if (thresholdKey(when) !== episode.threshold || isReached(when, position)) return false;
    if (lastCreditSeq > episode.firedClientSeq) return true;
    return 'runOutWithinDays' in when && !isRunningOut(when, when.runOutWithinDays * 2, position);
  };
  return episodes.filter(
    (episode) => episode.isFired && rules.some((rule) => isOver(rule, episode)),
  );
}

/**
 * Episodes whose telling was withdrawn and whose level is left behind, now that hours came back. One
 * that is still reached was told once, and is told again only after the next purchase.
 */
export function findUndoneLeft<Episode extends EpisodeState>(
  rules: readonly ReplenishRule[],
  position: Position,
  episodes: readonly Episode[],
): Episode[] {
  const standing = new Set(
    rules.flatMap(({ when }) => reached(when, position).map(({ threshold }) => threshold)),
  );
  return episodes.filter(
    ({ isFired, firedMode, threshold }) =>
      isFired && firedMode === 'undone' && !standing.has(threshold),
  );
}

/**
 * Blocks to buy, at least one. At a level of hours or money, as many as lift the balance above it; at
 * any other, one, unless overage (or pending work, on the projected balance) asks for more.
 */
export function blocksToBuy(
  when: Threshold,
  { balances, moneyLeft }: Pick<Position, 'balances' | 'moneyLeft'>,
  offer: Pick<Offer, 'seconds' | 'amountMinor'>,
): number {
  const missing =
    'minorLeft' in when
      ? when.minorLeft - (moneyLeft.get(when.currency) ?? 0)
      : ('secondsLeft' in when ? when.secondsLeft : 0) - netSeconds(balances, when.balance);
  return missing < 0 ? 1 : Math.floor(missing / (offer.amountMinor ?? offer.seconds)) + 1;
}
