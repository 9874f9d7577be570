import type { ZoneName } from '../../domain/zone.ts';
import { nextSlots } from '../schedule/slots.ts';

/** A run may take this long, though never longer than its schedule, before it counts as late. */
const graceMs = 60_000;

/**
 * When a job's last success is older than twice its schedule; null: no schedule says so. A job is late
 * at the second scheduled time after the last success: a job that runs every ten minutes is late after
 * twenty minutes, and a job in office hours is not late over the weekend.
 */
export async function lateFrom(
  expression: string,
  zone: ZoneName,
  sinceMs: number,
): Promise<number | null> {
  const [first, second] = await nextSlots(expression, zone, sinceMs, 2);
  if (first === undefined || second === undefined) return null;
  return second + Math.min(graceMs, second - first);
}
