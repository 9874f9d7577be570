import { priceOf } from '../../domain/money.ts';
import { quartilesOf, sum } from '../../domain/statistics.ts';
import type { BridgeMonth } from './bridge.ts';

export interface FlatTerms {
  /** Per month; null: prices are derived from what the months cost. */
  priceMinor: number | null;
  /** Per month; hours beyond are billed at the average rate of today. Null: all are included. */
  includedSeconds: number | null;
  /** What an hour of work costs the MSP; null: not said, so that no margin is shown. */
  costPerHourMinor: number | null;
}

export interface OfferComparison {
  priceMinor: number;
  /** `median`, `mean`, `upper-quartile`: of what a month cost. */
  origin: 'given' | 'median' | 'mean' | 'upper-quartile';
  includedSeconds: number | null;
  /** What the client paid for all months from blocks, and would have paid. */
  nowMinor: number;
  flatMinor: number;
  /** Per hour worked; null: nothing was worked. */
  nowRateMinor: number | null;
  flatRateMinor: number | null;
  /** What is left after the MSP's own cost; null: that is not known. */
  nowMarginMinor: number | null;
  flatMarginMinor: number | null;
  /** The month in which the client would have saved most, and the one best for the MSP. */
  bestForClient: MonthGain;
  bestForMsp: MonthGain;
  /** Hours a month at which both cost the same; null: there is no such number. */
  breakEvenSeconds: number | null;
  /** The flat price at which both cost the same. */
  breakEvenMinor: number;
}

interface MonthGain {
  month: string;
  /** Below zero: a loss. */
  minor: number;
}

export function compareOffer(months: readonly BridgeMonth[], terms: FlatTerms): OfferComparison[] {
  if (months.length === 0) return [];
  return pricesOf(months, terms).map(({ origin, priceMinor }) => {
    const used = sum(months.map(({ usedSeconds }) => usedSeconds));
    const worked = sum(months.map(({ workedSeconds }) => workedSeconds));
    const nowMinor = sum(months.map(({ costMinor }) => costMinor));
    const rateMinor = perHour(nowMinor, used);
    const { includedSeconds, costPerHourMinor } = terms;
    const gains = months.map(({ month, usedSeconds, costMinor }) => {
      const beyond = includedSeconds === null ? 0 : Math.max(0, usedSeconds - includedSeconds);
      return { month, minor: costMinor - priceMinor - priceOf(beyond, rateMinor ?? 0) };
    });
    const flatMinor = nowMinor - sum(gains.map(({ minor }) => minor));
    const margin = (minor: number) =>
      costPerHourMinor === null ? null : minor - priceOf(worked, costPerHourMinor);
    const best = gains.reduce((a, b) => (b.minor > a.minor ? b : a));
    const worst = gains.reduce((a, b) => (b.minor < a.minor ? b : a));
    const even = rateMinor ? Math.round((priceMinor * 3600) / rateMinor) : null;
    // Beyond what is included, an hour costs the same either way.
    const isReached = even !== null && (includedSeconds === null || even <= includedSeconds);
    return {
      ...{ priceMinor, origin, includedSeconds, nowMinor, flatMinor },
      nowRateMinor: perHour(nowMinor, worked),
      flatRateMinor: perHour(flatMinor, worked),
      nowMarginMinor: margin(nowMinor),
      flatMarginMinor: margin(flatMinor),
      bestForClient: best,
      bestForMsp: { month: worst.month, minor: 0 - worst.minor },
      breakEvenSeconds: isReached ? even : null,
      breakEvenMinor: priceMinor + Math.round((nowMinor - flatMinor) / months.length),
    };
  });
}

function pricesOf(
  months: readonly BridgeMonth[],
  { priceMinor }: FlatTerms,
): Pick<OfferComparison, 'origin' | 'priceMinor'>[] {
  if (priceMinor !== null) return [{ origin: 'given', priceMinor }];
  const costs = months.map(({ costMinor }) => costMinor);
  const { median, upper } = quartilesOf(costs);
  const derived: Pick<OfferComparison, 'origin' | 'priceMinor'>[] = [
    { origin: 'median', priceMinor: median },
    { origin: 'mean', priceMinor: Math.round(sum(costs) / costs.length) },
    { origin: 'upper-quartile', priceMinor: upper },
  ];
  const isFirst = (one: { priceMinor: number }, place: number) =>
    derived.findIndex(({ priceMinor: price }) => price === one.priceMinor) === place;
  return derived.filter(isFirst);
}

function perHour(minor: number, seconds: number): number | null {
  return seconds === 0 ? null : Math.round((minor * 3600) / seconds);
}
