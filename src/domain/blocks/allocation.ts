import type { ChargeFacts, WorkTypeCost } from '../charges/charge-facts.ts';
import { chargedWorkTypes } from '../charges/charge-facts.ts';
import { isListed, type RuleName } from '../charges/coverage.ts';
import { type Price, partOfPrice } from '../money.ts';
import type { DateText } from '../time.ts';

/** The work types of a charge, with null for work without one; null: not work at all. */
export type ChargedWorkTypes = readonly RuleName[] | null;

/** What allocation needs to know of a block. It holds hours, or money, never both. */
export interface SpendableBlock {
  id: string;
  /** Lower is used first. */
  priority: number;
  expiresOn: DateText | null;
  purchasedOn: DateText;
  /** 0 for a money block. */
  remainingSeconds: number;
  /** What is left of a money block, minor units; null: it holds hours. */
  remainingMinor: number | null;
  currency: string;
  /** False for a void block: hours may be returned to it, but not taken. */
  isActive: boolean;
  /** Work types that it pays for; null: all. */
  workTypes: readonly string[] | null;
  /**
   * What clients with a share may still use of it, in seconds (money: minor units), by client ID.
   */
  shares: Map<string, number>;
}

/** A block as it is bought. */
export interface BoughtBlock
  extends Pick<
    SpendableBlock,
    'id' | 'priority' | 'expiresOn' | 'purchasedOn' | 'currency' | 'workTypes'
  > {
  /** 0 for money. */
  seconds: number;
  /** Null: hours. */
  amountMinor: number | null;
}

/** A block that is completely unused, without shares. */
export function toSpendable(block: BoughtBlock): SpendableBlock {
  const { id, priority, expiresOn, purchasedOn, currency, workTypes, seconds, amountMinor } = block;
  return {
    id,
    priority,
    expiresOn,
    purchasedOn,
    currency,
    workTypes,
    remainingSeconds: seconds,
    remainingMinor: amountMinor,
    isActive: true,
    shares: new Map(),
  };
}

/** What blocks are asked to pay. */
export interface Demand {
  seconds: number;
  workedOn: DateText;
  workTypes: ChargedWorkTypes;
  /** Price of all the seconds; null: no money block can pay for them. */
  price: Price | null;
  /** The client whose share counts; null: one that shares no blocks. */
  usedBy: string | null;
  /** The demand of each work type, if there are several: different blocks may pay for each. */
  byWorkType?: readonly WorkTypeCost[] | undefined;
}

/** The demand of a charge. */
export function demandOf(
  facts: ChargeFacts,
): Pick<Demand, 'seconds' | 'workTypes' | 'price' | 'byWorkType'> {
  const { seconds, price = null, byWorkType } = facts;
  return { seconds, workTypes: chargedWorkTypes(facts), price, byWorkType };
}

/** One demand for each work type, in the order in which they are paid. */
export function splitDemand<One extends Omit<Demand, 'usedBy'>>(demand: One): One[] {
  if (demand.byWorkType === undefined) return [demand];
  return demand.byWorkType
    .filter(({ seconds }) => seconds > 0)
    .map(({ workType, seconds, price = null }) => {
      return { ...demand, workTypes: [workType], seconds, price, byWorkType: undefined };
    });
}

export interface Slice {
  /** Null: overage. */
  blockId: string | null;
  /** Charged time that the slice pays for. */
  seconds: number;
  /** Money taken from a money block; null: hours. */
  minor: number | null;
}

/** Burn order: priority, then earliest expiry, then earliest purchase. */
export function byBurnOrder(a: SpendableBlock, b: SpendableBlock): number {
  return (
    a.priority - b.priority ||
    compareDates(a.expiresOn ?? '9999-12-31', b.expiresOn ?? '9999-12-31') ||
    compareDates(a.purchasedOn, b.purchasedOn) ||
    compareDates(a.id, b.id)
  );
}

function compareDates(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Why a block cannot pay for some work. */
export type Refusal = 'void' | 'ended' | 'work-type' | 'currency' | 'empty' | 'share';

type Asked = Pick<Demand, 'workedOn' | 'workTypes' | 'price' | 'usedBy'>;

/**
 * A block pays for work done up to the end of its last day. A limited block only pays for its work
 * types. A money block pays for work with a price in its currency. Null: it can pay.
 */
export function findRefusal(block: SpendableBlock, asked: Asked): Refusal | null {
  const { workedOn, workTypes, price, usedBy } = asked;
  if (!block.isActive) return 'void';
  if (block.expiresOn !== null && workedOn > block.expiresOn) return 'ended';
  const limits = block.workTypes;
  const isLimited = limits !== null && workTypes?.some((workType) => !isListed(workType, limits));
  if (isLimited) return 'work-type';
  if (block.remainingMinor !== null && price?.currency !== block.currency) return 'currency';
  if ((block.remainingMinor ?? block.remainingSeconds) <= 0) return 'empty';
  return shareLeft(block, usedBy) <= 0 ? 'share' : null;
}

/** Whether the block could pay if it were not empty. */
export function couldPay(block: SpendableBlock, asked: Asked): boolean {
  const refusal = findRefusal(block, asked);
  return refusal === null || refusal === 'empty';
}

function shareLeft(block: SpendableBlock, usedBy: string | null): number {
  return (usedBy === null ? undefined : block.shares.get(usedBy)) ?? Infinity;
}

/**
 * Takes the seconds from the blocks in burn order, updating what is left of them, and returns a
 * slice per block that paid, one work type after the other. What no block can pay becomes a last
 * slice of overage per work type.
 */
export function allocate(demand: Demand, blocks: readonly SpendableBlock[]): Slice[] {
  return splitDemand(demand).flatMap((part) => allocatePart(part, blocks));
}

function allocatePart(demand: Demand, blocks: readonly SpendableBlock[]): Slice[] {
  const slices: Slice[] = [];
  let left = demand.seconds;
  const usable = blocks.filter((block) => findRefusal(block, demand) === null);
  for (const block of usable.sort(byBurnOrder)) {
    if (left === 0) break;
    const slice = take(block, left, demand);
    if (slice === null) continue;
    slices.push(slice);
    left -= slice.seconds;
  }
  if (left > 0) slices.push({ blockId: null, seconds: left, minor: null });
  return slices;
}

/** Null: nothing can be taken. */
function take(block: SpendableBlock, left: number, demand: Demand): Slice | null {
  const { usedBy, price } = demand;
  const share = shareLeft(block, usedBy);
  const slice =
    block.remainingMinor === null
      ? takeHours(block, Math.min(left, share))
      : takeMoney(block, left, partOfPrice(price, demand.seconds, left)?.minor ?? 0, share);
  if (slice === null) return null;
  moveShare(block, usedBy, -(slice.minor ?? slice.seconds));
  return slice;
}

function takeHours(block: SpendableBlock, wanted: number): Slice | null {
  const seconds = Math.min(wanted, block.remainingSeconds);
  if (seconds <= 0) return null;
  block.remainingSeconds -= seconds;
  return { blockId: block.id, seconds, minor: null };
}

/** If the money is not enough, all of it pays for as many whole seconds as possible. */
function takeMoney(
  block: SpendableBlock,
  seconds: number,
  dueMinor: number,
  share: number,
): Slice | null {
  const held = block.remainingMinor ?? 0;
  const usable = Math.min(held, share);
  if (dueMinor <= 0 || usable <= 0) return null;
  const minor = Math.min(dueMinor, usable);
  const paid = minor === dueMinor ? seconds : Math.floor((seconds * minor) / dueMinor);
  if (paid === 0) return null;
  block.remainingMinor = held - minor;
  return { blockId: block.id, seconds: paid, minor };
}

/** Hours returned by a client with a share can be used by it again. */
export function moveShare(block: SpendableBlock, usedBy: string | null, change: number): void {
  const left = usedBy === null ? undefined : block.shares.get(usedBy);
  if (usedBy !== null && left !== undefined) block.shares.set(usedBy, left + change);
}
