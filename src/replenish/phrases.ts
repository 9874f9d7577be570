import { formatDuration } from '../domain/duration.ts';
import { formatMoney } from '../domain/money.ts';
import type { Locale } from '../domain/terms.ts';
import {
  type Crossing,
  type HeldBlock,
  isAboutHours,
  type Position,
} from '../domain/thresholds.ts';
import type { DateText } from '../domain/time.ts';

/** What was reached, as it stands in a message. */
export function levelPhrase(crossing: Crossing, position: Position, locale: Locale): string {
  const { when } = crossing.rule;
  const words = phrases[locale];
  if ('secondsLeft' in when) return words.hours(formatDuration(when.secondsLeft));
  if ('minorLeft' in when) {
    return words.hours(formatMoney(when.minorLeft, when.currency, locale));
  }
  if ('percentLeft' in when) return words.percent(when.percentLeft);
  if ('runOutWithinDays' in when) {
    const runOut = position.forecast(when.balance);
    const earliest = longDate(runOut?.earliestOn ?? position.today, locale);
    const latest = runOut?.latestOn ? longDate(runOut.latestOn, locale) : null;
    const between = earliest === latest ? words.on(earliest) : words.between(earliest, latest);
    return `${words.runOut(when.runOutWithinDays)} (${between})`;
  }
  const { block } = crossing;
  return block === null ? '' : words.expiry(...expiryOf(block, locale));
}

function expiryOf(block: HeldBlock, locale: Locale): [left: string, endsOn: string] {
  const endsOn = block.expiresOn === null ? '' : longDate(block.expiresOn, locale);
  const { remainingSeconds, remainingMinor, currency } = block;
  const left =
    remainingMinor === null
      ? formatDuration(remainingSeconds)
      : formatMoney(remainingMinor, currency, locale);
  return [left, endsOn];
}

/** Hours and money are told apart, never added up. */
export function leftPhrase(seconds: number, position: Position, locale: Locale): string {
  const money = [...position.moneyLeft].map(([currency, minor]) =>
    formatMoney(minor, currency, locale),
  );
  const hours = isAboutHours(position) ? [formatDuration(seconds)] : [];
  return new Intl.ListFormat(locale).format([...hours, ...money]);
}

const phrases = {
  en: {
    hours: (left: string) => `${left} or less`,
    percent: (percent: number) => `${percent} % of the hours or less`,
    expiry: (left: string, endsOn: string) => `${left} not used yet, to be used by ${endsOn}`,
    runOut: (days: number) => `expected to run out within ${count(days, 'day', 'days')}`,
    on: (day: string) => `on ${day}`,
    between: (from: string, to: string | null) =>
      to === null ? `from ${from}` : `between ${from} and ${to}`,
  },
  fr: {
    hours: (left: string) => `${left} ou moins`,
    percent: (percent: number) => `${percent} % des heures ou moins`,
    expiry: (left: string, endsOn: string) => `${left} à utiliser au plus tard le ${endsOn}`,
    runOut: (days: number) => `épuisement prévu d’ici ${count(days, 'jour', 'jours')}`,
    on: (day: string) => `le ${day}`,
    between: (from: string, to: string | null) =>
      to === null ? `à partir du ${from}` : `entre le ${from} et le ${to}`,
  },
};

function count(days: number, one: string, many: string): string {
  return `${days} ${days === 1 ? one : many}`;
}

export function longDate(date: DateText, locale: Locale): string {
  const format = new Intl.DateTimeFormat(locale, { dateStyle: 'long', timeZone: 'UTC' });
  return format.format(new Date(`${date}T00:00:00Z`));
}
