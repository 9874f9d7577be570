import { formatDuration } from './duration.ts';
import { textFromMinor } from './money.ts';
import type { DateText, Instant } from './time.ts';

export const locales = ['en', 'en-US', 'en-GB', 'fr'] as const;

/** `en`: English for any country, with ISO dates in tables. */
export type Locale = (typeof locales)[number];

/** The language of the texts; the locales of one language share them. */
export type Language = 'en' | 'fr';

/** `1.25 h`, or `1 h 15`. */
export type Durations = 'decimal' | 'clock';

/** How a person reads; a client and the config are such. */
export interface FormatOptions {
  locale: Locale;
  durations: Durations;
}

/** The one form of dates, numbers, money and durations in everything that people read. */
export interface Format extends FormatOptions {
  /** `2 March 2026`, `March 2, 2026`, `1er mars 2026`. */
  date(date: DateText): string;
  /** `2–4 March 2026`. */
  days(from: DateText, to: DateText): string;
  /** `March 2026`, from `2026-03`. */
  month(month: string): string;
  /** For tables: `Mar 2, 2026`; in `en` as people type it, `2026-03-02`. */
  day(date: DateText): string;
  /** For tables, in UTC: `Mar 2, 2026 14:05`. */
  time(at: Instant): string;
  /** For tables: `2–4 Mar`, `28 May – 3 Jun`; with a year where it is not this one. */
  span(from: DateText, to: DateText, today: DateText): string;
  /** `$1,234.50`, `1 234,50 €`. */
  money(minor: number, currency: string): string;
  duration(seconds: number): string;
  /** `×1.5`, from 1500. */
  factor(thousandths: number): string;
  /** `a, b and c`. */
  list(texts: readonly string[]): string;
}

/** Of a block or a part of one: money, or hours where `minor` is null. */
export function sizeIn(
  format: Format,
  seconds: number,
  minor: number | null,
  currency: string,
): string {
  return minor === null ? format.duration(seconds) : format.money(minor, currency);
}

export function languageOf(locale: Locale): Language {
  return locale === 'fr' ? 'fr' : 'en';
}

/** Unless durations are chosen, they are decimal where timesheets usually are. */
export function toFormatOptions(locale: Locale, durations?: Durations): FormatOptions {
  return { locale, durations: durations ?? (locale === 'en-US' ? 'decimal' : 'clock') };
}

const made = new Map<string, Format>();

export function formatIn({ locale, durations }: FormatOptions): Format {
  const key = `${locale} ${durations}`;
  const format = made.get(key) ?? makeFormat(locale, durations);
  made.set(key, format);
  return format;
}

function makeFormat(locale: Locale, durations: Durations): Format {
  const currencies = new Map<string, Intl.NumberFormat>();
  const moneyIn = (currency: string) => {
    const numbers =
      currencies.get(currency) ?? new Intl.NumberFormat(locale, { style: 'currency', currency });
    currencies.set(currency, numbers);
    return numbers;
  };
  // Hours that two decimals would misstate get four, which tell every second.
  const hours = new Intl.NumberFormat(locale, {
    minimumFractionDigits: 2,
    maximumFractionDigits: 4,
  });
  const numbers = new Intl.NumberFormat(locale, { maximumFractionDigits: 3 });
  return {
    locale,
    durations,
    ...makeDates(locale),
    // A decimal text and no division: the largest amounts stay exact.
    money: (minor, currency) =>
      moneyIn(currency).format(textFromMinor(minor, currency) as Intl.StringNumericLiteral),
    duration: (seconds) =>
      durations === 'clock' ? formatDuration(seconds) : `${hours.format((seconds || 0) / 3600)} h`,
    factor: (thousandths) => `×${numbers.format(thousandths / 1000)}`,
    list: (texts) => new Intl.ListFormat(dateTag(locale)).format(texts),
  };
}

/** Neutral English puts the day first; its money is that of `en`. */
function dateTag(locale: Locale): string {
  return locale === 'en' ? 'en-001' : locale;
}

function makeDates(
  locale: Locale,
): Pick<Format, 'date' | 'days' | 'month' | 'day' | 'time' | 'span'> {
  const make = (options: Intl.DateTimeFormatOptions) =>
    new Intl.DateTimeFormat(dateTag(locale), { ...options, timeZone: 'UTC' });
  const long = make({ dateStyle: 'long' });
  const medium = make({ dateStyle: 'medium' });
  const inYear = make({ day: 'numeric', month: 'short' });
  const months = make({ month: 'long', year: 'numeric' });
  const spell = (format: Intl.DateTimeFormat, text: DateText) =>
    joinParts(format.formatToParts(toDate(text)), locale);
  const range = (format: Intl.DateTimeFormat, from: DateText, to: DateText) =>
    from.slice(0, 7) === to.slice(0, 7)
      ? joinParts(format.formatRangeToParts(toDate(from), toDate(to)), locale)
      : null;
  const day = (text: DateText) => (locale === 'en' ? text : spell(medium, text));
  return {
    date: (text) => spell(long, text),
    days: (from, to) => range(long, from, to) ?? `${spell(long, from)} – ${spell(long, to)}`,
    month: (text) => spell(months, `${text}-01`),
    day,
    time: (at) => `${day(at.slice(0, 10))} ${at.slice(11, 16)}`,
    span: (from, to, today) => {
      const isThisYear = (text: DateText) => text.slice(0, 4) === today.slice(0, 4);
      // Within one year, it is said once.
      const isYearShared = from.slice(0, 4) === to.slice(0, 4);
      const last = isThisYear(to) ? inYear : medium;
      const first = isYearShared || isThisYear(from) ? inYear : medium;
      return range(last, from, to) ?? `${spell(first, from)} – ${spell(last, to)}`;
    },
  };
}

function toDate(text: DateText): Date {
  return new Date(`${text}T00:00:00Z`);
}

/** Ordinary spaces in place of thin ones; and the first of a month is `1er` in French. */
function joinParts(parts: readonly Intl.DateTimeFormatPart[], locale: Locale): string {
  return parts
    .map(({ type, value }) => (locale === 'fr' && type === 'day' && value === '1' ? '1er' : value))
    .join('')
    .replaceAll('\u2009', ' ');
}
