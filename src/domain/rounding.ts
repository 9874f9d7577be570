import type { Rounding } from './terms.ts';

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

/** Seconds times thousandths, half a second upwards. */
export function secondsFromThousandths(thousandthSeconds: number): number {
  return Math.floor((thousandthSeconds + 500) / 1000);
}
