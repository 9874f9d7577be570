import { KindError } from '../../../src/domain/errors.ts';
import { type Instant, msFromInstant } from '../../../src/domain/time.ts';
import type { RawAnswer } from '../types.ts';
import { isRepeatable } from './classify.ts';

/**
 * Allowed clock skew; a wrong zone differs by more. It is less than the overlap of each pass: with more skew, a pass
 * would start after rows it never saw.
 */
const clockMsMax = 10 * 60_000;

/** For a record written just now: whether the vendor shows it in UTC. */
export function isNow(at: Instant, nowMs: number): boolean {
  return Math.abs(nowMs - msFromInstant(at)) < clockMsMax;
}

/** A past event cannot lie in the future: then it is not shown in UTC. */
export function isAhead(at: Instant, nowMs: number): boolean {
  return msFromInstant(at) - nowMs > clockMsMax;
}

/**
 * Whether the recorded time lies within the span before now. A time in the future was recorded by a clock
 * that was ahead: it counts as long ago and blocks nothing.
 */
export function isRecent(notedAtMs: number, nowMs: number, spanMs: number): boolean {
  const ageMs = nowMs - notedAtMs;
  return ageMs >= 0 && ageMs < spanMs;
}

/** By the `Date` of a response that read something. */
export function refuseClockAhead(answer: RawAnswer, connection: string, nowMs: number): void {
  if (!isRepeatable(answer.request)) return;
  refuseAheadOf(Date.parse(answer.headers.date ?? ''), connection, nowMs);
}

/**
 * Changes are requested since a time of our clock. If ours is ahead, that time lies in the vendor's
 * future, and changes until then would never be requested. So the read is refused.
 */
export function refuseAheadOf(theirNowMs: number, connection: string, nowMs: number): void {
  const aheadMs = nowMs - theirNowMs;
  if (!(aheadMs > clockMsMax)) return;
  const minutes = Math.round(aheadMs / 60_000);
  const message = `This machine’s clock is ${minutes} minutes ahead of that of "${connection}": changes would be missed.`;
  const fix = 'Synchronise both machines by NTP, then run again.';
  throw new KindError('config', message, { fix });
}
