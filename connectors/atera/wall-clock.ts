/**
 * Atera's work hours come as the account's wall clock shows them, without a zone. A wall clock skips an
 * hour in spring and shows one twice in autumn: such a text then means no time, or two.
 */
import { KindError } from '../../src/domain/errors.ts';
import { type Instant, instantFromMs, msFromInstant } from '../../src/domain/time.ts';
import { msFromWallClock, wallClockAt, type ZoneName } from '../../src/domain/zone.ts';
import { Zone } from '../http/settings.ts';

const dayMs = 86_400_000;

const shape = /^(\d{4}-\d\d-\d\d)T(\d\d:\d\d:\d\d)(?:\.\d+)?(Z|[+-]\d\d:\d\d)?$/;

/**
 * The times that the text may mean, the earlier first; what is finer than a second is cut off. Throws
 * `contract` for a text that is not a timestamp, or that the zone's clocks never showed.
 */
export function readingsOf(text: string, zone: ZoneName): [Instant, ...Instant[]] {
  const [, date = '', time = '', offset] = shape.exec(text) ?? [];
  const wallMs = Date.parse(`${date}T${time}Z`);
  // A 31st of February is moved on by some parsers.
  if (Number.isNaN(wallMs) || instantFromMs(wallMs).slice(0, 10) !== date) {
    throw new KindError('contract', `"${text}" is not a date and time.`);
  }
  if (offset !== undefined) return [instantFromMs(Date.parse(`${date}T${time}${offset}`))];
  const first = msFromWallClock(wallMs, zone);
  if (wallClockAt(first, zone) !== wallMs) {
    throw new KindError('contract', `Clocks in ${zone} skipped ${text}: they were put forward.`, {
      fix: 'Correct the entry in Atera; if it is right, the connection’s timezone is not the account’s.',
    });
  }
  // By the offset of the day after: where the clocks were put back in between, the same is shown again.
  const offsetAfter = wallClockAt(first + dayMs, zone) - (first + dayMs);
  const second = wallMs - offsetAfter;
  const isShownTwice = second > first && wallClockAt(second, zone) === wallMs;
  return isShownTwice ? [instantFromMs(first), instantFromMs(second)] : [instantFromMs(first)];
}

export interface Span {
  startedAt: Instant;
  endedAt: Instant;
  seconds: number;
}

/**
 * What start and end may mean together, one span for each duration, the earliest start first. Throws
 * `contract` where every reading ends before it starts.
 */
export function spansOf(start: string, end: string, zone: ZoneName): [Span, ...Span[]] {
  const spans = new Map<number, Span>();
  for (const startedAt of readingsOf(start, zone)) {
    for (const endedAt of readingsOf(end, zone)) {
      const seconds = (msFromInstant(endedAt) - msFromInstant(startedAt)) / 1000;
      if (seconds >= 0 && !spans.has(seconds)) spans.set(seconds, { startedAt, endedAt, seconds });
    }
  }
  const [first, ...others] = spans.values();
  if (first === undefined) {
    throw new KindError('contract', `The entry ends at ${end}, before its start at ${start}.`);
  }
  return [first, ...others];
}

/** As filters want it: `2026-03-02T09:00:00`. */
export function localText(instant: Instant, zone: ZoneName): string {
  return instantFromMs(wallClockAt(msFromInstant(instant), zone)).slice(0, 19);
}

/** Timestamps of tickets are taken for UTC where they carry no zone. */
export function utcInstant(text: string): Instant {
  return readingsOf(text, 'UTC')[0];
}

/**
 * Atera names the account's zone, it seems as Windows does. What such a name means is written down here for the zones
 * that MSPs work in (https://github.com/unicode-org/cldr/blob/main/common/supplemental/windowsZones.xml); any other can
 * still be held against what a person sees.
 */
const zonesByWindowsName: Readonly<Record<string, ZoneName>> = {
  utc: 'UTC',
  'gmt standard time': 'Europe/London',
  'greenwich standard time': 'Atlantic/Reykjavik',
  'w. europe standard time': 'Europe/Berlin',
  'central europe standard time': 'Europe/Budapest',
  'romance standard time': 'Europe/Paris',
  'central european standard time': 'Europe/Warsaw',
  'gtb standard time': 'Europe/Bucharest',
  'e. europe standard time': 'Europe/Chisinau',
  'fle standard time': 'Europe/Kyiv',
  'israel standard time': 'Asia/Jerusalem',
  'south africa standard time': 'Africa/Johannesburg',
  'egypt standard time': 'Africa/Cairo',
  'turkey standard time': 'Europe/Istanbul',
  'russian standard time': 'Europe/Moscow',
  'arab standard time': 'Asia/Riyadh',
  'arabian standard time': 'Asia/Dubai',
  'india standard time': 'Asia/Kolkata',
  'se asia standard time': 'Asia/Bangkok',
  'singapore standard time': 'Asia/Singapore',
  'china standard time': 'Asia/Shanghai',
  'tokyo standard time': 'Asia/Tokyo',
  'korea standard time': 'Asia/Seoul',
  'w. australia standard time': 'Australia/Perth',
  'cen. australia standard time': 'Australia/Adelaide',
  'aus central standard time': 'Australia/Darwin',
  'e. australia standard time': 'Australia/Brisbane',
  'aus eastern standard time': 'Australia/Sydney',
  'tasmania standard time': 'Australia/Hobart',
  'new zealand standard time': 'Pacific/Auckland',
  'newfoundland standard time': 'America/St_Johns',
  'atlantic standard time': 'America/Halifax',
  'eastern standard time': 'America/New_York',
  'us eastern standard time': 'America/Indianapolis',
  'central standard time': 'America/Chicago',
  'canada central standard time': 'America/Regina',
  'central standard time (mexico)': 'America/Mexico_City',
  'mountain standard time': 'America/Denver',
  'us mountain standard time': 'America/Phoenix',
  'pacific standard time': 'America/Los_Angeles',
  'alaskan standard time': 'America/Anchorage',
  'hawaiian standard time': 'Pacific/Honolulu',
  'sa pacific standard time': 'America/Bogota',
  'e. south america standard time': 'America/Sao_Paulo',
  'argentina standard time': 'America/Buenos_Aires',
};

/** The zone that Atera's name means; null where it is not known here. */
export function zoneNamed(name: string): ZoneName | null {
  const plain = name.trim().toLowerCase();
  return zonesByWindowsName[plain] ?? Zone.safeParse(name).data ?? null;
}

const hourMs = 3_600_000;

/** The first time of the year around now at which two zones' clocks differ; null: they never do. */
export function firstDifference(one: ZoneName, other: ZoneName, nowMs: number): string | null {
  const start = Math.floor(nowMs / hourMs) * hourMs - 183 * 24 * hourMs;
  for (let ms = start; ms < start + 366 * 24 * hourMs; ms += hourMs) {
    if (wallClockAt(ms, one) !== wallClockAt(ms, other)) return instantFromMs(ms);
  }
  return null;
}
