import { describe, expect, test } from '@jest/globals';
import { forecastRunOut, type Lot } from '../../src/domain/forecast/forecast.ts';
import { formatIn, toFormatOptions } from '../../src/domain/format.ts';
import { addDays, type DateText } from '../../src/domain/time.ts';
import { runOutText } from '../../src/reports/balances/run-out-text.ts';

const today = '2026-06-29';
const startedOn = '2025-01-01';
const hour = 3600;

/** A Monday, `weeks` back, and all days since: what `hours` says of each, Monday being 0. */
function worked(weeks: number, hours: (weekday: number, week: number) => number) {
  const used = new Map<DateText, number>();
  for (let day = 0; day < weeks * 7; day += 1) {
    const seconds = hours(day % 7, Math.floor(day / 7)) * hour;
    if (seconds > 0) used.set(addDays(today, day - weeks * 7), seconds);
  }
  return used;
}

const lot = (hours: number, expiresOn: DateText | null = null): Lot => ({
  seconds: hours * hour,
  expiresOn,
});

function forecast(used: ReadonlyMap<DateText, number>, lots: Lot[], owedSeconds = 0) {
  return forecastRunOut({ usedByDay: used, startedOn, today }, { lots, owedSeconds });
}

const office = worked(26, (weekday) => (weekday < 5 ? 1 : 0));

describe('a run-out', () => {
  test('comes at the pace of the past, in the middle of its interval', () => {
    const found = forecast(office, [lot(25)]);
    const { runOutOn, earliestOn, latestOn } = found ?? { runOutOn: '', earliestOn: '' };
    expect(runOutOn >= '2026-07-30' && runOutOn <= '2026-08-05').toBe(true);
    expect(earliestOn < runOutOn && runOutOn < (latestOn ?? '')).toBe(true);
  });

  test('is the same whenever it is asked', () => {
    expect(forecast(office, [lot(25)])).toEqual(forecast(office, [lot(25)]));
  });

  test('never falls on a weekday on which nothing is ever done', () => {
    const fridays = worked(26, (weekday) => (weekday === 4 ? 5 : 0));
    for (const hours of [3, 10, 31]) {
      const day = forecast(fridays, [lot(hours)])?.runOutOn ?? '';
      expect(new Date(day).getUTCDay()).toBe(5);
    }
  });

  test('comes sooner where the work grows, and later where it shrinks', () => {
    const growing = worked(26, (weekday, week) => (weekday < 5 ? week / 13 : 0));
    const shrinking = worked(26, (weekday, week) => (weekday < 5 ? (26 - week) / 13 : 0));
    const steady = forecast(office, [lot(40)])?.runOutOn ?? '';
    expect((forecast(growing, [lot(40)])?.runOutOn ?? '') < steady).toBe(true);
    expect((forecast(shrinking, [lot(40)])?.runOutOn ?? '9999') > steady).toBe(true);
  });

  test('is told with a wider interval from two weeks than from half a year', () => {
    const width = (began: DateText) => {
      const history = { usedByDay: office, startedOn: began, today };
      const found = forecastRunOut(history, { lots: [lot(20)], owedSeconds: 0 });
      return Date.parse(found?.latestOn ?? '') - Date.parse(found?.earliestOn ?? '');
    };
    expect(width('2026-06-15')).toBeGreaterThan(width(startedOn));
  });

  test('of a client that began lately is measured since then, over a week at least', () => {
    const usedByDay = new Map([['2026-06-20', 10 * hour]]);
    const since = (began: DateText) =>
      forecastRunOut({ usedByDay, startedOn: began, today }, { lots: [lot(20)], owedSeconds: 0 });
    expect((since('2026-06-19')?.runOutOn ?? '') < (since(startedOn)?.runOutOn ?? '9999')).toBe(
      true,
    );
    const first = new Map([['2026-06-28', hour]]);
    const holding = { lots: [lot(3)], owedSeconds: 0 };
    const began = forecastRunOut({ usedByDay: first, startedOn: '2026-06-28', today }, holding);
    expect((began?.runOutOn ?? '') >= '2026-07-12').toBe(true);
  });

  test('of hours that end first is their last day at the latest', () => {
    expect(forecast(office, [lot(100, '2026-07-10')])).toMatchObject({
      runOutOn: '2026-07-10',
      latestOn: '2026-07-10',
    });
    const ended = forecast(office, [lot(30, '2026-07-10'), lot(15)])?.runOutOn ?? '9999';
    expect(ended < (forecast(office, [lot(45)])?.runOutOn ?? '')).toBe(true);
    expect(forecast(office, [lot(100, '2026-06-28')])?.runOutOn).toBe(today);
  });

  test('what is owed comes off first; work of today is not forecast once more', () => {
    expect(forecast(office, [lot(20), lot(10)], 5 * hour)).toEqual(forecast(office, [lot(25)]));
    expect(forecast(office, [lot(5)], 5 * hour)?.latestOn).toBe(today);
    const begun = new Map([...office, [today, hour]]);
    expect((forecast(begun, [lot(0.5)])?.earliestOn ?? '') > today).toBe(true);
  });
});

test('nothing used in half a year: no day can be told, whatever is left', () => {
  expect(forecast(new Map(), [lot(10)])).toBeNull();
  expect(forecast(new Map(), [])).toBeNull();
  expect(forecast(new Map([['2025-12-01', hour]]), [lot(10)])).toBeNull();
});

test('a day more than two years away is none', () => {
  expect(forecast(office, [lot(10_000)])).toBeNull();
  expect(forecast(office, [lot(480)])).toMatchObject({ latestOn: null });
});

test.each([
  ['12–19 May', '2026-05-12', '2026-05-19'],
  ['28 May – 3 Jun', '2026-05-28', '2026-06-03'],
  ['28 Dec – 3 Jan 2027', '2026-12-28', '2027-01-03'],
  ['28 Dec 2027 – 3 Jan 2028', '2027-12-28', '2028-01-03'],
  ['2–9 Jan 2027', '2027-01-02', '2027-01-09'],
  ['28 Jan – 3 Feb 2027', '2027-01-28', '2027-02-03'],
  ['12 May', '2026-05-12', '2026-05-12'],
  ['today', '2026-05-01', '2026-05-01'],
  ['from 12 May', '2026-05-12', null],
])('the table says %s', (text, earliestOn, latestOn) => {
  const runOut = { runOutOn: earliestOn, earliestOn, latestOn };
  expect(runOutText(runOut, '2026-05-01', formatIn(toFormatOptions('en')))).toBe(text);
});
