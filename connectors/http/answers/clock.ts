import { KindError } from '../../../src/domain/errors.ts';
import { type Instant, msFromInstant } from '../../../src/domain/time.ts';
import type { RawAnswer } from '../types.ts';
import { isRepeatable } from './classify.ts';

/**
 * Clocks may differ by so much; a zone differs by more. Less than what each pass looks back: further ahead, it would
 * begin after rows that it never saw.
 */
const clockMsMax = 10 * 60_000;

/** Of what was written just now: whether the vendor shows it in UTC. */
export function isNow(at: Instant, nowMs: number): boolean {
  return Math.abs(nowMs - msFromInstant(at)) < clockMsMax;
}

/** What happened already cannot lie ahead: then it is shown in another zone than UTC. */
export function isAhead(at: Instant, nowMs: number): boolean {
  return msFromInstant(at) - nowMs > clockMsMax;
}

/**
 * Whether what was noted lies within the span before now. What lies in the future was noted by a clock
 * that was ahead: nobody knows when, so it counts as long ago and holds up nothing.
 */
export function isRecent(notedAtMs: number, nowMs: number, spanMs: number): boolean {
  const ageMs = nowMs - notedAtMs;
  return ageMs >= 0 && ageMs < spanMs;
}

/**
 * Changes are asked for by the vendor's clock, since a moment of ours. Where ours is ahead, that moment
 * lies in the vendor's future, and what happens until then is never asked for. So a read is refused.
 */
export function refuseClockAhead(answer: RawAnswer, connection: string, nowMs: number): void {
  const aheadMs = nowMs - Date.parse(answer.headers.date ?? '');
  if (!isRepeatable(answer.request) || !(aheadMs > clockMsMax)) return;
  const minutes = Math.round(aheadMs / 60_000);
  throw new KindError(
    'config',
    `This machine’s clock is ${minutes} minutes ahead of that of "${connection}": changes would be missed.`,
    { fix: 'Let both machines keep time by NTP, then run again.' },
  );
}
