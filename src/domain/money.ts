import { KindError } from './errors.ts';

/** By currency: a formatter costs far more than the amounts that ask for it. */
const digitsOf = new Map<string, number>();

/** Decimal places of a currency's minor unit by ISO 4217: EUR 2, JPY 0, KWD 3. */
export function minorDigits(currency: string): number {
  const known = digitsOf.get(currency);
  if (known !== undefined) return known;
  const options = new Intl.NumberFormat('en', { style: 'currency', currency }).resolvedOptions();
  const digits = options.maximumFractionDigits ?? 2;
  digitsOf.set(currency, digits);
  return digits;
}

/** Minor units in a decimal text: `120.5` EUR is 12050. More decimals than the currency has are refused unless zero. */
export function minorFromText(text: string, currency: string): number {
  const digits = minorDigits(currency);
  const match = /^(-?)(\d+)(?:\.(\d+))?$/.exec(text);
  const fraction = (match?.[3] ?? '').padEnd(digits, '0');
  if (match === null || /[^0]/.test(fraction.slice(digits))) {
    throw new KindError(
      'contract',
      `"${text}" is not an amount in ${currency} (${digits} decimals).`,
    );
  }
  const minor = Number(match[2] + fraction.slice(0, digits));
  if (!Number.isSafeInteger(minor))
    throw new KindError('contract', `${text} is too large an amount.`);
  return match[1] === '-' ? -minor : minor;
}

/** Keeps the price of the largest number of hours within the safe integer range. */
const amountMinorMax = 9_000_000_000;

/** The price of an hour or the size of a block as entered, in minor units. */
export function amountFromText(text: string, currency: string): number {
  const minor = minorFromText(text, currency);
  if (minor > amountMinorMax) {
    throw new KindError('contract', `${text} is too large an amount.`);
  }
  return minor;
}

/** `12050` EUR as `120.50`, for a vendor's field. */
export function textFromMinor(minor: number, currency: string): string {
  const digits = minorDigits(currency);
  const text = String(Math.abs(minor)).padStart(digits + 1, '0');
  const sign = minor < 0 ? '-' : '';
  return digits === 0 ? sign + text : `${sign}${text.slice(0, -digits)}.${text.slice(-digits)}`;
}

/** Price of a duration at an hourly rate, rounding half a minor unit away from zero. */
export function priceOf(seconds: number, rateMinor: number): number {
  return shareOfPrice(rateMinor, seconds, 3600);
}

/** The price of a part of what the whole price bought, rounded in the same way. */
export function shareOfPrice(priceMinor: number, part: number, whole: number): number {
  const product = BigInt(Math.abs(part)) * BigInt(priceMinor);
  const share = Number((2n * product + BigInt(whole)) / (2n * BigInt(whole)));
  return part < 0 ? -share : share;
}

/** The price of charged time at the rates of its work types. */
export interface Price {
  minor: number;
  currency: string;
}

/** The price of part of the seconds, rounding half a minor unit up. */
export function partOfPrice(price: Price | null, seconds: number, part: number): Price | null {
  if (price === null || seconds === 0) return null;
  return { ...price, minor: Math.round((price.minor * part) / seconds) };
}
