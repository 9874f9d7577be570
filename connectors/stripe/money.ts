/**
 * Stripe's minor units are not always those of ISO 4217 or of the machine's list of currencies.
 * https://docs.stripe.com/currencies (zero-decimal and three-decimal currencies, special cases)
 */
import { KindError } from '../../src/domain/errors.ts';
import { minorDigits } from '../../src/domain/money.ts';

const zeroDecimals = 'BIF CLP DJF GNF JPY KMF KRW MGA PYG RWF VND VUV XAF XOF XPF'.split(' ');
const threeDecimals = 'BHD JOD KWD OMR TND'.split(' ');

/** All others have two, also ISK and UGX, whose last two digits must be zero. */
function stripeDigits(currency: string): number {
  if (zeroDecimals.includes(currency)) return 0;
  return threeDecimals.includes(currency) ? 3 : 2;
}

/** Throws `rejected` for an amount that Stripe cannot charge exactly. */
export function toStripeAmount(minor: number, currency: string): number {
  const digits = stripeDigits(currency);
  const amount = shifted(minor, digits - minorDigits(currency));
  if (amount !== null && (digits !== 3 || amount % 10 === 0)) return amount;
  const what = digits === 3 ? 'whose last digit is 0' : `with ${digits} decimals`;
  throw new KindError('rejected', `Stripe only charges amounts ${what} in ${currency}.`, {
    fix: 'Round the price of the offer.',
  });
}

/** Throws `contract` for an amount that ours cannot express. */
export function fromStripeAmount(amount: number, currency: string): number {
  const minor = shifted(amount, minorDigits(currency) - stripeDigits(currency));
  if (minor !== null) return minor;
  throw new KindError('contract', `${amount} is not an amount in ${currency} as Stripe sends it.`);
}

/** Times ten to the power of `digits`; null if that is not a whole number. */
function shifted(amount: number, digits: number): number | null {
  const result = digits < 0 ? amount / 10 ** -digits : amount * 10 ** digits;
  return Number.isSafeInteger(result) ? result : null;
}
