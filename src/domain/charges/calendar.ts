import type { BusinessHours } from '../agreements/terms.ts';
import { dateOf } from '../time.ts';
import { msFromWallClock, wallClockAt, type ZoneName } from '../zone.ts';

const minuteMs = 60_000;
const dayMs = 24 * 60 * minuteMs;

/** A stretch of worked time entirely inside or entirely outside business hours. */
export interface Stretch {
  seconds: number;
  isOutside: boolean;
}

/**
 * Splits a span at the boundaries of business hours, to the second, in the calendar's zone or the
 * client's. The boundaries follow the wall clock, so a day with a clock change may be an hour
 * longer or shorter. Stretches are in order of time; adjacent stretches of one kind are merged.
 */
export function splitAtBusinessHours(
  startMs: number,
  endMs: number,
  hours: BusinessHours,
  clientZone: ZoneName,
): Stretch[] {
  const zone = hours.timezone ?? clientZone;
  const stretches: Stretch[] = [];
  let cursorMs = startMs;
  const lastDay = dayNumber(wallClockAt(endMs, zone));
  for (let day = dayNumber(wallClockAt(startMs, zone)); day <= lastDay; day += 1) {
    if (cursorMs >= endMs) break;
    for (const open of openSpans(day, hours, zone)) {
      const fromMs = Math.max(open.fromMs, cursorMs);
      const toMs = Math.min(open.toMs, endMs);
      if (toMs <= fromMs) continue;
      push(stretches, (fromMs - cursorMs) / 1000, true);
      push(stretches, (toMs - fromMs) / 1000, false);
      cursorMs = toMs;
    }
  }
  push(stretches, (endMs - cursorMs) / 1000, true);
  return stretches;
}

/** Days since 1 January 1970, a Thursday. */
function dayNumber(wallClockMs: number): number {
  return Math.floor(wallClockMs / dayMs);
}

interface Span {
  fromMs: number;
  toMs: number;
}

/** Work is processed in order of time, so the last day of each calendar is cached. */
const lastDays = new WeakMap<BusinessHours, { day: number; zone: ZoneName; spans: Span[] }>();

function openSpans(day: number, hours: BusinessHours, zone: ZoneName): readonly Span[] {
  const last = lastDays.get(hours);
  if (last !== undefined && last.day === day && last.zone === zone) return last.spans;
  const spans = readSpans(day, hours, zone);
  lastDays.set(hours, { day, zone, spans });
  return spans;
}

function readSpans(day: number, hours: BusinessHours, zone: ZoneName): Span[] {
  const midnight = day * dayMs;
  const date = dateOf(midnight);
  const special = hours.specialDays?.get(date);
  if (special === undefined && hours.isHoliday(date)) return [];
  const weekday = (((day + 3) % 7) + 7) % 7;
  // Minute 1440 is the next day's midnight.
  return (special ?? hours.week[weekday] ?? []).map(({ fromMinute, toMinute }) => ({
    fromMs: msFromWallClock(midnight + fromMinute * minuteMs, zone),
    toMs: msFromWallClock(midnight + toMinute * minuteMs, zone),
  }));
}

function push(stretches: Stretch[], seconds: number, isOutside: boolean): void {
  if (seconds <= 0) return;
  const last = stretches.at(-1);
  if (last !== undefined && last.isOutside === isOutside) last.seconds += seconds;
  else stretches.push({ seconds, isOutside });
}

/**
 * Scales stretches proportionally to a total that differs from their sum (breaks were subtracted,
 * or only the length is known), in whole seconds; the seconds left over go to the largest
 * remainders, earlier stretches first.
 */
export function scaleStretches<S extends { seconds: number }>(
  stretches: readonly S[],
  seconds: number,
): S[] {
  const total = stretches.reduce((sum, stretch) => sum + stretch.seconds, 0);
  const isWhole = stretches.every((stretch) => Number.isInteger(stretch.seconds));
  if (total === seconds && isWhole) return [...stretches];
  // In whole milliseconds: with binary fractions, one of two equal remainders would be larger.
  const lengths = stretches.map((stretch) => BigInt(Math.round(stretch.seconds * 1000)));
  const totalMs = lengths.reduce((sum, length) => sum + length, 0n);
  const shares = stretches.map((stretch, index) => {
    const product = (lengths[index] ?? 0n) * BigInt(seconds);
    const whole = Number(product / totalMs);
    return { stretch, index, whole, remainder: Number(product % totalMs) };
  });
  let left = seconds - shares.reduce((sum, share) => sum + share.whole, 0);
  const byRemainder = [...shares].sort((a, b) => b.remainder - a.remainder || a.index - b.index);
  for (const share of byRemainder) {
    if (left <= 0) break;
    share.whole += 1;
    left -= 1;
  }
  return shares
    .filter((share) => share.whole > 0)
    .map((share) => ({ ...share.stretch, seconds: share.whole }));
}
