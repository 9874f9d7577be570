/** Moments and times as this tenant writes them, and how its filters read them. */
import type { Switches } from './state.ts';

const formats = new Map<string, Intl.DateTimeFormat>();

/** `2026-03-02T09:00:00`, as the zone's clocks show it. */
export function wallText(ms: number, zone: string): string {
  const format =
    formats.get(zone) ??
    new Intl.DateTimeFormat('sv-SE', {
      timeZone: zone,
      hourCycle: 'h23',
      dateStyle: 'short',
      timeStyle: 'medium',
    });
  formats.set(zone, format);
  return format.format(ms).replace(' ', 'T');
}

export function momentText(ms: number | null, { timestamps, zone }: Switches): string | null {
  if (ms === null) return null;
  if (timestamps === 'zone') return wallText(ms, zone);
  const text = new Date(ms).toISOString();
  return timestamps === 'mark' ? text : text.slice(0, -1);
}

/** A filter timestamp without a zone is read as they are stored. */
export function isFrom(ms: number | null, from: string | null, switches: Switches): boolean {
  if (from === null) return true;
  if (ms === null) return false;
  const isMarked = from.endsWith('Z');
  if (switches.timestamps !== 'zone') return ms >= Date.parse(isMarked ? from : `${from}Z`);
  const { zone } = switches;
  return wallText(ms, zone) >= (isMarked ? wallText(Date.parse(from), zone) : from);
}

/** `HH:mm:ss`, or the same with the day, as a date-span may be written. */
export function spanText(
  day: string,
  time: string | null,
  { spans }: Pick<Switches, 'spans'>,
): string | null {
  return time === null || spans === 'time' ? time : `${day}T${time}`;
}
