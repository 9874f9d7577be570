import { expect, test } from '@jest/globals';
import {
  amountFromText,
  minorDigits,
  minorFromText,
  priceOf,
  textFromMinor,
} from '../../src/domain/money.ts';

test.each([
  ['120.5', 'EUR', 12050],
  ['120', 'EUR', 12000],
  ['-0.01', 'USD', -1],
  ['0.5000', 'EUR', 50],
  ['1500', 'JPY', 1500],
  ['1.234', 'KWD', 1234],
])('%s %s is %d in minor units', (text, currency, minor) => {
  expect(minorFromText(text, currency)).toBe(minor);
  expect(minorFromText(textFromMinor(minor, currency), currency)).toBe(minor);
});

test.each([
  ['1.005', 'EUR'],
  ['1.5', 'JPY'],
  ['1,50', 'EUR'],
  ['', 'EUR'],
  ['99999999999999999', 'EUR'],
])('%j is no amount in %s', (text, currency) => {
  expect(() => minorFromText(text, currency)).toThrow(
    expect.objectContaining({ kind: 'contract', message: expect.stringMatching(/amount/) }),
  );
});

test('a rate is read only where a price by it can still be counted exactly', () => {
  const rateMinor = amountFromText('90000000.00', 'EUR');
  expect(Number.isSafeInteger(priceOf(3_600_000_000, rateMinor))).toBe(true);
  expect(() => amountFromText('90000000.01', 'EUR')).toThrow(/too large/);
});

test.each([
  ['EUR', 2],
  ['JPY', 0],
  ['KWD', 3],
])('%s has %d decimals', (currency, digits) => {
  expect(minorDigits(currency)).toBe(digits);
});

test.each([
  [0, 'EUR', '0.00'],
  [5, 'EUR', '0.05'],
  [-5, 'EUR', '-0.05'],
  [12050, 'EUR', '120.50'],
  [1500, 'JPY', '1500'],
])('a vendor’s field gets %d %s as %s', (minor, currency, text) => {
  expect(textFromMinor(minor, currency)).toBe(text);
});

test.each([
  ['ten hours', 36000, 12000, 120000],
  ['no time, which is never minus nothing', 0, 12000, 0],
  ['a second, which rounds to nothing', 1, 1799, 0],
  ['half a minor unit, away from zero', 1, 1800, 1],
  ['time given back', -1800, 12001, -6001],
])('the price of %s', (_, seconds, rate, price) => {
  expect(priceOf(seconds, rate)).toBe(price);
});
