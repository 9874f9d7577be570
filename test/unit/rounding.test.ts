import { describe, expect, test } from '@jest/globals';
import type { Rounding } from '../../src/domain/agreements/terms.ts';
import { roundTogether, roundWorked } from '../../src/domain/charges/rounding.ts';

const minutes = (count: number) => count * 60;

function rule(increment: number, minimum = 0, grace = 0): Rounding {
  return {
    per: 'ticket',
    incrementSeconds: minutes(increment),
    minimumSeconds: minutes(minimum),
    graceSeconds: minutes(grace),
  };
}

test.each([
  [0, 0],
  [1, 15],
  [15, 15],
  [15.1, 30],
  [95, 105],
])('rounds %d minutes upwards to fifteen: %d', (worked, rounded) => {
  expect(roundWorked(minutes(worked), rule(15))).toBe(minutes(rounded));
});

describe('a grace of ten minutes before the next half hour', () => {
  test.each([
    [40, 30],
    [40.5, 60],
    [70, 60],
    [71, 90],
  ])('%d minutes are %d', (worked, rounded) => {
    expect(roundWorked(minutes(worked), rule(30, 0, 10))).toBe(minutes(rounded));
  });

  test('never forgives the first increment: five minutes of work are half an hour', () => {
    expect(roundWorked(minutes(5), rule(30, 0, 10))).toBe(minutes(30));
  });
});

describe('a minimum of two hours on site', () => {
  test('lifts what is shorter', () => {
    expect(roundWorked(minutes(35), rule(30, 120))).toBe(minutes(120));
  });

  test('leaves what is longer as rounded', () => {
    expect(roundWorked(minutes(125), rule(30, 120))).toBe(minutes(150));
  });

  test('makes nothing out of no work', () => {
    expect(roundWorked(0, rule(30, 120))).toBe(0);
    expect(roundWorked(-60, rule(30, 120))).toBe(0);
  });
});

test('an increment of nothing rounds to whole seconds', () => {
  expect(roundWorked(61, { ...rule(0), incrementSeconds: 0 })).toBe(61);
});

test.each([
  [[1499n], [1]],
  [[1500n], [2]],
  [[], []],
  [
    [500n, 500n],
    [1, 0],
  ],
  [
    [333n, 333n, 334n],
    [0, 1, 0],
  ],
  [
    [3000n, -1000n],
    [2, 0],
  ],
  [
    [1000n, 5000n, -7000n],
    [0, 0, 0],
  ],
])('%j thousandths of a second are together %j seconds', (thousandths, seconds) => {
  expect(roundTogether(thousandths, 1000n)).toEqual(seconds);
});
