/**
 * Vendors that keep hours and amounts as binary doubles show them as they are: five minutes come as
 * `0.08333333333333333` or, rounded, as `0.0833`. What such a text stands for is found by integer arithmetic.
 */
import { secondsFromDecimalText } from '../../src/domain/duration.ts';
import { isKindError } from '../../src/domain/errors.ts';
import { minorFromText } from '../../src/domain/money.ts';

export type TimeUnit = 'hours' | 'minutes';

/** Decimals that a double of this size surely holds; what follows may be its noise. */
const soundDigits = 12;

/**
 * Whole seconds: what the text says exactly, else the whole minute that was rounded to its decimals. Throws
 * `contract` for a text that stands for neither.
 */
export function secondsOf(text: string, unit: TimeUnit): number {
  try {
    return secondsFromDecimalText(text, unit);
  } catch (error) {
    const minutes = isKindError(error, 'contract') ? roundedMinutes(text, unit) : null;
    if (minutes === null) throw error;
    return minutes * 60;
  }
}

/** The whole minute that lies within half of the text's last sound decimal; null where none does. */
function roundedMinutes(text: string, unit: TimeUnit): number | null {
  const match = /^(-?)(\d+)\.(\d+)$/.exec(text);
  if (match === null) return null;
  const [, sign, whole = '', all = ''] = match;
  const fraction = all.slice(0, soundDigits);
  const scale = 10n ** BigInt(fraction.length);
  const perUnit = unit === 'hours' ? 60n : 1n;
  const scaled = BigInt(whole + fraction) * perUnit;
  const minutes = (scaled * 2n + scale) / (scale * 2n);
  const off = minutes * scale - scaled;
  // Twice the distance, against one unit of the last decimal; two, where noise was cut off here.
  const reach = all.length > soundDigits ? perUnit * 2n : perUnit;
  const isRounded = (off < 0n ? -off : off) * 2n <= reach;
  return isRounded && minutes > 0n ? Number(minutes) * (sign === '-' ? -1 : 1) : null;
}

/** Minor units of an amount, less the noise of a double (`1320.0000000000002`). */
export function minorOf(text: string, currency: string): number {
  const match = /^(-?)(\d+)\.(\d{9,})$/.exec(text);
  if (match === null) return minorFromText(text, currency);
  const [, sign, whole = '', fraction = ''] = match;
  const millionths = (BigInt(whole + fraction.slice(0, 7)) + 5n) / 10n;
  const digits = String(millionths).padStart(7, '0');
  return minorFromText(`${sign}${digits.slice(0, -6)}.${digits.slice(-6)}`, currency);
}
