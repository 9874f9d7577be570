import { describe, expect, test } from '@jest/globals';
import { readWorkedTime, secondsOf } from '../../../connectors/http/answers/exact.ts';

describe('A decimal on its own', () => {
  test.each([
    ['0.25', 900],
    ['0.08', 288],
    ['0.0833', 300],
    ['0.08333333333333333', 300],
    ['0.083333333333333329', 300],
    ['1.6666666666666667', 6000],
    ['0.016666666666666666', 60],
    ['2.35', 8460],
    ['0.008530277777777779', 31],
    ['0.5002777777777778', 1801],
    ['0.1203', 433],
    ['0.0083', 30],
    ['0.00001', 0],
    ['-0.3333', -1200],
    ['0.167', 600],
    ['0.123', 443],
  ])('of %s hours is %i seconds', (text, seconds) => {
    expect(secondsOf(text, 'hours')).toBe(seconds);
  });

  test.each([
    ['20.33', 'minutes', 1220],
    ['1800.4', 'seconds', 1800],
    ['1800.5', 'seconds', 1801],
  ] as const)('of %s %s is %i seconds', (text, unit, seconds) => {
    expect(secondsOf(text, unit)).toBe(seconds);
  });

  test.each(['-', '1,5', '', '2000000.3333'])('of %j hours is refused', (text) => {
    expect(() => secondsOf(text, 'hours')).toThrow(expect.objectContaining({ kind: 'contract' }));
  });
});

describe('A decimal beside a start and an end', () => {
  const minutes = (count: number) => count * 60;

  test.each([
    ['2.92', minutes(175), minutes(175)],
    ['0.17', minutes(10), minutes(10)],
    ['0.16', minutes(10), minutes(10)],
    ['0.3333', minutes(20), minutes(20)],
    ['0.6666', minutes(40), minutes(40)],
    ['24.67', minutes(1480), minutes(1480)],
    ['0.008530277777777779', 30.709, 31],
  ])('of %s hours is that time of %d s, rounded or cut off', (text, spanSeconds, seconds) => {
    expect(readWorkedTime({ text, unit: 'hours', spanSeconds }).seconds).toBe(seconds);
  });

  test.each([
    ['1', minutes(50), 3600],
    ['0.5', minutes(29), 1800],
    ['0.92', minutes(54), 3312],
    ['0.3333', minutes(60), 1200],
    ['0', 18, 0],
    ['-0.5', minutes(30), -1800],
    ['0.17', -600, 612],
  ])(
    'of %s hours counts alone where that time of %d s is another',
    (text, spanSeconds, seconds) => {
      expect(readWorkedTime({ text, unit: 'hours', spanSeconds }).seconds).toBe(seconds);
    },
  );

  test.each([
    ['3.83', minutes(240), '0.17', minutes(230)],
    ['3.67', minutes(240), '0.33', minutes(220)],
    ['3.99', minutes(240), '0.01', minutes(240) - 36],
    ['1.75', minutes(120), '0.25', minutes(105)],
    ['2', minutes(120), '0.25', 7200],
  ])(
    'of %s hours is that time of %d s less a break of %s h',
    (text, spanSeconds, deducted, seconds) => {
      expect(readWorkedTime({ text, unit: 'hours', spanSeconds, deducted }).seconds).toBe(seconds);
    },
  );

  test.each([
    ['2.92', 'hours', null, 18],
    ['1', 'hours', null, 18],
    ['2.917', 'hours', null, 1],
    ['0.0833', 'hours', null, undefined],
    ['2.92', 'hours', minutes(175), undefined],
    ['0', 'hours', null, undefined],
    ['12', 'minutes', null, undefined],
    ['12.5', 'minutes', null, 3],
  ] as const)('of %s %s with a span of %s is known to %s s', (text, unit, spanSeconds, seconds) => {
    expect(readWorkedTime({ text, unit, spanSeconds }).precisionSeconds).toBe(seconds);
  });

  test('of whole minutes is that time to the half minute', () => {
    const shown = { text: '20', unit: 'minutes' } as const;
    expect(readWorkedTime({ ...shown, spanSeconds: 1220 }).seconds).toBe(1220);
    expect(readWorkedTime({ ...shown, spanSeconds: 1260 }).seconds).toBe(1200);
  });
});
