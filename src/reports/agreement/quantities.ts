import { hash } from 'node:crypto';
import { type Format, type Locale, languageOf } from '../../domain/format.ts';

/** A figure with its unit, so that terms can be compared as they are and spelled for any reader. */
type Quantity =
  | { unit: 'second' | 'factor' | 'day' | 'month' | 'percent'; value: number }
  | { unit: 'date'; value: string }
  | { unit: 'dates'; value: [from: string, to: string] }
  /** Office hours, Monday first, as minutes after midnight. */
  | { unit: 'week' | 'hours'; value: [from: number, to: number][][] }
  /** A country's code, and the area within it. */
  | { unit: 'place'; value: [country: string, area: string | null] }
  /** An amount in minor units of the currency. */
  | { unit: 'money'; value: number; currency: string };

export type Term = null | string | number | boolean | Quantity | Term[] | { [name: string]: Term };

export const seconds = (value: number): Quantity => ({ unit: 'second', value });
export const days = (value: number): Quantity => ({ unit: 'day', value });
export const date = (value: string): Quantity => ({ unit: 'date', value });
export const money = (value: number, currency: string): Quantity => ({
  unit: 'money',
  value,
  currency,
});

export function isQuantity(term: Term): term is Quantity {
  return typeof term === 'object' && term !== null && 'unit' in term && 'value' in term;
}

/** The same terms are the same text, whatever the order in which they were put together. */
export function toCanonicalJson(term: Term): string {
  return JSON.stringify(term, (_, value: unknown) =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
      : value,
  );
}

export function sha256(text: string): string {
  return hash('sha256', text, 'hex');
}

/** The terms with every figure as text, for templates. */
export function spellTerms(term: Term, format: Format): unknown {
  // A figure and its unit stay on one line.
  if (isQuantity(term)) {
    const text = spellQuantity(term, format);
    return isShort(term) ? text.replaceAll(' ', '\u00a0') : text;
  }
  if (Array.isArray(term)) return term.map((one) => spellTerms(one, format));
  if (typeof term !== 'object' || term === null) return term;
  return Object.fromEntries(
    Object.entries(term).map(([name, value]) => [name, spellTerms(value, format)]),
  );
}

function isShort({ unit }: Quantity): boolean {
  return !['date', 'dates', 'week', 'hours', 'place'].includes(unit);
}

export function spellQuantity(quantity: Quantity, format: Format): string {
  const { unit, value } = quantity;
  switch (unit) {
    case 'second':
      return format.duration(value);
    case 'factor':
      return format.factor(value);
    case 'date':
      return format.date(value);
    case 'dates':
      return value[0] === value[1] ? format.date(value[0]) : format.days(...value);
    case 'money':
      return format.money(value, quantity.currency);
    case 'week':
      return weekText(value, format);
    case 'hours':
      return timesText(value[0] ?? [], format);
    case 'place':
      return placeText(value, format.locale);
    default:
      return countText(unit, value, format.locale);
  }
}

function countText(unit: 'day' | 'month' | 'percent', value: number, locale: Locale): string {
  const options = { style: 'unit', unit, unitDisplay: 'long' } as const;
  const form: Intl.NumberFormatOptions =
    unit === 'percent' ? { style: 'percent', maximumFractionDigits: 0 } : options;
  return new Intl.NumberFormat(locale, form).format(unit === 'percent' ? value / 100 : value);
}

function placeText([country, area]: [string, string | null], locale: Locale): string {
  const name = new Intl.DisplayNames(locale, { type: 'region' }).of(country) ?? country;
  return area === null ? name : `${name} (${area})`;
}

/** `Monday to Friday, 08:00–12:00 and 13:30–18:00; Saturday, 09:00–12:00`. */
function weekText(week: readonly [number, number][][], format: Format): string {
  const runs: { from: number; to: number; times: string }[] = [];
  for (const [day, ranges] of week.entries()) {
    const times = timesText(ranges, format);
    const last = runs.at(-1);
    if (last?.to === day - 1 && last.times === times) last.to = day;
    else if (ranges.length > 0) runs.push({ from: day, to: day, times });
  }
  return runs
    .map(({ from, to, times }) => `${daysText(from, to, format)}, ${times}`)
    .join(languageOf(format.locale) === 'fr' ? '\u00a0; ' : '; ');
}

function daysText(from: number, to: number, { locale, list }: Format): string {
  const names = new Intl.DateTimeFormat(locale, { weekday: 'long', timeZone: 'UTC' });
  // 5 January 1970 was a Monday.
  const name = (day: number) => names.format((4 + day) * 86_400_000);
  if (from === to) return name(from);
  if (to === from + 1) return list([name(from), name(to)]);
  return languageOf(locale) === 'fr'
    ? `du ${name(from)} au ${name(to)}`
    : `${name(from)} to ${name(to)}`;
}

function timesText(ranges: readonly [number, number][], { locale, list }: Format): string {
  const isFrench = languageOf(locale) === 'fr';
  const time = (minutes: number) => {
    const [hour, minute] = [Math.floor(minutes / 60), String(minutes % 60).padStart(2, '0')];
    if (isFrench) return `${hour}\u00a0h${minute === '00' ? '' : `\u00a0${minute}`}`;
    return `${String(hour).padStart(2, '0')}:${minute}`;
  };
  if (ranges.length === 0) return isFrench ? 'fermé' : 'closed';
  const texts = ranges.map(([from, to]) =>
    isFrench ? `${time(from)} à ${time(to)}` : `${time(from)}–${time(to)}`,
  );
  return isFrench
    ? `de ${list(texts.map((text, i) => (i === 0 ? text : `de ${text}`)))}`
    : list(texts);
}
