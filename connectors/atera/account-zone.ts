/**
 * Atera names the account's zone, it seems as Windows does. What such a name means is written down here
 * for the zones that MSPs work in (https://github.com/unicode-org/cldr/blob/main/common/supplemental/windowsZones.xml);
 * any other can still be held against what a person sees.
 */
import { instantFromMs } from '../../src/domain/time.ts';
import { wallClockAt, type ZoneName } from '../../src/domain/zone.ts';
import { Zone } from '../http/settings.ts';

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

/** The first moment of the year around now at which two zones' clocks differ; null: they never do. */
export function firstDifference(one: ZoneName, other: ZoneName, nowMs: number): string | null {
  const start = Math.floor(nowMs / hourMs) * hourMs - 183 * 24 * hourMs;
  for (let ms = start; ms < start + 366 * 24 * hourMs; ms += hourMs) {
    if (wallClockAt(ms, one) !== wallClockAt(ms, other)) return instantFromMs(ms);
  }
  return null;
}
