/** BMS shows a day, a time of day, and moments without a zone: what they are in the zone that they are in. */
import { isKindError, KindError } from '../../src/domain/errors.ts';
import {
  dateInZone,
  type Instant,
  instantFromMs,
  instantFromText,
  msFromInstant,
} from '../../src/domain/time.ts';
import { momentOf, wallClockAt, type ZoneName } from '../../src/domain/zone.ts';
import type { KaseyaBmsConfig } from './config.ts';

export interface Zones {
  /** Of the day and the times of work. */
  work: ZoneName;
  /** Of all other moments. */
  moments: ZoneName;
}

export function zonesOf(
  { timezone, moments }: Pick<KaseyaBmsConfig, 'timezone' | 'moments'>,
  fileZone: ZoneName,
): Zones {
  const work = timezone ?? fileZone;
  return { work, moments: moments === 'utc' ? 'UTC' : work };
}

const dayMs = 86_400_000;
/** No zone sets its clocks back by more at once, in our time. */
const lookAheadMs = 3 * 3_600_000;

const local = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?$/;
/** What the vendor's framework writes where there is no date. */
const noDate = /^0001-/;

/** Null for "no date"; throws `contract` for what is no moment. */
export function momentOfText(text: string, zone: ZoneName): Instant | null {
  if (noDate.test(text)) return null;
  if (local.test(text)) return instantFromMs(momentOf(wallClockOf(text), zone));
  try {
    return instantFromText(text);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new KindError('contract', `"${text}" is not a moment.`);
  }
}

/** Null for what is no moment, too: where a moment is only a hint. */
export function readableMoment(text: unknown, zone: ZoneName): Instant | null {
  try {
    return typeof text === 'string' ? momentOfText(text, zone) : null;
  } catch (error) {
    if (!isKindError(error, 'contract')) throw error;
    return null;
  }
}

/** As BMS takes it, to the second below. */
export function momentText(instant: Instant, zone: ZoneName): string {
  if (zone === 'UTC') return `${instant.slice(0, 19)}Z`;
  return instantFromMs(wallClockAt(msFromInstant(instant), zone)).slice(0, 19);
}

/** The same for "changed since": where the clocks are set back soon, later changes will show earlier times. */
export function filterText(instant: Instant, zone: ZoneName): string {
  const ms = msFromInstant(instant);
  const drop = wallClockAt(ms, zone) - (wallClockAt(ms + lookAheadMs, zone) - lookAheadMs);
  return momentText(instantFromMs(ms - Math.max(0, drop)), zone);
}

/** The day that a `StartDate` means; throws `contract` where it is none. */
export function workDay(text: string, zone: ZoneName): string {
  const day = /^(\d{4}-\d{2}-\d{2})(?:T00:00(?::00(?:\.0+)?)?Z?)?$/.exec(text)?.[1];
  if (day !== undefined && !Number.isNaN(Date.parse(day))) return day;
  const at = momentOfText(text, zone);
  if (at === null) throw new KindError('contract', `"${text}" is no day.`);
  return dateInZone(at, zone);
}

/**
 * The moments that a time of a day may mean, in order: two where the clocks show it twice. `text` is
 * `HH:mm:ss`, or a whole moment of about that day. Throws `contract` for anything else: frameworks write
 * a time of day as one of the year 1, or of 1900.
 */
export function timesOf(day: string, text: string, zone: ZoneName): number[] {
  const isTime = /^\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?$/.test(text);
  const wall = isTime ? `${day}T${text}` : text;
  const times = local.test(wall)
    ? readings(wallClockOf(wall), zone)
    : [momentOfText(wall, zone)].flatMap((at) => (at === null ? [] : msFromInstant(at)));
  if (times.every((ms) => Math.abs(ms - Date.parse(day)) <= 3 * dayMs)) return times;
  throw new KindError('contract', `"${text}" is not on ${day}.`);
}

function readings(wallMs: number, zone: ZoneName): number[] {
  const first = momentOf(wallMs, zone);
  const later = wallMs - (wallClockAt(first + dayMs, zone) - (first + dayMs));
  return later > first && wallClockAt(later, zone) === wallMs ? [first, later] : [first];
}

function wallClockOf(text: string): number {
  const ms = Date.parse(`${text}Z`);
  if (Number.isNaN(ms)) throw new KindError('contract', `"${text}" is not a moment.`);
  return ms;
}
