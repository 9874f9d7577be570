/**
 * Exact durations from a vendor's decimals. Hours are shown as binary doubles (`0.08333333333333333`) or
 * rounded (`0.0833`, `0.08`); the start and end of the entry may be more exact.
 */
import { type DurationUnit, nearestSeconds } from '../../../src/domain/duration.ts';
import { minorFromText } from '../../../src/domain/money.ts';

export type TimeUnit = 'hours' | 'minutes';

/**
 * The exact value, else the whole minute that rounds to the same decimals (`0.167` h), else the nearest
 * second. Throws `contract` for a text that is not a duration.
 */
export function secondsOf(text: string, unit: DurationUnit): number {
  const { seconds, isExact } = nearestSeconds(text, unit);
  return isExact ? seconds : (roundedMinute(text, unit) ?? seconds);
}

const unitSeconds = { hours: 3600, minutes: 60, seconds: 1 };

/** JSON drops trailing zeros: `1` h may be `1.00`, and every vendor shows at least hundredths. */
const decimalsMin = { hours: 2, minutes: 0, seconds: 0 };

/** One unit of the last decimal that the text was rounded to. */
function lastDecimalSeconds(text: string, unit: DurationUnit): number {
  const decimals = /\.(\d+)$/.exec(text)?.[1]?.length ?? 0;
  return unitSeconds[unit] / 10 ** Math.max(decimals, decimalsMin[unit]);
}

/** For comparisons only: far below any last decimal, far above the error of a double. */
const epsilon = 1e-6;

function roundedMinute(text: string, unit: DurationUnit): number | null {
  const seconds = Number(text) * unitSeconds[unit];
  const minute = Math.round(seconds / 60) * 60;
  const isRounded = Math.abs(minute - seconds) <= lastDecimalSeconds(text, unit) / 2 + epsilon;
  return isRounded && minute !== 0 ? minute : null;
}

/** Time as a vendor shows it: `text` is its own figure of the time worked. */
interface ShownTime {
  text: string;
  unit: DurationUnit;
  /** From start to end; null if one of them is not known. */
  spanSeconds: number | null;
  /** A break that the vendor deducts, in the same unit; null or absent if none is shown. */
  deducted?: string | null | undefined;
}

/**
 * The time worked: start to end less the deduction, if the vendor's figure is that time rounded or
 * truncated; else the figure alone, since somebody entered or raised it on purpose. A figure alone is
 * only as precise as half of its last decimal.
 */
export function readWorkedTime({ text, unit, spanSeconds, deducted }: ShownTime) {
  const shown = secondsOf(text, unit);
  if (shown <= 0) return { seconds: shown };
  const precision = Math.floor(lastDecimalSeconds(text, unit) / 2);
  const isRounded = precision > 0 && (unit === 'hours' || text.includes('.'));
  const alone = isRounded ? { seconds: shown, precisionSeconds: precision } : { seconds: shown };
  if (spanSeconds === null) return alone;
  const breaks = deducted == null ? [0] : possibleSeconds(deducted, unit);
  const worked = breaks
    .map((pause) => spanSeconds - pause)
    .find((seconds) => isShownAs(seconds, text, unit));
  return worked === undefined ? alone : { seconds: Math.round(worked) };
}

/** A deduction is rounded too: `0.17` h may be 10 minutes. */
function possibleSeconds(text: string, unit: DurationUnit): number[] {
  const minute = roundedMinute(text, unit);
  const shown = secondsOf(text, unit);
  return minute === null ? [shown] : [minute, shown];
}

/** Whether this duration, rounded or truncated, equals the text; at least to the second. */
function isShownAs(seconds: number, text: string, unit: DurationUnit): boolean {
  if (seconds <= 0) return false;
  const step = Math.max(1, lastDecimalSeconds(text, unit));
  const more = seconds - Number(text) * unitSeconds[unit];
  return more >= -step / 2 - epsilon && more < step - epsilon;
}

/** Minor units of an amount; null: not shown. */
export function minorIn(text: string | null | undefined, currency: string): number | null {
  return text == null ? null : minorFromText(text, currency);
}

/** Minor units of an amount, without the error of a double (`1320.0000000000002`). */
export function minorOf(text: string, currency: string): number {
  const match = /^(-?)(\d+)\.(\d{9,})$/.exec(text);
  if (match === null) return minorFromText(text, currency);
  const [, sign, whole = '', fraction = ''] = match;
  const millionths = (BigInt(whole + fraction.slice(0, 7)) + 5n) / 10n;
  const digits = String(millionths).padStart(7, '0');
  return minorFromText(`${sign}${digits.slice(0, -6)}.${digits.slice(-6)}`, currency);
}
