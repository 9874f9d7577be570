import { Temporal } from 'temporal-polyfill';
import { wallClockAt, type ZoneName } from './zone.ts';

/**
 * A timestamp in ISO 8601, UTC, with exactly three decimals (`2026-03-02T09:00:00.000Z`). The fixed
 * format lets timestamps compare and sort as text, in SQL too.
 */
export type Instant = string;

/** A calendar date in some zone, `2026-03-02`. */
export type DateText = string;

export function instantFromMs(ms: number): Instant {
  return new Date(ms).toISOString();
}

/** Any ISO 8601 text with a zone or offset; a text without one is rejected, never guessed. */
export function instantFromText(text: string): Instant {
  return instantFromMs(Temporal.Instant.from(text).epochMilliseconds);
}

export function msFromInstant(instant: Instant): number {
  return Date.parse(instant);
}

export function secondsBetween(start: Instant, end: Instant): number {
  return (msFromInstant(end) - msFromInstant(start)) / 1000;
}

export function addSeconds(instant: Instant, seconds: number): Instant {
  return instantFromMs(msFromInstant(instant) + seconds * 1000);
}

/** The calendar date of this timestamp in the zone. */
export function dateInZone(instant: Instant, zone: ZoneName): DateText {
  return dateOf(wallClockAt(msFromInstant(instant), zone));
}

const dayMs = 86_400_000;

/** Work is processed in order of time, so the last day is cached. */
let lastDay = { number: Number.NaN, text: '' };

/** The date of a wall-clock time, written as if it were UTC. */
export function dateOf(wallClockMs: number): DateText {
  const number = Math.floor(wallClockMs / dayMs);
  if (number !== lastDay.number) {
    const text = new Date(number * dayMs).toISOString();
    lastDay = { number, text: text.slice(0, text.indexOf('T')) };
  }
  return lastDay.text;
}

/** Start of the day in the zone; if daylight saving starts at midnight, the day begins at 01:00. */
export function startOfDay(date: DateText, zone: ZoneName): Instant {
  return instantFromMs(
    Temporal.PlainDate.from(date).toZonedDateTime({ timeZone: zone }).epochMilliseconds,
  );
}

/**
 * The assumed start of work with only a date and a length: around midday, so that the date is the
 * same for a client some zones away, and as little as possible is outside business hours.
 */
export function startAroundMidday(date: DateText, zone: ZoneName, seconds: number): Instant {
  const noon = Temporal.PlainDate.from(date).toZonedDateTime({
    timeZone: zone,
    plainTime: '12:00',
  });
  return instantFromMs(noon.epochMilliseconds - Math.floor(Math.max(0, seconds) / 2) * 1000);
}

export function addDays(date: DateText, days: number): DateText {
  return Temporal.PlainDate.from(date).add({ days }).toString();
}

export function addMonths(date: DateText, months: number): DateText {
  return Temporal.PlainDate.from(date).add({ months }).toString();
}

export function daysBetween(from: DateText, to: DateText): number {
  return Temporal.PlainDate.from(from).until(Temporal.PlainDate.from(to)).days;
}

/** The earliest of timestamps (or dates), which sort as text; empty if there is none. */
export function earliest(texts: readonly string[]): string {
  return texts.reduce((first, text) => (text < first ? text : first), texts[0] ?? '');
}
