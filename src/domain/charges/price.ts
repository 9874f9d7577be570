import type { Rates } from '../agreements/terms.ts';
import {
  addedByMinimums,
  type ChargeFacts,
  type PartFacts,
  type RoundingFacts,
  ruledWorkType,
  type WorkTypeCost,
} from './charge-facts.ts';
import { isListed, type RuleName } from './coverage.ts';
import { roundTogether } from './rounding.ts';

/** Charged time of one work type at one factor and rate; negative if rounding removes time. */
interface Amount {
  workType: RuleName;
  seconds: number;
  factorThousandths: number;
  rateMinor: number;
}

type Sums = Pick<ChargeFacts, 'seconds' | 'price' | 'byWorkType'>;

/**
 * Computes the cost in hours and, if the agreement has rates, in money, in total and per work type:
 * each piece at the rate of its work type, with the same factor as its hours, so that a multiplier
 * counts once however the time is paid. Both are rounded once: the work types add up to the total.
 */
export function sumCharge(
  parts: readonly PartFacts[],
  rounding: RoundingFacts,
  rates: Rates | null,
): Sums {
  const groups = groupByWorkType(amountsOf(parts, rounding, rates));
  const seconds = roundTogether(
    groups.map(({ amounts }) => sumOf(amounts, () => 1)),
    1000n,
  );
  // An hour is 3,600 seconds of 1,000 thousandths each; any time costs at least something.
  const minor = roundTogether(
    groups.map(({ amounts }, at) =>
      seconds[at] === 0 ? 0n : sumOf(amounts, ({ rateMinor }) => rateMinor),
    ),
    3_600_000n,
  ).map((one, at) => (seconds[at] === 0 ? 0 : Math.max(1, one)));
  const total = (numbers: readonly number[]) => numbers.reduce((sum, one) => sum + one, 0);
  const priced = (amount: number) =>
    rates === null ? {} : { price: { minor: amount, currency: rates.currency } };
  const byWorkType = groups.map(
    ({ workType }, at): WorkTypeCost => ({
      workType,
      seconds: seconds[at] ?? 0,
      ...priced(minor[at] ?? 0),
    }),
  );
  return {
    seconds: total(seconds),
    ...priced(total(minor)),
    ...(groups.length > 1 ? { byWorkType } : {}),
  };
}

/**
 * A minimum belongs to its own work type; time added or removed by rounding to the last work. Added
 * time is charged at the lowest rate of the pieces; removed time is credited at the highest.
 */
function amountsOf(
  parts: readonly PartFacts[],
  rounding: RoundingFacts,
  rates: Rates | null,
): Amount[] {
  const charged = parts.filter(({ pieces }) => pieces.length > 0);
  const amounts = charged.flatMap((part) =>
    part.pieces.map(({ seconds, factorThousandths }): Amount => {
      const workType = ruledWorkType(part);
      return { workType, seconds, factorThousandths, rateMinor: rateOf(workType, rates) };
    }),
  );
  const last = charged.at(-1);
  if (last === undefined) return [];
  const used = amounts.map(({ rateMinor }) => rateMinor);
  const difference = rounding.roundedSeconds - rounding.workedSeconds - addedByMinimums(rounding);
  for (const { workType, addedSeconds: seconds, factorThousandths } of rounding.minimums ?? []) {
    amounts.push({ workType, seconds, factorThousandths, rateMinor: rateOf(workType, rates) });
  }
  amounts.push({
    workType: ruledWorkType(last),
    seconds: difference,
    factorThousandths: rounding.differenceFactorThousandths,
    rateMinor: difference < 0 ? Math.max(...used) : Math.min(...used),
  });
  return amounts;
}

interface Group {
  workType: RuleName;
  amounts: Amount[];
}

/** In the order of the work. */
function groupByWorkType(amounts: readonly Amount[]): Group[] {
  const groups: Group[] = [];
  for (const amount of amounts) {
    const { workType } = amount;
    const known = groups.find((group) =>
      group.workType === null ? workType === null : isListed(workType, [group.workType].flat()),
    );
    if (known === undefined) groups.push({ workType, amounts: [amount] });
    else known.amounts.push(amount);
  }
  return groups;
}

function sumOf(amounts: readonly Amount[], times: (amount: Amount) => number): bigint {
  return amounts.reduce((sum, amount) => {
    const { seconds, factorThousandths } = amount;
    return sum + BigInt(seconds) * BigInt(factorThousandths) * BigInt(times(amount));
  }, 0n);
}

export function rateOf(workType: RuleName, rates: Rates | null): number {
  const own = rates?.workTypes.find((rate) => isListed(workType, [rate.workType]));
  return own?.rateMinor ?? rates?.rateMinor ?? 0;
}
