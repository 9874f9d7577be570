import { describe, expect, test } from '@jest/globals';
import { paceFrom } from '../../src/domain/forecast/pace.ts';
import { randomFrom } from '../../src/domain/forecast/random.ts';
import { addDays, type DateText } from '../../src/domain/time.ts';

const hour = 3600;
/** A Monday. */
const today = '2026-06-29';

/** Hours by days before today: 1 is yesterday. */
function pace(hoursByAge: Record<number, number>, startedOn = '2025-01-01') {
  const used = Object.entries(hoursByAge).map(
    ([age, hours]) => [addDays(today, -Number(age)), hours * hour] as const,
  );
  return paceFrom({ usedByDay: new Map<DateText, number>(used), startedOn, today });
}

/** The week that the share of the way through all weights falls on, where all counted as they stand. */
function drawn(start: ReturnType<typeof pace>, share: number, week = 0) {
  const numbers = { isDrawing: false };
  const future = start?.(() => (numbers.isDrawing ? share : 1 - 1 / Math.E));
  numbers.isDrawing = true;
  return future?.(week) ?? { days: [], total: -1, factor: -1 };
}

const hoursOf = (days: readonly number[]) => days.map((seconds) => seconds / hour);

describe('a week of the future', () => {
  test('is one of the past, whole, its days on their own weekdays', () => {
    const start = pace({ 1: 1, 3: 2, 7: 4, 8: 8 });
    const last = drawn(start, 0);
    expect(hoursOf(last.days)).toEqual([4, 0, 0, 0, 2, 0, 1]);
    expect(last.total).toBe(7 * hour);
    // The last week has one part in some 13.8 of the weights, the one before the next 0.9 parts.
    expect(hoursOf(drawn(start, 1.1 / 13.8).days)).toEqual([0, 0, 0, 0, 0, 0, 8]);
  });

  test('is drawn more often the younger it is: half as often, eight weeks on', () => {
    const hours = Object.fromEntries(
      Array.from({ length: 26 }, (_, age) => [age * 7 + 1, age + 1]),
    );
    const start = pace(hours);
    const counts = new Map<number, number>();
    const draws = 2000;
    for (let draw = 0; draw < draws; draw += 1) {
      const hours = (drawn(start, draw / draws).total ?? 0) / hour;
      counts.set(hours, (counts.get(hours) ?? 0) + 1);
    }
    const youngest = counts.get(1) ?? 0;
    expect((counts.get(9) ?? 0) / youngest).toBeCloseTo(0.5, 1);
    expect((counts.get(17) ?? 0) / youngest).toBeCloseTo(0.25, 1);
    // A week of nothing is always thought possible, as often as the last week.
    expect((counts.get(0) ?? 0) / youngest).toBeCloseTo(1, 1);
    expect(counts.get(27)).toBeUndefined();
  });

  test('may at the last be of twice the mean, day by day', () => {
    const start = pace({ 1: 1, 8: 1, 15: 1, 22: 1 }, '2026-06-01');
    const double = drawn(start, 0.9999);
    expect(hoursOf(double.days).map((hours) => Number(hours.toFixed(6)))).toEqual([
      ...[0, 0, 0, 0, 0, 0, 2],
    ]);
    expect(double.total / hour).toBeCloseTo(2, 6);
    expect(hoursOf(drawn(start, 0.75).days)).toEqual([0, 0, 0, 0, 0, 0, 0]);
  });

  test('counts nothing of today, of later days, nor of days on which corrections won', () => {
    const start = pace({ 1: 3, 0: 50, 2: -4 }, '2026-06-22');
    expect(drawn(start, 0).total).toBe(3 * hour);
    expect(pace({ 0: 50, [-1]: 3 })).toBeNull();
    expect(pace({ 3: -1 })).toBeNull();
  });
});

describe('what a client used is measured', () => {
  test('over the last 26 weeks, to the day', () => {
    expect(pace({ 182: 1 })).not.toBeNull();
    expect(pace({ 183: 1 })).toBeNull();
  });

  test('since it began, where that is later', () => {
    expect(pace({ 11: 1 }, addDays(today, -10))).toBeNull();
    expect(pace({ 10: 1 }, addDays(today, -10))).not.toBeNull();
  });

  test('over a week at least, and a week known in part counts as a whole one', () => {
    expect(drawn(pace({ 1: 1 }, addDays(today, -1)), 0).total).toBe(hour);
    // Ten days are a whole week and three days of another: what was used in these is 7/3 as much.
    const start = pace({ 9: 3 }, addDays(today, -10));
    expect(drawn(start, 1.05 / 3.4).total / hour).toBeCloseTo(7, 6);
  });
});

describe('a trend', () => {
  const weekly = (hours: (age: number) => number, weeks = 26) =>
    Object.fromEntries(Array.from({ length: weeks }, (_, age) => [age * 7 + 1, hours(age)]));

  test('of steady work is none', () => {
    const start = pace(weekly(() => 4));
    expect(drawn(start, 0).factor).toBeCloseTo(1, 9);
    expect(drawn(start, 0, 100).factor).toBeCloseTo(1, 9);
  });

  test('that stands out wholly goes on, by less each week', () => {
    const growing = pace(weekly((age) => 30 - age));
    const factors = [0, 1, 2, 50, 51].map((week) => drawn(growing, 0, week).factor);
    const steps = factors.slice(1).map((factor, index) => factor - (factors[index] ?? 0));
    expect(steps[0]).toBeGreaterThan(0);
    expect((steps[1] ?? 0) / (steps[0] ?? 1)).toBeCloseTo(0.85, 6);
    expect(steps[3]).toBeLessThan(0.001);
    // A line without noise is believed: next week is the one after the last, 31 beside their mean.
    expect((factors[0] ?? 0) * meanOf((age) => 30 - age)).toBeCloseTo(31, 6);
    const shrinking = pace(weekly((age) => 10 + age));
    expect(drawn(shrinking, 0).factor * meanOf((age) => 10 + age)).toBeCloseTo(9, 6);
  });

  /** Weighted as the weeks are. */
  function meanOf(hours: (age: number) => number): number {
    const weights = Array.from({ length: 26 }, (_, age) => 0.5 ** (age / 8));
    const whole = weights.reduce((sum, weight) => sum + weight, 0);
    return weights.reduce((sum, weight, age) => sum + weight * hours(age), 0) / whole;
  }

  test('never makes more of a week than three times, nor less than a third', () => {
    const begun = pace(
      weekly((age) => 7 - age, 8),
      addDays(today, -56),
    );
    const ended = pace(weekly((age) => (age < 9 ? 0 : 40)));
    expect(drawn(begun, 0).factor).toBeLessThan(3);
    expect(drawn(begun, 0, 50).factor).toBe(3);
    expect(drawn(ended, 0, 50).factor).toBe(1 / 3);
  });

  test('is believed the less the more the weeks differ of themselves', () => {
    const clear = drawn(pace(weekly((age) => 60 - age)), 0).factor;
    const noisy = drawn(pace(weekly((age) => 60 - age + (age % 2 === 0 ? 20 : -20))), 0).factor;
    expect(noisy).toBeLessThan(clear);
    expect(noisy).toBeGreaterThan(1);
    // Some 1.5 standard errors are half believed; a saw without a slope is not believed at all.
    expect(drawn(pace(weekly((age) => (age % 2 === 0 ? 6 : 2))), 0).factor).toBeCloseTo(1, 1);
  });

  test('shows in eight weeks, and in no fewer', () => {
    const since = (weeks: number) =>
      drawn(
        pace(
          weekly((age) => 30 - age, weeks),
          addDays(today, -7 * weeks),
        ),
        0,
      ).factor;
    expect(since(7)).toBe(1);
    expect(since(8)).toBeGreaterThan(1.05);
  });
});

test('how much each week counts is drawn anew for each future', () => {
  const start = pace({ 1: 1, 8: 2, 15: 3, 22: 4, 29: 5, 36: 6, 43: 7, 50: 8 });
  const factors = [1, 2, 3, 4].map((seed) => start?.(randomFrom(seed))(0).factor);
  expect(new Set(factors).size).toBe(4);
});

test('random numbers are the same for the same seed on every machine, and evenly spread', () => {
  const numbers = (seed: number, count: number) => {
    const random = randomFrom(seed);
    return Array.from({ length: count }, random);
  };
  expect(numbers(7, 5)).toEqual(numbers(7, 5));
  expect(numbers(7, 5)).not.toEqual(numbers(8, 5));
  expect(numbers(1, 3).map((number) => number * 2 ** 32)).toEqual([
    ...[1_580_013_426, 350_525_680, 3_524_174_333],
  ]);
  const many = numbers(1, 10_000);
  const shares = Array.from({ length: 10 }, (_, tenth) => {
    return many.filter((number) => Math.floor(number * 10) === tenth).length / many.length;
  });
  for (const share of shares) expect(share).toBeCloseTo(0.1, 1);
  expect(new Set(many).size).toBeGreaterThan(9900);
});
