/** The calendar of the demo's month: days that people work, and rooms in the technicians' days. */
import Holidays from 'date-holidays';
import { Temporal } from 'temporal-polyfill';
import type { DateText, Instant } from '../../src/domain/time.ts';
import { holidays, zone } from './cast.ts';

/** Minutes since midnight; the same hours stand in the config file. */
const office = [
  { from: 8 * 60, to: 12 * 60 },
  { from: 13 * 60 + 30, to: 18 * 60 },
] as const;
const evening = { from: 18 * 60 + 30, to: 23 * 60 } as const;

export function today(nowMs: number): DateText {
  return Temporal.Instant.fromEpochMilliseconds(nowMs)
    .toZonedDateTimeISO(zone)
    .toPlainDate()
    .toString();
}

/** Working days of the month that ended yesterday, oldest first. */
export function workDaysBefore(day: DateText, count: number): DateText[] {
  const calendar = new Holidays(holidays, { types: ['public'] });
  const first = Temporal.PlainDate.from(day).subtract({ days: count });
  return Array.from({ length: count }, (_, index) => first.add({ days: index }))
    .filter((date) => date.dayOfWeek <= 5)
    .filter((date) => calendar.isHoliday(`${date.toString()} 12:00:00`) === false)
    .map((date) => date.toString());
}

export function msFromWallClock(day: DateText, minutes: number): Instant {
  const time = Temporal.PlainTime.from({ hour: Math.floor(minutes / 60), minute: minutes % 60 });
  const instant = Temporal.PlainDate.from(day).toPlainDateTime(time).toZonedDateTime(zone);
  return new Date(instant.epochMilliseconds).toISOString();
}

/** Whether work of so many minutes from this instant stays within one stretch of office hours. */
export function isWithinOffice(start: Instant, minutes: number): boolean {
  const { hour, minute } = Temporal.Instant.from(start).toZonedDateTimeISO(zone);
  const begin = hour * 60 + minute;
  return office.some(({ from, to }) => begin >= from && begin + minutes <= to);
}

/** One technician's time, handed out from front to back so that nobody is in two places at once. */
export class Diary {
  readonly #office = new Map<DateText, number>();
  readonly #evening = new Map<DateText, number>();

  /** Start of a free stretch in office hours, in minutes since midnight; null: the day is full. */
  takeInOffice(day: DateText, minutes: number, pause: number): number | null {
    const free = this.#office.get(day) ?? 0;
    for (const { from, to } of office) {
      const start = Math.max(free, from);
      if (start + minutes > to) continue;
      this.#office.set(day, start + minutes + pause);
      return start;
    }
    return null;
  }

  takeInEvening(day: DateText, minutes: number, pause: number): number | null {
    const start = Math.max(this.#evening.get(day) ?? 0, evening.from);
    if (start + minutes > evening.to) return null;
    this.#evening.set(day, start + minutes + pause);
    return start;
  }
}
