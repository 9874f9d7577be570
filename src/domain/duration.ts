import { KindError } from './errors.ts';

/**
 * A million hours, which is a typo for any block or entry. The ledger keeps every amount, and sums
 * must stay within the safe integer range.
 */
const secondsMax = 3_600_000_000;

const decimal = /^([+-]?)(\d+)(?:\.(\d+))?$/;

export type DurationUnit = 'hours' | 'minutes' | 'seconds';

/**
 * The whole second nearest to a decimal text, by integer arithmetic, and whether it is exact:
 * `1.25` h is 4500 s, `0.3333` h is 1200 s and not exact. Throws `contract` for a text that is not
 * a decimal, or for an impossible length.
 */
export function nearestSeconds(
  text: string,
  unit: DurationUnit,
): { seconds: number; isExact: boolean } {
  const secondsPerUnit = { hours: 3600n, minutes: 60n, seconds: 1n }[unit];
  const match = decimal.exec(text);
  if (match === null) throw new KindError('contract', `"${text}" is not a number of ${unit}.`);
  const [, sign, whole = '', fraction = ''] = match;
  const scale = 10n ** BigInt(fraction.length);
  const scaled = BigInt(whole + fraction) * secondsPerUnit;
  const seconds = Number((scaled * 2n + scale) / (scale * 2n));
  if (seconds > secondsMax) {
    throw new KindError('contract', `${text} ${unit} is too large to be a duration.`);
  }
  return { seconds: sign === '-' ? 0 - seconds : seconds, isExact: scaled % scale === 0n };
}

/** For values in a config file or command: also throws `contract` for fractions of a second. */
export function secondsFromDecimalText(text: string, unit: DurationUnit): number {
  const { seconds, isExact } = nearestSeconds(text, unit);
  if (isExact) return seconds;
  throw new KindError('contract', `${text} ${unit} is not a whole number of seconds.`, {
    fix: 'Use at most two decimals.',
  });
}

/**
 * Hours with two decimals for a vendor's field, `7.75`; always rounded down, negative values too.
 */
export function hoursText(seconds: number): string {
  const signed = Math.floor(seconds / 36);
  const hundredths = Math.abs(signed);
  const sign = signed < 0 ? '-' : '';
  return `${sign}${Math.floor(hundredths / 100)}.${String(hundredths % 100).padStart(2, '0')}`;
}

/** For display: `7 h 45`, `45 min`, `0 h`, `-1 h 07`, `12 s`, `1 h 07 min 12 s`. */
export function formatDuration(seconds: number): string {
  const sign = seconds < 0 ? '-' : '';
  const total = Math.abs(seconds);
  const h = Math.floor(total / 3600);
  const m = Math.floor((total % 3600) / 60);
  const s = total % 60;
  if (total === 0) return '0 h';
  if (s !== 0) {
    const parts = [h > 0 ? `${h} h` : '', h > 0 || m > 0 ? `${pad(m, h > 0)} min` : '', `${s} s`];
    return sign + parts.filter((part) => part !== '').join(' ');
  }
  if (h === 0) return `${sign}${m} min`;
  return m === 0 ? `${sign}${h} h` : `${sign}${h} h ${pad(m, true)}`;
}

function pad(value: number, isPadded: boolean): string {
  return isPadded ? String(value).padStart(2, '0') : String(value);
}
