/** Hours that a client has and does not use. */
import type { DateText } from '../time.ts';
import { type HeldBlock, hasEnded, hasRest, type Idle } from './thresholds.ts';

/**
 * Since when hours are left and none is used: from the last charged work, or from the first day of
 * the earliest block with something left. Null: nothing is left.
 */
export function idleOf(
  blocks: readonly HeldBlock[],
  lastWorkedOn: DateText | null,
  today: DateText,
): Idle | null {
  const held = blocks.filter(
    (block) => block.isActive && hasRest(block) && !hasEnded(block, today),
  );
  const first = held.map((block) => block.usableOn ?? block.purchasedOn).toSorted()[0];
  if (first === undefined) return null;
  const since = lastWorkedOn !== null && lastWorkedOn > first ? lastWorkedOn : first;
  return { since, lastWorkedOn };
}
