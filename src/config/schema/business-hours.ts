import { createRequire } from 'node:module';
import { z } from 'zod';
import type { BusinessHours } from '../../domain/agreements/terms.ts';
import { addDays, type DateText } from '../../domain/time.ts';
import { nearest } from '../nearest.ts';
import { isDay, Timezone } from './fields.ts';

type Holidays = typeof import('date-holidays').default;

interface Area {
  states?: Record<string, Area>;
  regions?: Record<string, Area>;
}

const load = createRequire(import.meta.url);

/** Loaded when a day is looked up, or a fault is worded: it brings the astronomy of all calendars. */
function loadHolidays(): Holidays {
  return load('date-holidays') as Holidays;
}

/** By the package's data alone, which loads in a third of the time. */
function isKnownPlace(country: string, state?: string, region?: string): boolean {
  const { data } = load('date-holidays/data') as { data: { holidays: Record<string, Area> } };
  const states = data.holidays[country]?.states;
  const regions = states?.[state ?? '']?.regions;
  if (region !== undefined) return regions?.[region] !== undefined;
  return (state === undefined ? data.holidays[country] : states?.[state]) !== undefined;
}

const dayNames: readonly string[] = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'];

const fullDayNames: readonly string[] = [
  'monday',
  'tuesday',
  'wednesday',
  'thursday',
  'friday',
  'saturday',
  'sunday',
];

type Week = { fromMinute: number; toMinute: number }[][];

/** One calendar: days off, days with special hours, its zone, and day ranges with their times. */
export const Calendar = z
  .object({
    closed: z
      .array(z.string())
      .default([])
      .describe(
        'Your own days off, entirely outside business hours: 2026-12-24, or "2026-08-03 to 2026-08-14"',
      ),
    special: z
      .record(z.string(), z.string())
      .default({})
      .describe('Days with special hours, including holidays: { 2026-12-31: "09:00-12:00" }'),
    timezone: Timezone.optional().describe('Time zone of these hours. Default: the client’s'),
    holidays: z
      .union([z.string(), z.array(z.string())])
      .optional()
      .describe(
        'Countries (FR) or regions (DE-BY) whose public holidays are entirely outside business hours; your own days off may be listed too',
      ),
  })
  .catchall(
    z.string().describe('Business hours in 24-hour time, such as "08:00-12:00, 13:30-18:00"'),
  )
  .transform(({ holidays, closed, special, timezone, ...days }, context) => {
    const week: Week = dayNames.map(() => []);
    const fault = (key: string, message: string) => {
      context.addIssue({ code: 'custom', path: [key], message });
    };
    for (const [key, times] of Object.entries(days)) {
      try {
        const ranges = readTimes(times);
        for (const day of readDays(key)) {
          if (week[day]?.length !== 0)
            throw new Error(`${dayNames[day]} is listed twice; keep one`);
          week[day] = ranges;
        }
      } catch (error) {
        fault(key, error instanceof Error ? error.message : String(error));
      }
    }
    if (Object.keys(days).length === 0) {
      context.addIssue({
        code: 'custom',
        message: 'no days; add, for example, mon-fri: "08:00-18:00"',
      });
    }
    const specialDays = new Map<DateText, Week[number]>();
    for (const [date, times] of Object.entries(special)) {
      try {
        if (!isDay(date)) throw new Error('this is not a valid date');
        specialDays.set(date, readTimes(times));
      } catch (error) {
        fault('special', `${date}: ${error instanceof Error ? error.message : String(error)}`);
      }
    }
    const named = typeof holidays === 'string' ? [holidays] : (holidays ?? []);
    const places = named.filter((text) => !/^\d/.test(text));
    for (const place of places) {
      const problem = regionProblem(place);
      if (problem !== null) fault('holidays', problem);
    }
    const closedDays = [
      ...named.filter((text) => !places.includes(text)).map((text) => ({ key: 'holidays', text })),
      ...closed.map((text) => ({ key: 'closed', text })),
    ].flatMap(({ key, text }) => {
      const days = readDayRange(text);
      if (days === null)
        fault(
          key,
          `"${text}" is neither a date (2026-12-24) nor a date range (2026-08-03 to 2026-08-14)`,
        );
      return days ?? [];
    });
    return { week, places, closedDays, specialDays, timezone: timezone ?? null };
  });
export type Calendar = z.infer<typeof Calendar>;

function readDayRange(text: string): { from: DateText; to: DateText } | null {
  const [from = '', to = from, ...rest] = text.split(/\s+to\s+/);
  return isDay(from) && isDay(to) && from <= to && rest.length === 0 ? { from, to } : null;
}

/** `mon-fri`, `sat`, `mon,wed`, `sat-mon`: positions in the week, Monday is 0. */
function readDays(key: string): number[] {
  return key.split(',').flatMap((part) => {
    const [from, to = from, ...rest] = part
      .trim()
      .split('-')
      .map((name) => readDay(name, key));
    if (from === undefined || to === undefined || rest.length > 0) throw new Error(dayRule(key));
    const count = ((to - from + 7) % 7) + 1;
    return Array.from({ length: count }, (_, index) => (from + index) % 7);
  });
}

function readDay(name: string, key: string): number {
  const day = dayNames.indexOf(name);
  if (day >= 0) return day;
  const near = nearest(name, ['holidays', 'closed', 'special', 'timezone', ...fullDayNames]);
  if (near === null) throw new Error(dayRule(key));
  const known = fullDayNames.includes(near) ? near.slice(0, 3) : near;
  throw new Error(`unknown day "${name}"; did you mean "${known}"?`);
}

function dayRule(key: string): string {
  return `"${key}" is not a day or range of days; use mon-fri, sat or "mon,wed" (${dayNames.join(' ')}), or holidays`;
}

/** Times of one day, in order and not overlapping. */
function readTimes(text: string): { fromMinute: number; toMinute: number }[] {
  const ranges = text.split(',').map((part) => {
    const match = /^\s*(\d{1,2}):(\d{2})\s*-\s*(\d{1,2}):(\d{2})\s*$/.exec(part);
    const [fromHour = 99, fromMinutes = 99, toHour = 99, toMinutes = 99] = (match ?? [])
      .slice(1)
      .map(Number);
    const fromMinute = fromHour * 60 + fromMinutes;
    const toMinute = toHour * 60 + toMinutes;
    if (fromMinutes > 59 || toMinutes > 59 || toMinute > 1440) {
      throw new Error(
        `"${text}" is not a list of times; write, for example, "08:00-12:00, 13:30-18:00"`,
      );
    }
    if (fromMinute >= toMinute) {
      throw new Error(
        `"${part.trim()}" ends before it starts; split hours past midnight over two days, up to 24:00`,
      );
    }
    return { fromMinute, toMinute };
  });
  for (const [index, range] of ranges.entries()) {
    const before = ranges[index - 1];
    if (before !== undefined && range.fromMinute < before.toMinute) {
      throw new Error(`the times in "${text}" overlap or are out of order; list them in order`);
    }
  }
  return ranges;
}

/** What is wrong with `FR`, `DE-BY` or `DE-BY-A`, or null. */
function regionProblem(text: string): string | null {
  const [country = '', state, region, ...rest] = text.split('-');
  if (rest.length === 0 && isKnownPlace(country, state, region)) return null;
  const catalogue = new (loadHolidays())();
  const countries = catalogue.getCountries();
  if (!Object.hasOwn(countries, country)) {
    return `"${text}" is not a country with known holidays; use its ISO 3166 code, such as FR, or DE-BY with a region`;
  }
  const states = catalogue.getStates(country) ?? {};
  const name = countries[country] ?? country;
  if (state !== undefined && !Object.hasOwn(states, state)) {
    const known = Object.keys(states).map((code) => `${country}-${code}`);
    return `"${text}" is not a known region of ${name}; use ${[country, ...known].join(', ')}`;
  }
  const regions = state === undefined ? {} : (catalogue.getRegions(country, state) ?? {});
  if (rest.length > 0 || (region !== undefined && !Object.hasOwn(regions, region))) {
    const known = Object.keys(regions).map((code) => `${country}-${state}-${code}`);
    return `"${text}" is not a known area of ${name}; use ${[`${country}-${state}`, ...known].join(', ')}`;
  }
  return null;
}

/** How a document names the place whose holidays these are. */
export function holidayPlace(text: string): { country: string; area: string | null } {
  const [country = '', state, region] = text.split('-');
  if (state === undefined) return { country, area: null };
  const catalogue = new (loadHolidays())();
  const states = catalogue.getStates(country) ?? {};
  const regions = catalogue.getRegions(country, state) ?? {};
  const names = [states[state], regions[region ?? '']].filter((name) => name !== undefined);
  return { country, area: names.length === 0 ? null : names.join(', ') };
}

export function toBusinessHours(name: string, calendar: Calendar): BusinessHours {
  const { week, places, closedDays, specialDays, timezone } = calendar;
  const finders = places.map(holidayFinder);
  const isClosed = (date: DateText) =>
    closedDays.some(({ from, to }) => from <= date && date <= to);
  return {
    name,
    week,
    specialDays,
    timezone,
    isHoliday: (date) => isClosed(date) || finders.some((isPublicHoliday) => isPublicHoliday(date)),
  };
}

function holidayFinder(holidays: string): (date: DateText) => boolean {
  const [country = '', state, region] = holidays.split('-');
  const inState = state === undefined ? {} : { state };
  const place = { country, ...inState, ...(region === undefined ? {} : { region }) };
  let calendar: InstanceType<Holidays> | undefined;
  const years = new Map<number, ReadonlySet<DateText>>();
  const daysOf = (year: number): ReadonlySet<DateText> => {
    calendar ??= new (loadHolidays())(place, { types: ['public'] });
    const days = years.get(year) ?? publicHolidays(calendar, year);
    years.set(year, days);
    return days;
  };
  return (date) => {
    const year = Number(date.slice(0, 4));
    // A holiday of several days may start in the previous year.
    return daysOf(year).has(date) || daysOf(year - 1).has(date);
  };
}

/** Full-day public holidays. One that starts during the day is a working day that ends early. */
function publicHolidays(calendar: InstanceType<Holidays>, year: number): Set<DateText> {
  const days = new Set<DateText>();
  for (const { type, date, start, end } of calendar.getHolidays(year)) {
    if (type !== 'public' || !date.slice(10).startsWith(' 00:00:00')) continue;
    const first = date.slice(0, 10);
    // Half a day is added so that a 23- or 25-hour day at a clock change counts as one.
    const count = Math.floor((end.getTime() - start.getTime()) / 86_400_000 + 0.5);
    for (let day = 0; day < Math.max(count, 1); day++) days.add(addDays(first, day));
  }
  return days;
}
