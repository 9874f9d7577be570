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
import { ifBelieved } from '../http/answers/rows.ts';
import type { Bms } from './call.ts';
import type { KaseyaBmsConfig } from './config.ts';
import { facts } from './facts.ts';

export interface Zones {
  /** Zone of the day and times of work. */
  work: ZoneName;
  /** Zone of all other timestamps. */
  timestamps: ZoneName;
}

export function zonesOf({ timezone, timestamps }: KaseyaBmsConfig, fileZone: ZoneName): Zones {
  const work = timezone ?? fileZone;
  return { work, timestamps: timestamps === 'utc' ? 'UTC' : work };
}

const dayMs = 86_400_000;
/** No current zone sets its clocks back by more at once. */
const lookAheadMs = 3 * 3_600_000;

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
export function readableMs(text: unknown, zone: ZoneName): number | null {
  const at = ifBelieved(() => (typeof text === 'string' ? instantOf(text, zone) : null));
  return at === null ? null : msFromInstant(at);
}

/** As BMS accepts it, truncated to the second. */
export function writtenTime(instant: Instant, zone: ZoneName): string {
  if (zone === 'UTC') return `${instant.slice(0, 19)}Z`;
  return instantFromMs(wallClockAt(msFromInstant(instant), zone)).slice(0, 19);
}

/** The same for "changed since": if the clocks are set back soon, later changes will show earlier times. */
export function filterTime(instant: Instant, zone: ZoneName): string {
  const ms = msFromInstant(instant);
  const drop = wallClockAt(ms, zone) - (wallClockAt(ms + lookAheadMs, zone) - lookAheadMs);
  return writtenTime(instantFromMs(ms - Math.max(0, drop)), zone);
}

export function filterDaysAgo({ context, zones }: Pick<Bms, 'context' | 'zones'>, days: number) {
  return filterTime(instantFromMs(context.now() - days * dayMs), zones.timestamps);
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

/** Allowed clock skew between the vendor and us; any two zones differ by more. */
const clockMsMax = 10 * 60_000;

const isMarked = /(?:Z|[+-]\d{2}:?\d{2})$/i;
const halfYearMs = 182 * dayMs;

/**
 * Verifies `change-zone` with a timestamp that BMS has just written. Other timestamps prove nothing, nor does one
 * in the winter of a zone that then equals UTC.
 */
export async function verifyZone(
  { config, context, zones }: Pick<Bms, 'config' | 'context' | 'zones'>,
  text: string | null | undefined,
): Promise<boolean | null> {
  const isNow = (zone: ZoneName): boolean => {
    const ms = readableMs(text, zone);
    return ms !== null && Math.abs(ms - context.now()) <= clockMsMax;
  };
  const other = config.timestamps === 'utc' ? zones.work : 'UTC';
  const laterMs = context.now() + halfYearMs;
  const isSame = wallClockAt(laterMs, zones.work) === laterMs;
  const isTold = !isNow(other) || isSame || isMarked.test(text ?? '');
  const isTrue = isNow(zones.timestamps) ? isTold || null : isNow(other) ? false : null;
  await facts.verifyFact(context, 'change-zone', isTrue);
  return isTrue;
}
