import type { Offer, ReplenishRule, Threshold } from '../agreements/terms.ts';
import type { ChargedWorkTypes } from '../blocks/allocation.ts';
import { canKindPay, coversKind, type Kind } from '../blocks/kinds.ts';
import { type Posting, signedMinor, signedSeconds } from '../ledger/ledger.ts';
import { addDays, type DateText, dateInZone, type Instant } from '../time.ts';
import type { ZoneName } from '../zone.ts';
import { isAlarmKey } from './alarms.ts';
import {
  findReached,
  type HeldBlock,
  isReached,
  isRunningOut,
  levelKey,
  type Position,
} from './thresholds.ts';

/** How often a threshold was crossed, and when last. */
export interface EpisodeState {
  threshold: string;
  number: number;
  isFired: boolean;
  firedClientSeq: number;
  /** Undone: its alert was withdrawn. Marked: an admin marked the threshold as already told. */
  firedMode: 'observe' | 'live' | 'undone' | 'marked';
  firedAt: Instant;
  /** Pending work at the last check before a credit re-armed it. */
  pendingSeconds: number;
}

export interface Crossing {
  rule: ReplenishRule;
  /** Identifies the threshold among the client's; stable while its level is the same. */
  threshold: string;
  /** Counts this threshold's episodes from 1. */
  number: number;
  /** The expiring block, if the level is about one. */
  block: HeldBlock | null;
  /** The kind of hours of the threshold. */
  position: Position;
}

/** A ledger entry with the work types of its charge. */
export interface LedgerMove extends Posting {
  clientSeq: number;
  workTypes: ChargedWorkTypes;
}

interface Situation {
  mode: 'observe' | 'live';
  zone: ZoneName;
  /** The client's ledger position of the latest credit that re-arms thresholds; 0: none. */
  lastCreditSeq: number;
  /** The client's ledger after the position from `needEntriesAfter`, oldest first. */
  moves: readonly LedgerMove[];
  /** Blocks to be invoiced or paid. One may have been active until its payment was reversed. */
  ordered: readonly Pick<HeldBlock, 'id' | 'workTypes' | 'currency'>[];
}

/**
 * Finds thresholds that are reached (at or below) and armed. A fired threshold is re-armed by a
 * credit of any size, and fires again once the balance has fallen since: so a small adjustment does
 * not repeat an alert, and a purchase that is too small does not silence one. Expiry fires once per
 * block. Decisions in observe mode were not sent, so they fire again in live mode.
 */
export function findCrossings(
  rules: readonly ReplenishRule[],
  positions: readonly Position[],
  episodes: readonly EpisodeState[],
  situation: Situation,
): Crossing[] {
  return reachedIn(rules, positions).flatMap(({ rule, threshold, block, position }) => {
    const episode = episodes.find((candidate) => candidate.threshold === threshold);
    if (episode?.isFired && !isFiredAgain(rule.when, episode, position, situation)) return [];
    return [{ rule, threshold, number: (episode?.number ?? 0) + 1, block, position }];
  });
}

function reachedIn(
  rules: readonly ReplenishRule[],
  positions: readonly Position[],
): Omit<Crossing, 'number'>[] {
  return rules.flatMap((rule) =>
    positions.flatMap((position) =>
      findReached(rule.when, position).map((reached) => ({ rule, position, ...reached })),
    ),
  );
}

/**
 * The position from which the ledger must be read to know whether thresholds fire again; null: not
 * needed.
 */
export function needEntriesAfter(
  rules: readonly ReplenishRule[],
  positions: readonly Position[],
  episodes: readonly EpisodeState[],
  situation: Omit<Situation, 'moves' | 'ordered'>,
): number | null {
  const seqs = reachedIn(rules, positions).flatMap(({ rule, threshold, position }) => {
    const episode = episodes.find((candidate) => candidate.threshold === threshold);
    const isRead = episode?.isFired && isRearmed(rule.when, episode, position, situation);
    return isRead ? [episode.firedClientSeq] : [];
  });
  return seqs.length === 0 ? null : Math.min(...seqs);
}

function isFiredAgain(
  when: Threshold,
  episode: EpisodeState,
  position: Position,
  situation: Situation,
): boolean {
  if (episode.firedMode === 'observe' && situation.mode === 'live') return true;
  if ('idleDays' in when) return hasWorkedSince(episode, position, situation.zone);
  if (!isRearmed(when, episode, position, situation)) return false;
  return hasFallenSince(when, episode, position, situation);
}

/**
 * Idle hours alert once until there is charged work of that day or a later one. Neither a purchase
 * nor earlier work that is charged late ends the same pause.
 */
function hasWorkedSince({ firedAt }: EpisodeState, { idle }: Position, zone: ZoneName): boolean {
  const lastWorkedOn = idle?.lastWorkedOn ?? null;
  return lastWorkedOn !== null && lastWorkedOn >= dateInZone(firedAt, zone);
}

/** A purchase or upward adjustment since, or a block that started since; never a reversal. */
function isRearmed(
  when: Threshold,
  { firedClientSeq, firedAt }: EpisodeState,
  { blocks }: Position,
  { lastCreditSeq, zone }: Omit<Situation, 'moves' | 'ordered'>,
): boolean {
  // An expiry alerts once, whatever else is bought.
  if ('expiresWithinDays' in when || 'idleDays' in when) return false;
  if (lastCreditSeq > firedClientSeq) return true;
  return hasBegunSince(blocks, dateInZone(firedAt, zone));
}

/** Hours bought earlier whose first day has just come. */
function hasBegunSince(blocks: readonly HeldBlock[], day: DateText): boolean {
  return blocks.some(
    ({ isActive, isBought, purchasedOn }) => isActive && isBought && purchasedOn > day,
  );
}

/**
 * Whether more was used since the credit than was returned. A charge that was reversed and
 * re-posted does not count as usage, nor does a reversed credit; billed overage stays used.
 */
function hasFallenSince(
  when: Threshold,
  episode: EpisodeState,
  { balances, blocks, workTypes }: Position,
  { moves, ordered, zone }: Situation,
): boolean {
  const later = moves.filter(({ clientSeq }) => clientSeq > episode.firedClientSeq);
  const reversed = new Set(later.flatMap(({ reverses }) => reverses ?? []));
  const returned = ordered.filter((block) => coversKind(block.workTypes, workTypes));
  const own = new Map([...blocks, ...returned].map(({ id, currency }) => [id, currency]));
  const first = later.find(
    (entry) => isCredit(entry) && own.has(entry.blockId ?? '') && !reversed.has(entry.key),
  );
  const hasBegun = hasBegunSince(blocks, dateInZone(episode.firedAt, zone));
  const from = first?.clientSeq ?? (hasBegun ? episode.firedClientSeq : Infinity);
  const ignored = new Set(later.filter((one) => isCredit(one) || isBilling(one)).map(toKey));
  const uses = later.filter(
    ({ clientSeq, key, reverses }) =>
      clientSeq > from && !ignored.has(key) && !ignored.has(reverses ?? ''),
  );
  const change = uses.reduce((sum, entry) => {
    const { blockId } = entry;
    if ('minorLeft' in when) {
      return own.get(blockId ?? '') === when.currency ? sum + signedMinor(entry) : sum;
    }
    const isOwn = blockId === null ? canKindPay(workTypes, entry.workTypes) : own.has(blockId);
    return isOwn ? sum + signedSeconds(entry) : sum;
  }, 0);
  const isPending = when.balance === 'projected' && from < Infinity;
  const pending = isPending ? balances.pendingSeconds - episode.pendingSeconds : 0;
  return change - pending < 0;
}

function toKey({ key }: LedgerMove): string {
  return key;
}

function isCredit({ side, reason }: LedgerMove): boolean {
  return side === 'credit' && (reason === 'purchase' || reason === 'adjustment');
}

function isBilling({ side, reason }: LedgerMove): boolean {
  return side === 'credit' && reason === 'overage';
}

/**
 * Updates episodes. A forecast threshold is re-armed once hours were credited and it is no longer
 * reached, or once the forecast has moved beyond twice the days, so that a forecast fluctuating
 * around its threshold alerts once; a block whose expiry was extended alerts again. For the others,
 * pending work is updated until a credit re-arms them.
 */
export function followEpisodes<Episode extends EpisodeState>(
  rules: readonly ReplenishRule[],
  positions: readonly Position[],
  episodes: readonly Episode[],
  situation: Omit<Situation, 'moves' | 'ordered'>,
): Episode[] {
  return episodes.flatMap((episode) => {
    if (!episode.isFired) return [];
    const followed = rules.flatMap(({ when }) =>
      positions.flatMap((position) => follow(when, position, episode, situation) ?? []),
    );
    return followed.slice(0, 1);
  });
}

function follow<Episode extends EpisodeState>(
  when: Threshold,
  position: Position,
  episode: Episode,
  situation: Omit<Situation, 'moves' | 'ordered'>,
): Episode | null {
  const key = levelKey(when, position);
  if ('expiresWithinDays' in when) {
    const lastDay = addDays(position.today, when.expiresWithinDays);
    const isLater = ({ id, expiresOn }: HeldBlock) =>
      episode.threshold === `${key} ${id}` && (expiresOn === null || expiresOn > lastDay);
    return position.blocks.some(isLater) ? { ...episode, isFired: false } : null;
  }
  if (key !== episode.threshold) return null;
  const hasCredit = isRearmed(when, episode, position, situation);
  if ('runOutWithinDays' in when && !isReached(when, position)) {
    const isFar = () => !isRunningOut(when, when.runOutWithinDays * 2, position);
    if (hasCredit || isFar()) return { ...episode, isFired: false };
  }
  const { pendingSeconds } = position.balances;
  if (when.balance !== 'projected' || hasCredit || pendingSeconds === episode.pendingSeconds) {
    return null;
  }
  return { ...episode, pendingSeconds };
}

/**
 * Finds episodes whose alert was withdrawn and whose threshold is no longer reached, after hours
 * were returned. One that is still reached only alerts again after the next purchase. An alarm is about
 * work that was done, whatever it cost.
 */
export function findUndoneLeft<Episode extends EpisodeState>(
  rules: readonly ReplenishRule[],
  positions: readonly Position[],
  episodes: readonly Episode[],
): Episode[] {
  const reached = new Set(reachedIn(rules, positions).map(({ threshold }) => threshold));
  return episodes.filter(
    ({ isFired, firedMode, threshold }) =>
      isFired && firedMode === 'undone' && !reached.has(threshold) && !isAlarmKey(threshold),
  );
}

type Sold = Pick<Offer, 'workTypes' | 'amountMinor'>;

/**
 * Episodes of thresholds whose rule's offer pays for them and the block `own` does not. The other
 * blocks tell which kinds of hours there are.
 */
export function findBeside<Episode extends EpisodeState>(
  rules: readonly ReplenishRule[],
  episodes: readonly Episode[],
  own: Sold,
  others: readonly Sold[],
): Episode[] {
  const offers = rules.flatMap(({ offer }) => offer ?? []);
  const kinds = [null, ...[...offers, ...others].map(({ workTypes }) => workTypes)];
  const keys = rules.flatMap(({ when, offer }) => {
    if (offer === null) return [];
    const isSameUnit = (offer.amountMinor === null) === (own.amountMinor === null);
    const isOwn = (kind: Kind) => isSameUnit && coversKind(own.workTypes, kind);
    return kinds
      .filter((kind) => coversKind(offer.workTypes, kind) && !isOwn(kind))
      .map((workTypes) => levelKey(when, { workTypes }));
  });
  // An expiry's threshold also names its block.
  return episodes.filter(({ threshold }) =>
    keys.some((key) => threshold === key || threshold.startsWith(`${key} b-`)),
  );
}
