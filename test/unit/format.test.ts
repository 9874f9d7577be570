import { describe, expect, test } from '@jest/globals';
import {
  type Durations,
  formatIn,
  type Locale,
  locales,
  toFormatOptions,
} from '../../src/domain/format.ts';

/** All that one reader sees, with no-break spaces told apart. */
function shown(locale: Locale, durations?: Durations) {
  const format = formatIn(toFormatOptions(locale, durations));
  return {
    date: format.date('2026-03-01'),
    days: format.days('2026-03-01', '2026-03-04'),
    months: format.days('2026-03-31', '2026-04-02'),
    month: format.month('2026-03'),
    day: format.day('2026-03-02'),
    time: format.time('2026-03-02T14:05:09.000Z'),
    span: format.span('2026-05-12', '2026-05-19', '2026-01-01'),
    next: format.span('2026-12-28', '2027-01-03', '2026-01-01'),
    dollars: format.money(-123_450, 'USD'),
    euros: format.money(123_456_789, 'EUR'),
    yen: format.money(1234, 'JPY'),
    hours: [4500, 36_000, 0, -0, -5400, 5700].map(format.duration),
    factor: format.factor(1500),
    list: format.list(['a', 'b', 'c']),
  };
}

// These are Intl's spellings. A Node whose Intl spells otherwise would print closed months anew.
describe('each locale has one form of everything', () => {
  test('en: the day first, ISO dates in tables', () => {
    expect(shown('en')).toEqual({
      date: '1 March 2026',
      days: '1–4 March 2026',
      months: '31 March 2026 – 2 April 2026',
      month: 'March 2026',
      day: '2026-03-02',
      time: '2026-03-02 14:05',
      span: '12–19 May',
      next: '28 Dec – 3 Jan 2027',
      dollars: '-$1,234.50',
      euros: '€1,234,567.89',
      yen: '¥1,234',
      hours: ['1 h 15', '10 h', '0 h', '0 h', '-1 h 30', '1 h 35'],
      factor: '×1.5',
      list: 'a, b and c',
    });
  });

  test('en-US: the month first, decimal hours that lose no second', () => {
    expect(shown('en-US')).toEqual({
      date: 'March 1, 2026',
      days: 'March 1 – 4, 2026',
      months: 'March 31, 2026 – April 2, 2026',
      month: 'March 2026',
      day: 'Mar 2, 2026',
      time: 'Mar 2, 2026 14:05',
      span: 'May 12 – 19',
      next: 'Dec 28 – Jan 3, 2027',
      dollars: '-$1,234.50',
      euros: '€1,234,567.89',
      yen: '¥1,234',
      hours: ['1.25 h', '10.00 h', '0.00 h', '0.00 h', '-1.50 h', '1.5833 h'],
      factor: '×1.5',
      list: 'a, b, and c',
    });
  });

  test('en-GB', () => {
    expect(shown('en-GB')).toMatchObject({
      date: '1 March 2026',
      day: '2 Mar 2026',
      span: '12 – 19 May',
      dollars: '-US$1,234.50',
      hours: ['1 h 15', '10 h', '0 h', '0 h', '-1 h 30', '1 h 35'],
      list: 'a, b and c',
    });
  });

  test('fr', () => {
    expect(shown('fr')).toEqual({
      date: '1er mars 2026',
      days: '1er–4 mars 2026',
      months: '31 mars 2026 – 2 avril 2026',
      month: 'mars 2026',
      day: '2 mars 2026',
      time: '2 mars 2026 14:05',
      span: '12–19 mai',
      next: '28 déc. – 3 janv. 2027',
      dollars: '-1\u202f234,50\u00a0$US',
      euros: '1\u202f234\u202f567,89\u00a0€',
      yen: '1\u202f234\u00a0JPY',
      hours: ['1 h 15', '10 h', '0 h', '0 h', '-1 h 30', '1 h 35'],
      factor: '×1,5',
      list: 'a, b et c',
    });
  });
});

test('durations that are chosen hold in every locale', () => {
  expect(shown('fr', 'decimal').hours).toEqual([
    '1,25 h',
    '10,00 h',
    '0,00 h',
    '0,00 h',
    '-1,50 h',
    '1,5833 h',
  ]);
  expect(shown('en-US', 'clock').hours[0]).toBe('1 h 15');
  const decimal = locales.filter((locale) => toFormatOptions(locale).durations === 'decimal');
  expect(decimal).toEqual(['en-US']);
});

test('the largest amount of money keeps its last cent', () => {
  const { money } = formatIn(toFormatOptions('en'));
  expect(money(9_007_199_254_740_991, 'USD')).toBe('$90,071,992,547,409.91');
});
