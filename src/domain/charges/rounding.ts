import type { Rounding } from '../agreements/terms.ts';

/**
 * The one place where time is rounded, upwards to the increment. A begun increment within the grace
 * is forgiven once a whole one stands before it; nothing worked is below the minimum.
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

/** Divides each, half a unit upwards, so that they add up to their sum divided. None is less than nothing. */
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

/** What one is less than nothing is taken off the others, the last one first. */
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
