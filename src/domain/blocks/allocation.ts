import type { ChargeFacts, WorkTypeCost } from '../charges/charge-facts.ts';
import { chargedWorkTypes } from '../charges/charge-facts.ts';
import { isListed, type RuleName } from '../charges/coverage.ts';
import { type Price, partOfPrice } from '../money.ts';
import type { DateText } from '../time.ts';

/** The work types that a charge pays for, null among them for work without one; null: no work at all. */
export type ChargedWorkTypes = readonly RuleName[] | null;

/** What allocation needs to know of a block. It holds hours, or money, never both. */
export interface SpendableBlock {
  id: string;
  /** Lower is used first. */
  priority: number;
  expiresOn: DateText | null;
  purchasedOn: DateText;
  /** 0 for a block of money. */
  remainingSeconds: number;
  /** What is left of a block of money, minor units; null: it holds hours. */
  remainingMinor: number | null;
  currency: string;
  /** False for a block that was voided: hours may come back to it, none may leave. */
  isActive: boolean;
  /** The work types that it pays for; null: all. */
  workTypes: readonly string[] | null;
  /** What clients with a share may still take of it, in seconds (of money: minor units) by client id. */
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

/** All of it is left, and nobody is held to a share. */
export function toSpendable(block: BoughtBlock): SpendableBlock {
  const { id, priority, expiresOn, purchasedOn, currency, workTypes, seconds, amountMinor } = block;
  return {
    ...{ id, priority, expiresOn, purchasedOn, currency, workTypes },
    ...{ remainingSeconds: seconds, remainingMinor: amountMinor },
    ...{ isActive: true, shares: new Map() },
  };
}

/** What blocks are asked to pay. */
export interface Demand {
  seconds: number;
  workedOn: DateText;
  workTypes: ChargedWorkTypes;
  /** Of all the seconds; null: no block of money can pay for them. */
  price: Price | null;
  /** The client whose share counts; null: one that shares no blocks. */
  usedBy: string | null;
  /** How much each work type asks for, where there are several: other blocks may pay for each. */
  byWorkType?: readonly WorkTypeCost[] | undefined;
}

/** What a charge asks of the blocks. */
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
  /** What that took from a block of money; null: hours. */
  minor: number | null;
}

/** Burn order: priority, then what expires first, then what was bought first. */
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
 * A block pays for work done up to the end of the day that it expires on. One that is limited to some work
 * types pays for these alone. One of money pays for work that has a price in its currency. Null: it can pay.
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

/** Whether the block could pay if there were something left in it. */
export function couldPay(block: SpendableBlock, asked: Asked): boolean {
  const refusal = findRefusal(block, asked);
  return refusal === null || refusal === 'empty';
}

function shareLeft(block: SpendableBlock, usedBy: string | null): number {
  return (usedBy === null ? undefined : block.shares.get(usedBy)) ?? Infinity;
}

/**
 * Takes the seconds from the blocks in burn order, changing what is left of them, and returns a slice
 * for each block that paid, one work type after the other. What no block can pay of one is its last slice,
 * of overage.
 */
export function allocate(demand: Demand, blocks: readonly SpendableBlock[]): Slice[] {
  return splitDemand(demand).flatMap((part) => allocatePart(part, blocks));
}

function allocatePart(demand: Demand, blocks: readonly SpendableBlock[]): Slice[] {
  const slices: Slice[] = [];
  let left = demand.seconds;
  for (const block of [...blocks].sort(byBurnOrder)) {
    if (left === 0) break;
    if (findRefusal(block, demand) !== null) continue;
    const slice = take(block, left, demand);
    if (slice === null) continue;
    slices.push(slice);
    left -= slice.seconds;
  }
  if (left > 0) slices.push({ blockId: null, seconds: left, minor: null });
  return slices;
}

/** Null: there is nothing to take. */
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

/** Where the money does not last, all of it goes for as many whole seconds as it pays for. */
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

/** What a client with a share gives back may be taken by it again. */
export function moveShare(block: SpendableBlock, usedBy: string | null, change: number): void {
  const left = usedBy === null ? undefined : block.shares.get(usedBy);
  if (usedBy !== null && left !== undefined) block.shares.set(usedBy, left + change);
}
