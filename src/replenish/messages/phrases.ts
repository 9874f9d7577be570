import type { Sender } from '../../config/loaded.ts';
import type { Threshold } from '../../domain/agreements/terms.ts';
import type { Kind } from '../../domain/blocks/kinds.ts';
import { hoursText } from '../../domain/duration.ts';
import type { RunOut } from '../../domain/forecast/forecast.ts';
import { type Format, languageOf, sizeIn } from '../../domain/format.ts';
import { textFromMinor } from '../../domain/money.ts';
import type { Crossing } from '../../domain/thresholds/episodes.ts';
import type { KindBalance } from '../../domain/thresholds/positions.ts';
import { type HeldBlock, sizeInUse } from '../../domain/thresholds/thresholds.ts';
import type { DateText } from '../../domain/time.ts';

/** The threshold reached, as text, with the kind of hours if limited. */
export function levelPhrase(crossing: Crossing, format: Format): string {
  const phrase = unlimitedPhrase(crossing, format);
  // The run-out is forecast, and idle hours are found, for all kinds together.
  const { when } = crossing.rule;
  return 'runOutWithinDays' in when || 'idleDays' in when
    ? phrase
    : ofKind(phrase, crossing.position.workTypes);
}

function unlimitedPhrase({ rule, block, position }: Crossing, format: Format): string {
  const { when } = rule;
  const words = phrases[languageOf(format.locale)];
  const counted = 'minorLeft' in when || when.balance === 'settled' ? '' : words.withOpenWork;
  if ('secondsLeft' in when) return words.hours(format.duration(when.secondsLeft)) + counted;
  if ('minorLeft' in when) {
    return words.hours(format.money(when.minorLeft, when.currency));
  }
  if ('percentLeft' in when) {
    return words.percent(when.percentLeft, format.duration(sizeInUse(position))) + counted;
  }
  if ('runOutWithinDays' in when) {
    const { today } = position;
    const runOut = position.forecast(when.balance) ?? { earliestOn: today, latestOn: null };
    return `${words.runOut(when.runOutWithinDays)} (${runOutPhrase(runOut, format)})`;
  }
  if ('idleDays' in when) return words.idle(when.idleDays);
  return block === null ? '' : words.expiry(...expiryOf(block, format));
}

/** `when 2 h or less is left`; null: a level without an amount. */
export function whenPhrase(when: Threshold, format: Format): string | null {
  const { whenLeft } = phrases[languageOf(format.locale)];
  if ('secondsLeft' in when) return whenLeft(format.duration(when.secondsLeft));
  if ('minorLeft' in when) return whenLeft(format.money(when.minorLeft, when.currency));
  return 'percentLeft' in when ? whenLeft(`${when.percentLeft} %`) : null;
}

/**
 * For sentences: `10 h`, `2.5 h` where a table has `10.00 h`, `2.50 h`; by default rounded to
 * minutes or hundredths of an hour.
 */
export function inProse(format: Format, isExact = false): Format {
  const step = format.durations === 'clock' ? 60 : 36;
  const rounded = (seconds: number) =>
    isExact || Math.abs(seconds) < step ? seconds : Math.round(seconds / step) * step;
  const duration = (seconds: number) =>
    format
      .duration(rounded(seconds))
      .replace(/[.,](\d*?)0+(?= h$)/, (zeros, digits) =>
        digits === '' ? '' : `${zeros[0]}${digits}`,
      );
  return { ...format, duration };
}

/** `between 5 March 2026 and 12 March 2026`. */
export function runOutPhrase(
  { earliestOn, latestOn }: Pick<RunOut, 'earliestOn' | 'latestOn'>,
  format: Format,
  today?: DateText,
): string {
  const words = phrases[languageOf(format.locale)];
  if (earliestOn === today && latestOn !== null) return words.by(format.date(latestOn));
  if (earliestOn === latestOn) return words.on(format.date(earliestOn));
  return words.between(format.date(earliestOn), latestOn && format.date(latestOn));
}

/** `5 h`, `31 March 2026`. */
export function expiryOf(block: HeldBlock, format: Format): [left: string, endsOn: string] {
  const endsOn = block.expiresOn === null ? '' : format.date(block.expiresOn);
  const { remainingSeconds, remainingMinor, currency } = block;
  return [sizeIn(format, remainingSeconds, remainingMinor, currency), endsOn];
}

type Figure = 'settledSeconds' | 'netSeconds' | 'projectedSeconds';

/** Each kind of hours, and money, separately: they are never added up. */
export function leftPhrase(kinds: readonly KindBalance[], figure: Figure, format: Format): string {
  const parts = kinds.flatMap(({ workTypes, hasHours, moneyLeft, ...left }) => {
    const money = [...moneyLeft].map(([currency, minor]) => format.money(minor, currency));
    const hours = hasHours ? [format.duration(left[figure])] : [];
    return [...hours, ...money].map((text) => ofKind(text, workTypes));
  });
  return format.list(parts);
}

/** `1.5 h left`, `2.25 h over`; each kind of hours, and money, separately. */
export function balancePhrase(
  kinds: readonly KindBalance[],
  figure: Figure,
  format: Format,
): string {
  const { left, over, noneLeft, anyWork } = phrases[languageOf(format.locale)];
  const hoursText = (seconds: number) => {
    if (seconds === 0) return noneLeft;
    return seconds < 0 ? over(format.duration(-seconds)) : left(format.duration(seconds));
  };
  const parts = kinds.flatMap((kind) => {
    const hours = kind.hasHours ? [kind[figure]] : [];
    return [
      ...hours.map(hoursText),
      ...[...kind.moneyLeft].map(([currency, minor]) => left(format.money(minor, currency))),
    ].map((text) => ofKind(text, kind.workTypes ?? (kinds.length > 1 ? [anyWork] : null)));
  });
  return format.list(parts);
}

/** The same as a clause that addresses the client: `you have 1.5 h left`. */
export function addressedBalance(
  kinds: readonly KindBalance[],
  figure: Figure,
  format: Format,
): string {
  const words = phrases[languageOf(format.locale)];
  const texts = kinds.filter(({ hasHours }) => hasHours).map((kind) => kind[figure]);
  const [only = 0] = texts;
  if (kinds.length === 1 && texts.length === 1 && kinds[0]?.moneyLeft.size === 0 && only <= 0) {
    return only === 0 ? words.youHaveNone : words.youAreOver(format.duration(-only));
  }
  if (texts.some((seconds) => seconds < 0)) {
    return words.itIs(balancePhrase(kinds, figure, format));
  }
  return words.youHave(leftPhrase(kinds, figure, format));
}

/** `call +32 2 555 01 00 or write to support@msp.example`; null: the config has neither. */
export function contactPhrase(
  sender: Pick<Sender, 'phone' | 'email'> | null,
  format: Format,
): string | null {
  const words = phrases[languageOf(format.locale)];
  const ways = [
    ...(sender?.phone ? [words.call(sender.phone)] : []),
    ...(sender?.email ? [words.write(sender.email)] : []),
  ];
  return ways.length === 0 ? null : ways.join(words.or);
}

/**
 * The text for the balance field, and a single figure: hours for any work, or the kind with the
 * fewest.
 */
export function fieldTexts(kinds: readonly KindBalance[]): { hoursText: string; figure?: string } {
  const text = fieldText(kinds);
  const hours = kinds.filter(({ hasHours }) => hasHours);
  const shown = hours.find(({ workTypes }) => workTypes === null) ?? hours[0];
  const figure = shown === undefined ? text : hoursText(shown.netSeconds);
  return figure === text ? { hoursText: text } : { hoursText: text, figure };
}

/** `12.50`; with several kinds, or money: `0.50 (Remote), 20.00, 350.00 EUR`. */
function fieldText(kinds: readonly KindBalance[]): string {
  const hours = kinds.filter(({ hasHours }) => hasHours);
  const money = kinds.flatMap(({ workTypes, moneyLeft }) =>
    [...moneyLeft].map(([currency, minor]) =>
      ofKind(`${textFromMinor(minor, currency)} ${currency}`, workTypes),
    ),
  );
  const texts = hours.map(({ netSeconds, workTypes }) => ofKind(hoursText(netSeconds), workTypes));
  return [...texts, ...money].join(', ') || hoursText(0);
}

/** `10 h`; of a money block, an amount. */
export function sizePhrase(
  { amountMinor, currency }: { amountMinor: number | null; currency: string },
  seconds: number,
  minor: number | null,
  format: Format,
): string {
  return sizeIn(format, seconds, amountMinor === null ? null : (minor ?? amountMinor), currency);
}

export function ofKind(text: string, workTypes: Kind): string {
  return workTypes === null ? text : `${text} (${workTypes.join(', ')})`;
}

const phrases = {
  en: {
    hours: (left: string) => `${left} or less`,
    percent: (percent: number, size: string) =>
      `${percent} % or less of ${size} (the blocks with hours left, or the last one bought)`,
    expiry: (left: string, endsOn: string) => `${left} unused, expiring on ${endsOn}`,
    idle: (days: number) => `no work for ${count(days, 'day', 'days')}`,
    withOpenWork: ', counting open work',
    runOut: (days: number) => `expected to run out within ${count(days, 'day', 'days')}`,
    on: (day: string) => `on ${day}`,
    by: (day: string) => `by ${day}`,
    whenLeft: (amount: string) => `when ${amount} or less is left`,
    between: (from: string, to: string | null) =>
      to === null ? `on ${from} at the earliest` : `between ${from} and ${to}`,
    left: (amount: string) => `${amount} left`,
    noneLeft: 'no hours left',
    anyWork: 'any work',
    over: (amount: string) => `${amount} over`,
    youHave: (amounts: string) => `you have ${amounts} left`,
    youHaveNone: 'you have no hours left',
    youAreOver: (amount: string) => `you are ${amount} over`,
    itIs: (balances: string) => `your balance is ${balances}`,
    call: (phone: string) => `call ${phone}`,
    write: (email: string) => `write to ${email}`,
    or: ' or ',
  },
  fr: {
    hours: (left: string) => `${left} ou moins`,
    percent: (percent: number, size: string) =>
      `${percent} % ou moins de ${size} (forfaits non épuisés, sinon le dernier acheté)`,
    idle: (days: number) => `aucune intervention depuis ${count(days, 'jour', 'jours')}`,
    withOpenWork: ', travail en cours compris',
    expiry: (left: string, endsOn: string) => `${left} à utiliser au plus tard le ${endsOn}`,
    runOut: (days: number) => `épuisement prévu d’ici ${count(days, 'jour', 'jours')}`,
    on: (day: string) => `le ${day}`,
    by: (day: string) => `d’ici au ${day}`,
    whenLeft: (amount: string) => `lorsqu’il restera ${amount} ou moins`,
    between: (from: string, to: string | null) =>
      to === null ? `au plus tôt le ${from}` : `entre le ${from} et le ${to}`,
    left: (amount: string) => `reste ${amount}`,
    noneLeft: 'plus aucune heure',
    anyWork: 'tout travail',
    over: (amount: string) => `dépassement de ${amount}`,
    youHave: (amounts: string) => `il vous reste ${amounts}`,
    youHaveNone: 'il ne vous reste plus d’heures',
    youAreOver: (amount: string) => `vous êtes en dépassement de ${amount}`,
    itIs: (balances: string) => `votre solde est le suivant : ${balances}`,
    call: (phone: string) => `nous appeler au ${phone}`,
    write: (email: string) => `nous écrire à ${email}`,
    or: ' ou ',
  },
};

function count(days: number, one: string, many: string): string {
  return `${days} ${days === 1 ? one : many}`;
}
