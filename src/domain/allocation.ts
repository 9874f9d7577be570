import { isListed } from './coverage.ts';
import type { DateText } from './time.ts';

/** The work types that a charge pays for, null among them for work without one; null: no work at all. */
export type ChargedWorkTypes = readonly (string | null)[] | null;

/** What allocation needs to know of a block. */
export interface SpendableBlock {
  id: string;
  /** Lower is used first. */
  priority: number;
  expiresOn: DateText | null;
  purchasedOn: DateText;
  remainingSeconds: number;
  /** False for a block that was voided: hours may come back to it, none may leave. */
  isActive: boolean;
  /** The work types that it pays for; null: all. */
  workTypes: readonly string[] | null;
}

export interface Slice {
  /** Null: overage. */
  blockId: string | null;
  seconds: number;
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

/**
 * A block pays for work done up to the end of the day that it expires on. One that is limited to some
 * work types pays for charges of these alone: a charge with any other in it is not split.
 */
export function canPayFor(
  block: SpendableBlock,
  workedOn: DateText,
  workTypes: ChargedWorkTypes,
): boolean {
  if (!block.isActive || (block.expiresOn !== null && workedOn > block.expiresOn)) return false;
  const limits = block.workTypes;
  if (limits === null || workTypes === null) return true;
  return workTypes.every((workType) => isListed(workType, limits));
}

/**
 * Takes the seconds from the blocks in burn order, changing their `remainingSeconds`, and returns a
 * slice for each block that paid. What no block can pay is one last slice of overage.
 */
export function allocate(
  seconds: number,
  workedOn: DateText,
  blocks: readonly SpendableBlock[],
  workTypes: ChargedWorkTypes = null,
): Slice[] {
  const slices: Slice[] = [];
  let left = seconds;
  for (const block of [...blocks].sort(byBurnOrder)) {
    if (left === 0) break;
    if (block.remainingSeconds <= 0 || !canPayFor(block, workedOn, workTypes)) continue;
    const taken = Math.min(left, block.remainingSeconds);
    block.remainingSeconds -= taken;
    slices.push({ blockId: block.id, seconds: taken });
    left -= taken;
  }
  if (left > 0) slices.push({ blockId: null, seconds: left });
  return slices;
}
