import type { ZoneName } from '../../domain/zone.ts';
import { nextSlots } from '../schedule/slots.ts';

interface Due {
  /** When the schedule runs it next; null: not within a year. */
  nextMs: number | null;
  /** After this, its last success is older than twice its schedule; null: no schedule says so. */
  lateFromMs: number | null;
}

/** A run may take this long, though never longer than its schedule, before it counts as late. */
const graceMs = 60_000;

/**
 * A job is late at the second scheduled time after the last success: a job that runs every ten
 * minutes is late after twenty minutes, and a job in office hours is not late over the weekend.
 */
export async function readDue(
  expression: string,
  zone: ZoneName,
  { nowMs, sinceMs }: { nowMs: number; sinceMs: number },
): Promise<Due> {
  const [nextMs = null] = await nextSlots(expression, zone, nowMs, 1);
  const [first, second] = await nextSlots(expression, zone, sinceMs, 2);
  if (first === undefined || second === undefined) return { nextMs, lateFromMs: null };
  return { nextMs, lateFromMs: second + Math.min(graceMs, second - first) };
}
