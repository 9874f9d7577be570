import { type DateText, daysBetween } from '../time.ts';
import type { RandomSource } from './random.ts';

export interface BurnHistory {
  /** Seconds of work (debited and pending, corrections netted) by the day on which it was done. */
  usedByDay: ReadonlyMap<DateText, number>;
  /** First day on which work could be debited; later than the window's start for a new client. */
  startedOn: DateText;
  today: DateText;
}

/** Weeks of work that a forecast considers. */
export const weeksBack = 26;

// A week counts half as much as one that is this many weeks younger.
const halfLifeWeeks = 8;
// Fewer weeks than this show no trend.
const trendWeeksMin = 8;
// How far a trend continues: each further week adds this fraction of the previous step.
const damping = 0.85;
// A trend this many standard errors above the noise gets half weight.
const doubt = 1.5;
// The weight of each of the two hypothetical weeks.
const imaginedWeight = 1;

/** One week of a possible future. */
interface DrawnWeek {
  /** Seconds of each day before `factor`, the first on today's weekday. */
  days: readonly number[];
  total: number;
  factor: number;
}

interface PastWeek {
  days: number[];
  total: number;
  /** In whole weeks; the seven days before today have age 0. */
  age: number;
  weight: number;
}

/** Draws the weeks of one possible future, in their order: 0 begins today. */
export type Future = (week: number) => DrawnWeek;

/**
 * Models a client's usage: draws possible futures from whole past weeks, so that quiet weekdays
 * stay quiet and busy periods stay together. Recent weeks count more, and a trend continues for a
 * while. The weights of past weeks are drawn again for each future, since a few weeks say little.
 * Null if nothing was used.
 */
export function paceFrom(history: BurnHistory): ((random: RandomSource) => Future) | null {
  const past = pastWeeks(history);
  if (!past.some(({ total }) => total > 0)) return null;
  const weeks = [...past, ...imaginedWeeks(past)];
  return (random) => {
    // Exponential weights: a Bayesian bootstrap, https://doi.org/10.1214/aos/1176345338
    const weights = weeks.map(({ weight }) => weight * -Math.log(1 - random()));
    const trend = trendOf(past, weights);
    const top = weights.reduce((sum, weight) => sum + weight, 0);
    return (week) => {
      let at = random() * top;
      let drawn = 0;
      while (drawn < weeks.length - 1 && at >= (weights[drawn] ?? 0)) {
        at -= weights[drawn] ?? 0;
        drawn += 1;
      }
      const { days = [], total = 0 } = weeks[drawn] ?? {};
      return { days, total, factor: trend(week) };
    };
  };
}

/** A new client is measured from its start, over at least one week. */
function pastWeeks({ usedByDay, startedOn, today }: BurnHistory): PastWeek[] {
  const known = Math.max(7, Math.min(weeksBack * 7, daysBetween(startedOn, today)));
  const weeks = Array.from({ length: Math.ceil(known / 7) }, (_, age): PastWeek => {
    // The oldest week may be incomplete: it has less weight, but represents a whole week.
    const share = Math.min(1, (known - age * 7) / 7);
    const weight = share * 0.5 ** (age / halfLifeWeeks);
    return { days: Array(7).fill(0), total: 0, age, weight };
  });
  const todayMs = Date.parse(today);
  for (const [day, seconds] of usedByDay) {
    const daysAgo = Math.round((todayMs - Date.parse(day)) / 86_400_000);
    const week = weeks[Math.ceil(daysAgo / 7) - 1];
    if (daysAgo < 1 || daysAgo > known || week === undefined || seconds <= 0) continue;
    const used = seconds / Math.min(1, (known - week.age * 7) / 7);
    week.days[(7 - (daysAgo % 7)) % 7] = used;
    week.total += used;
  }
  return weeks;
}

/** A week without work and one with twice the mean are always considered possible. */
function imaginedWeeks(past: readonly PastWeek[]): Omit<PastWeek, 'age'>[] {
  const whole = past.reduce((sum, { weight }) => sum + weight, 0);
  const double = Array.from({ length: 7 }, (_, day) => {
    return past.reduce((sum, { weight, days }) => sum + (2 * weight * (days[day] ?? 0)) / whole, 0);
  });
  const total = double.reduce((sum, seconds) => sum + seconds, 0);
  return [
    { days: Array(7).fill(0), total: 0, weight: imaginedWeight },
    { days: double, total, weight: imaginedWeight },
  ];
}

/**
 * The multiplier of a future week: the slope of a weighted regression line through the weeks,
 * weighted by its significance, and damped.
 */
function trendOf(past: readonly PastWeek[], weights: readonly number[]): (week: number) => number {
  if (past.length < trendWeeksMin) return () => 1;
  const mean = (value: (week: PastWeek) => number) => {
    let sum = 0;
    let whole = 0;
    past.forEach((week, index) => {
      sum += (weights[index] ?? 0) * value(week);
      whole += weights[index] ?? 0;
    });
    return sum / whole;
  };
  const level = mean(({ total }) => total);
  const age = mean((week) => week.age);
  const spread = mean((week) => (week.age - age) ** 2);
  if (level <= 0 || spread <= 0) return () => 1;
  const slope = mean((week) => (age - week.age) * (week.total - level)) / spread;
  const noise = mean((week) => (week.total - level - slope * (age - week.age)) ** 2);
  const count = effectiveCount(weights.slice(0, past.length));
  const errorSquared = noise / (Math.max(1, count - 2) * spread);
  const belief = slope === 0 ? 0 : slope ** 2 / (slope ** 2 + doubt ** 2 * errorSquared);
  return (week) => {
    const ahead = age + stepsBy(week);
    return Math.min(3, Math.max(1 / 3, 1 + (belief * slope * ahead) / level));
  };
}

const steps: number[] = [];

/** How far a trend has continued by that week, in undamped steps. */
function stepsBy(week: number): number {
  const known = steps[week];
  if (known !== undefined) return known;
  const step = (1 - damping ** (week + 1)) / (1 - damping);
  steps[week] = step;
  return step;
}

/** How many equal weights the weights are worth. */
function effectiveCount(weights: readonly number[]): number {
  let sum = 0;
  let squares = 0;
  for (const weight of weights) {
    sum += weight;
    squares += weight ** 2;
  }
  return sum ** 2 / squares;
}
