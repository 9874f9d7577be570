import { rowKey } from '../records/merged.ts';
import type { Instant } from '../time.ts';

/** A time entry of a matched technician, whose start and end are those of the work. */
interface TimedWork {
  connection: string;
  sourceId: string;
  startedAt: Instant;
  endedAt: Instant;
  /** Already debited. */
  isCharged: boolean;
}

/** Whether some of the same time is in both. */
export function overlaps(
  a: Pick<TimedWork, 'startedAt' | 'endedAt'>,
  b: Pick<TimedWork, 'startedAt' | 'endedAt'>,
): boolean {
  return a.startedAt < b.endedAt && b.startedAt < a.endedAt;
}

/**
 * Which of two entries that may be one hour of work waits for a decision: never what is debited
 * already; otherwise the one outside the client's main connection. Null: both are debited.
 */
export function findWaiting<Work extends TimedWork>(a: Work, b: Work, main: string): Work | null {
  if (a.isCharged !== b.isCharged) return a.isCharged ? b : a;
  if (a.isCharged) return null;
  if ((a.connection === main) !== (b.connection === main)) return a.connection === main ? b : a;
  return rowKey(a) < rowKey(b) ? b : a;
}
