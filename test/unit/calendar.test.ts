import { describe, expect, test } from '@jest/globals';
import type { BusinessHours } from '../../src/domain/agreements/terms.ts';
import { scaleStretches, splitAtBusinessHours } from '../../src/domain/charges/calendar.ts';

type Day = { fromMinute: number; toMinute: number }[];
const [eight, six]: [number, number] = [480, 1080];

function hoursOf(day: Day, holidays: string[] = [], weekend: Day = []): BusinessHours {
  return {
    name: 'office',
    week: [day, day, day, day, day, weekend, weekend],
    isHoliday: (date) => holidays.includes(date),
  };
}

const office = hoursOf([{ fromMinute: eight, toMinute: six }]);
const always = [{ fromMinute: 0, toMinute: 1440 }];

/** `-1800` outside, `3600` inside. */
function split(from: string, to: string, hours: BusinessHours, zone = 'Europe/Paris'): number[] {
  return splitAtBusinessHours(Date.parse(from), Date.parse(to), hours, zone).map(
    ({ seconds, isOutside }) => (isOutside ? -seconds : seconds),
  );
}

describe('a span is split in the client’s zone', () => {
  test('at the edges of the day, to the second', () => {
    // 17:59:30 to 18:00:30 in Paris, in winter.
    expect(split('2026-03-02T16:59:30Z', '2026-03-02T17:00:30Z', office)).toEqual([30, -30]);
  });

  test('at both ends and at the break between them', () => {
    const broken = hoursOf([
      { fromMinute: eight, toMinute: 720 },
      { fromMinute: 810, toMinute: six },
    ]);
    expect(split('2026-03-02T06:00:00Z', '2026-03-02T18:00:00Z', broken)).toEqual([
      -3600,
      4 * 3600,
      -5400,
      4.5 * 3600,
      -3600,
    ]);
  });

  test('before opening and after closing for no more than their own length', () => {
    expect(split('2026-03-02T17:30:00Z', '2026-03-02T18:30:00Z', office)).toEqual([-3600]);
    expect(split('2026-03-02T05:00:00Z', '2026-03-02T06:00:00Z', office)).toEqual([-3600]);
    expect(split('2026-03-02T17:00:00Z', '2026-03-02T18:00:00Z', office)).toEqual([-3600]);
    expect(split('2026-03-02T16:00:00Z', '2026-03-02T17:00:00Z', office)).toEqual([3600]);
  });

  test('over midnight and a weekend in one stretch', () => {
    expect(split('2026-03-06T16:00:00Z', '2026-03-09T08:00:00Z', office)).toEqual([
      3600,
      -(6 + 48 + 8) * 3600,
      3600,
    ]);
  });

  test('with a holiday wholly outside', () => {
    const holiday = hoursOf([{ fromMinute: eight, toMinute: six }], ['2026-03-03']);
    expect(split('2026-03-03T09:00:00Z', '2026-03-03T10:00:00Z', holiday)).toEqual([-3600]);
  });

  test('by the day there, not here: Sunday in Paris is still Saturday in New York', () => {
    const saturdays = hoursOf([], [], always);
    const sundaysOnly = { ...saturdays, week: [[], [], [], [], [], [], always] };
    const span = ['2026-03-01T02:00:00Z', '2026-03-01T03:00:00Z'] as const;
    expect(split(...span, sundaysOnly, 'Europe/Paris')).toEqual([3600]);
    expect(split(...span, sundaysOnly, 'America/New_York')).toEqual([-3600]);
  });

  test('by the clock there, though the same calendar was just asked for another zone', () => {
    const span = ['2026-03-02T12:00:00Z', '2026-03-02T13:00:00Z'] as const;
    expect(split(...span, office, 'Europe/Paris')).toEqual([3600]);
    expect(split(...span, office, 'America/New_York')).toEqual([-3600]);
    expect(split(...span, office, 'Europe/Paris')).toEqual([3600]);
  });

  test('where no hour is outside', () => {
    const open = hoursOf(always, [], always);
    expect(split('2026-03-27T12:00:00Z', '2026-03-30T12:00:00Z', open)).toEqual([72 * 3600]);
  });
});

describe('on a day with a change of clocks', () => {
  const night = hoursOf([], [], [{ fromMinute: 60, toMinute: 240 }]);

  test.each([
    ['Europe/Paris', '2026-03-29', 2 * 3600],
    ['Europe/Paris', '2026-10-25', 4 * 3600],
    ['America/New_York', '2026-03-08', 2 * 3600],
    ['America/New_York', '2026-11-01', 3 * 3600 + 3600],
  ])('in %s on %s, one to four by the wall clock lasts %d seconds', (zone, date, seconds) => {
    const noon = Date.parse(`${date}T12:00:00Z`);
    const parts = splitAtBusinessHours(noon - 86_400_000, noon, night, zone);
    const inside = parts.filter(({ isOutside }) => !isOutside);
    expect(inside.reduce((sum, part) => sum + part.seconds, 0)).toBe(seconds);
  });

  test('an opening at a time that the clocks skip begins where they jump to', () => {
    const skipped = hoursOf([], [], [{ fromMinute: 150, toMinute: 240 }]);
    // 02:30 does not exist on that day in Paris; the clocks go from 02:00 to 03:00, 01:00 in UTC.
    expect(split('2026-03-29T00:00:00Z', '2026-03-29T02:00:00Z', skipped)).toEqual([-5400, 1800]);
  });

  test('the ordinary day lasts as long as on any other, an hour earlier or later in UTC', () => {
    expect(split('2026-03-27T00:00:00Z', '2026-03-28T00:00:00Z', office)[1]).toBe(10 * 3600);
    expect(split('2026-03-30T06:00:00Z', '2026-03-30T16:00:00Z', office)).toEqual([10 * 3600]);
    expect(split('2026-10-26T07:00:00Z', '2026-10-26T17:00:00Z', office)).toEqual([10 * 3600]);
  });
});

describe('stretches are scaled when breaks were taken off', () => {
  const stretch = (seconds: number) => ({ seconds });

  test('in proportion', () => {
    expect(scaleStretches([stretch(3600), stretch(1800)], 2700)).toEqual([
      stretch(1800),
      stretch(900),
    ]);
  });

  test.each([
    [[1, 1, 1], 2],
    [[1000, 1, 1], 100],
    [[7, 11, 13, 17], 5],
    [[0.25, 0.75], 1],
    [[1, 0.5, 0.5], 2],
  ])('to whole seconds that come to the total: %j to %d', (parts, total) => {
    const scaled = scaleStretches(parts.map(stretch), total).map(({ seconds }) => seconds);
    expect(scaled.reduce((sum, seconds) => sum + seconds, 0)).toBe(total);
    expect(scaled.every((seconds) => Number.isInteger(seconds) && seconds > 0)).toBe(true);
  });

  test.each([
    [[7, 11, 13, 17], 5, [1, 1, 1, 2]],
    [[1, 1, 1], 2, [1, 1]],
    [[1, 1, 1, 5], 7, [1, 1, 1, 4]],
  ])(
    '%j to %d: the largest remainders get what is left over, earlier ones first',
    (parts, total, whole) => {
      const scaled = scaleStretches(parts.map(stretch), total);
      expect(scaled.map(({ seconds }) => seconds)).toEqual(whole);
    },
  );

  test('whose odd second goes to the earlier of two that lose alike, also by thirds of a second', () => {
    const scaled = scaleStretches([stretch(600), stretch(1500), stretch(600)], 1698);
    // 377⅓, 943⅓ and 377⅓.
    expect(scaled).toEqual([stretch(378), stretch(943), stretch(377)]);
  });

  test('not at all when they come to the total already', () => {
    expect(scaleStretches([stretch(10), stretch(20)], 30)).toEqual([stretch(10), stretch(20)]);
  });
});
