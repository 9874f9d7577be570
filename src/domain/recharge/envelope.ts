/** What keeps recharges from running away: limits, one at a time, and a user's approval. */

import type { RechargeTerms } from '../agreements/terms.ts';

/** Earlier recharges, by their prices before tax in minor units. */
export interface RechargeUsage {
  /** One of the client's is neither collected nor over. */
  isInFlight: boolean;
  /** Of the client, today and this calendar month. */
  dayMinor: number;
  monthMinor: number;
  /** Of all clients, in the same currency. */
  allDayMinor: number;
  allMonthMinor: number;
  /** The client's largest that was ever collected; null: none was. */
  largestMinor: number | null;
}

export interface Excess {
  limit: 'charge' | 'day' | 'month' | 'all-day' | 'all-month';
  maxMinor: number;
}

/** The first limit that this price would exceed; null: none. */
export function findExcess(
  priceMinor: number,
  usage: RechargeUsage,
  { limits, limitsOfAll }: Pick<RechargeTerms, 'limits' | 'limitsOfAll'>,
): Excess | null {
  const sums: [Excess['limit'], used: number, maxMinor: number | null][] = [
    ['charge', 0, limits.chargeMinor],
    ['day', usage.dayMinor, limits.dayMinor],
    ['month', usage.monthMinor, limits.monthMinor],
    ['all-day', usage.allDayMinor, limitsOfAll.dayMinor],
    ['all-month', usage.allMonthMinor, limitsOfAll.monthMinor],
  ];
  for (const [limit, used, maxMinor] of sums) {
    if (maxMinor !== null && used + priceMinor > maxMinor) return { limit, maxMinor };
  }
  return null;
}

/** Larger than this many times the largest so far is unusual. */
const usualTimes = 2;

/** A client's first recharge, and an unusually large one, wait for a user. */
export function needsApproval(priceMinor: number, { largestMinor }: RechargeUsage): boolean {
  return largestMinor === null || priceMinor > usualTimes * largestMinor;
}
