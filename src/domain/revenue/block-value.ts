import { shareOfPrice } from '../money.ts';

/** What it takes to value what is left of a block. */
export interface ValuedBlock {
  id: string;
  source: 'opening' | 'purchase' | 'manual' | 'rollover' | 'overage';
  currency: string;
  /** Null: hours. */
  amountMinor: number | null;
  /** 0 for money. */
  rateMinor: number;
  /** Its invoice as sent; null: it has none that is known, so its rate decides. */
  invoiced: Worth | null;
}

/** So many seconds were sold for that price, before tax. */
export interface Worth {
  seconds: number;
  totalMinor: number;
}

/**
 * The invoice decides, not the rate: a bill for overage is the sum of rounded lines, and a block
 * sold by hand may have been cheaper than the offer. Null: money, which is its own value.
 */
export function worthOf({ amountMinor, invoiced, rateMinor }: ValuedBlock): Worth | null {
  if (amountMinor !== null) return null;
  if (invoiced !== null && invoiced.seconds > 0) return invoiced;
  return { seconds: 3600, totalMinor: rateMinor };
}

/** Value of what is left, in seconds (money: minor units). */
export function valueOfLeft(balance: number, worth: Worth | null): number {
  return worth === null ? balance : shareOfPrice(worth.totalMinor, balance, worth.seconds);
}
