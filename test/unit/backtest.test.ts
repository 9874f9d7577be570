import { expect, test } from '@jest/globals';
import { backtest, countMondays, type PastBook } from '../../src/domain/forecast/backtest.ts';
import { randomFrom } from '../../src/domain/forecast/random.ts';
import { addDays, type DateText } from '../../src/domain/time.ts';

const hour = 3600;
const startedOn = '2025-01-06';
const today = '2026-06-29';

function book(hoursOf: (day: number) => number, boughtHours = 10, everyDays = 28): PastBook {
  const usedByDay = new Map<DateText, number>();
  const otherByDay = new Map<DateText, number>();
  for (let day = 0; addDays(startedOn, day) < today; day += 1) {
    const seconds = hoursOf(day) * hour;
    if (seconds > 0) usedByDay.set(addDays(startedOn, day), seconds);
    if (day % everyDays === 0) otherByDay.set(addDays(startedOn, day), boughtHours * hour);
  }
  return { usedByDay, otherByDay, startedOn, today };
}

test('the stated interval holds about as often as it says, for work that comes at random', () => {
  let judged = 0;
  let held = 0;
  for (let seed = 1; seed <= 2; seed += 1) {
    const random = randomFrom(seed);
    const score = backtest(
      book((day) => (day % 7 < 5 && random() < 0.4 ? Math.ceil(random() * 8) / 4 : 0), 11),
    );
    judged += score.judged;
    held += score.held;
    expect(score.held + score.early + score.late).toBe(score.judged);
  }
  expect(judged).toBeGreaterThan(60);
  expect(held / judged).toBeGreaterThan(0.7);
  expect(held / judged).toBeLessThan(0.95);
});

test('a forecast that the future made a fool of is counted on the side on which it failed', () => {
  const doubled = backtest(book((day) => (day < 364 ? 0.5 : 5), 60, 90));
  expect(doubled.early).toBeGreaterThan(0);
  expect(doubled.late).toBe(0);
  const stopped = backtest(book((day) => (day < 364 ? 0.5 : 0), 20));
  expect(stopped.late).toBeGreaterThan(0);
  expect(stopped.early).toBe(0);
});

test('nothing is judged before its interval is past, nor for a client without hours or work', () => {
  expect(backtest(book(() => 0.1, 1000)).judged).toBe(0);
  expect(backtest(book(() => 0)).judged).toBe(0);
  expect(backtest(book(() => 2, 0)).judged).toBe(0);
});

test('only what was known on the day takes part', () => {
  const plain = book((day) => (day % 7 < 5 ? 0.5 : 0));
  const score = backtest({ ...plain, today: '2025-06-30' });
  const later = new Map([...plain.usedByDay, ['2025-07-02', 900 * hour] as const]);
  expect(backtest({ ...plain, usedByDay: later, today: '2025-06-30' })).toEqual(score);
});

test('samples with every offset are together all past Mondays, each once', () => {
  const busy = book((day) => (day % 7 < 5 ? 0.5 : 0), 11);
  const all = backtest(busy);
  const samples = [0, 1, 2].map((offset) => backtest(busy, { oneIn: 3, offset }));
  for (const figure of ['judged', 'held', 'early', 'late'] as const) {
    expect(samples.reduce((sum, sample) => sum + sample[figure], 0)).toBe(all[figure]);
  }
  expect(all.judged).toBeGreaterThan(10);
  expect(countMondays(busy)).toBe(73);
  expect(backtest(busy, { oneIn: 100, offset: 99 }).judged).toBe(0);
  expect(countMondays({ startedOn, today: addDays(startedOn, 28) })).toBe(0);
  expect(countMondays({ startedOn, today: addDays(startedOn, 29) })).toBe(1);
});
