import type { PartFacts, RoundingFacts } from './charge-facts.ts';
import { addedByMinimums } from './charge-facts.ts';
import { isListed } from './coverage.ts';
import type { Price } from './money.ts';
import type { Rates } from './terms.ts';

/**
 * What the charged time costs off a block of money: each piece at the rate of its work type, with the
 * same factor as its hours, so that a multiplier counts once however the time is paid. What rounding
 * adds is charged at the lowest rate among the pieces, what it forgives is forgiven at the highest.
 * Rounded once, to at least one minor unit where there is time.
 */
export function priceOfCharge(
  parts: readonly PartFacts[],
  rounding: RoundingFacts,
  chargedSeconds: number,
  rates: Rates,
): Price {
  if (chargedSeconds === 0) return { minor: 0, currency: rates.currency };
  const charged = parts.filter(({ pieces }) => pieces.length > 0);
  let product = 0n;
  const add = (seconds: number, factorThousandths: number, rateMinor: number): void => {
    product += BigInt(seconds) * BigInt(factorThousandths) * BigInt(rateMinor);
  };
  for (const { workType, pieces } of charged) {
    const rate = rateOf(workType, rates);
    for (const piece of pieces) add(piece.seconds, piece.factorThousandths, rate);
  }
  for (const { workType, addedSeconds, factorThousandths } of rounding.minimums ?? []) {
    add(addedSeconds, factorThousandths, rateOf(workType, rates));
  }
  const used = charged.map(({ workType }) => rateOf(workType, rates));
  const difference = rounding.roundedSeconds - rounding.workedSeconds - addedByMinimums(rounding);
  const rate = difference < 0 ? Math.max(...used) : Math.min(...used);
  add(difference, rounding.differenceFactorThousandths, rate);
  // An hour is 3,600 seconds of 1,000 thousandths each.
  const minor = Number((product + 1_800_000n) / 3_600_000n);
  return { minor: Math.max(1, minor), currency: rates.currency };
}

function rateOf(workType: string | null, { rateMinor, workTypes }: Rates): number {
  const own = workTypes.find((rate) => isListed(workType, [rate.workType]));
  return own?.rateMinor ?? rateMinor;
}
