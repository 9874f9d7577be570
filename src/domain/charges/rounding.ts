import type { Rounding } from '../agreements/terms.ts';

/**
 * The only place where time is rounded, up to the increment. Up to the grace over a full increment
 * is not rounded up, after at least one full increment; the result is never below the minimum.
 */
export function roundWorked(workedSeconds: number, rule: Rounding): number {
  if (workedSeconds <= 0) return 0;
  const increment = Math.max(1, rule.incrementSeconds);
  const whole = Math.floor(workedSeconds / increment) * increment;
  const begun = workedSeconds - whole;
  const isForgiven = begun > 0 && begun <= rule.graceSeconds && whole > 0;
  const rounded = begun === 0 || isForgiven ? whole : whole + increment;
  return Math.max(rounded, rule.minimumSeconds);
}

/**
 * Divides each, rounding half up, so that the results add up to the divided sum. None is negative.
 */
export function roundTogether(sums: readonly bigint[], divisor: bigint): number[] {
  let reached = 0n;
  let before = 0n;
  return withoutNegatives(sums).map((sum) => {
    reached += sum;
    const upTo = (reached * 2n + divisor) / (divisor * 2n);
    const part = upTo - before;
    before = upTo;
    return Number(part);
  });
}

/** Negative amounts are subtracted from the others, last one first. */
function withoutNegatives(sums: readonly bigint[]): bigint[] {
  let missing = sums.reduce((total, sum) => (sum < 0n ? total - sum : total), 0n);
  const kept = sums.map((sum) => (sum < 0n ? 0n : sum));
  for (let at = kept.length - 1; at >= 0 && missing > 0n; at -= 1) {
    const sum = kept[at] ?? 0n;
    const taken = sum < missing ? sum : missing;
    kept[at] = sum - taken;
    missing -= taken;
  }
  return kept;
}
