import { expect, test } from '@jest/globals';
import { formatDuration, hoursText, secondsFromDecimalText } from '../../src/domain/duration.ts';

test.each([
  ['1.25', 4500],
  ['0.01', 36],
  ['-0.5', -1800],
  ['30', 108000],
])('reads %s hours as %i whole seconds', (text, seconds) => {
  expect(secondsFromDecimalText(text, 'hours')).toBe(seconds);
});

test.each(['0.3333', '1e3', 'NaN', '', '1,5', ' 1'])(
  'refuses %j hours instead of guessing',
  (text) => {
    expect(() => secondsFromDecimalText(text, 'hours')).toThrow(
      expect.objectContaining({ kind: 'contract', message: expect.stringMatching(/hours/) }),
    );
  },
);

test('a million hours is the most that is read, so that sums of them stay exact', () => {
  expect(secondsFromDecimalText('1000000', 'hours')).toBe(3_600_000_000);
  expect(() => secondsFromDecimalText('1000000.01', 'hours')).toThrow(/too large/);
  expect(() => secondsFromDecimalText('-2500000000000', 'hours')).toThrow(/too large/);
});

test('hours in a config that come to part of a second are refused with the way out', () => {
  expect(() => secondsFromDecimalText('0.3333', 'hours')).toThrow(
    expect.objectContaining({ fix: expect.stringMatching(/two decimals/) }),
  );
});

test('a length that no number counts exactly is refused', () => {
  expect(() => secondsFromDecimalText('9'.repeat(16), 'hours')).toThrow(
    expect.objectContaining({ kind: 'contract', message: expect.stringMatching(/too large/) }),
  );
});

test.each([
  [27900, '7 h 45'],
  [0, '0 h'],
  [-4020, '-1 h 07'],
  [4032, '1 h 07 min 12 s'],
  [3612, '1 h 00 min 12 s'],
  [-432, '-7 min 12 s'],
  [12, '12 s'],
  [7200, '2 h'],
  [-7200, '-2 h'],
  [2700, '45 min'],
])('shows %i seconds as %s', (seconds, text) => {
  expect(formatDuration(seconds)).toBe(text);
});

test('a field in hours never shows more than is left', () => {
  expect(hoursText(27935)).toBe('7.75');
});

test.each([
  [0, '0.00'],
  [35, '0.00'],
  [-1, '-0.01'],
  [-36, '-0.01'],
  [-5400, '-1.50'],
])('a field in hours shows %i seconds as %s, never more than there is', (seconds, text) => {
  expect(hoursText(seconds)).toBe(text);
});
