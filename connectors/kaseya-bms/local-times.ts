/** Converts the days, times of day and timestamps that BMS shows without a zone. */
import { KindError } from '../../src/domain/errors.ts';
import {
  dateInZone,
  type Instant,
  instantFromMs,
  instantFromText,
  msFromInstant,
} from '../../src/domain/time.ts';
import { msFromWallClock, wallClockAt, type ZoneName } from '../../src/domain/zone.ts';
import { isNow } from '../http/answers/clock.ts';
import { ifBelieved } from '../http/answers/rows.ts';
import type { Bms } from './call.ts';
import { facts } from './facts.ts';

const dayMs = 86_400_000;

const local = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?$/;
/** What the vendor's framework writes for "no date". */
const noDate = /^0001-/;

/** Null for "no date"; throws `contract` for anything but a timestamp. */
export function instantOf(text: string, zone: ZoneName): Instant | null {
  if (noDate.test(text)) return null;
  if (local.test(text)) return instantFromMs(msFromWallClock(wallClockOf(text), zone));
  try {
    return instantFromText(text);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new KindError('contract', `"${text}" is not a timestamp.`);
  }
}

/** In ms; null also if unreadable: for timestamps that are only a hint. */
export function readableMs(text: unknown, zone: ZoneName = 'UTC'): number | null {
  const at = ifBelieved(() => (typeof text === 'string' ? instantOf(text, zone) : null));
  return at === null ? null : msFromInstant(at);
}

/** As BMS accepts it, truncated to the second. */
export function writtenTime(instant: Instant): string {
  return `${instant.slice(0, 19)}Z`;
}

export function writtenDaysAgo({ context }: Pick<Bms, 'context'>, days: number): string {
  return writtenTime(instantFromMs(context.now() - days * dayMs));
}

/** The day of a `StartDate`; throws `contract` if it is not a day. */
export function workDay(text: string, zone: ZoneName): string {
  const day = /^(\d{4}-\d{2}-\d{2})(?:T00:00(?::00(?:\.0+)?)?Z?)?$/.exec(text)?.[1];
  if (day !== undefined && !Number.isNaN(Date.parse(day))) return day;
  const at = instantOf(text, zone);
  if (at === null) throw new KindError('contract', `"${text}" is not a day.`);
  return dateInZone(at, zone);
}

/**
 * The instants that a time of day may mean, in order: two if the clocks show it twice. `text` is `HH:mm:ss`, or a
 * full timestamp around that day. Throws `contract` for anything else: frameworks write a bare time of day with the
 * year 1 or 1900.
 */
export function timesOf(day: string, text: string, zone: ZoneName): number[] {
  const isTime = /^\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?$/.test(text);
  const wall = isTime ? `${day}T${text}` : text;
  const times = local.test(wall)
    ? readings(wallClockOf(wall), zone)
    : [instantOf(wall, zone)].flatMap((at) => (at === null ? [] : msFromInstant(at)));
  if (times.every((ms) => Math.abs(ms - Date.parse(day)) <= 3 * dayMs)) return times;
  throw new KindError('contract', `"${text}" is not on ${day}.`);
}

function readings(wallMs: number, zone: ZoneName): number[] {
  const first = msFromWallClock(wallMs, zone);
  const later = wallMs - (wallClockAt(first + dayMs, zone) - (first + dayMs));
  return later > first && wallClockAt(later, zone) === wallMs ? [first, later] : [first];
}

function wallClockOf(text: string): number {
  const ms = Date.parse(`${text}Z`);
  if (Number.isNaN(ms)) throw new KindError('contract', `"${text}" is not a timestamp.`);
  return ms;
}

const isMarked = /(?:Z|[+-]\d{2}:?\d{2})$/i;
const halfYearMs = 182 * dayMs;

/**
 * Verifies `change-zone` with a timestamp that BMS has just written. Other timestamps prove nothing, nor does one
 * in the winter of a zone that then equals UTC.
 */
export async function verifyZone(
  { context, zone }: Pick<Bms, 'context' | 'zone'>,
  text: string | null | undefined,
): Promise<boolean | null> {
  const shows = (other: ZoneName): boolean => {
    const ms = readableMs(text, other);
    return ms !== null && isNow(instantFromMs(ms), context.now());
  };
  const laterMs = context.now() + halfYearMs;
  const isSame = wallClockAt(laterMs, zone) === laterMs;
  const isTold = !shows(zone) || isSame || isMarked.test(text ?? '');
  const isTrue = shows('UTC') ? isTold || null : shows(zone) ? false : null;
  await facts.verifyFact(context, 'change-zone', isTrue);
  return isTrue;
}
