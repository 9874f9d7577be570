import { describe, expect, test } from '@jest/globals';
import { Calendar, toBusinessHours } from '../../src/config/schema/business-hours.ts';
import { splitAtBusinessHours } from '../../src/domain/charges/calendar.ts';

function faults(calendar: Record<string, string>): string[] {
  return (Calendar.safeParse(calendar).error?.issues ?? []).map((issue) => issue.message);
}

describe('days', () => {
  test('are ranges, single days and lists, over the end of the week too', () => {
    const { week } = Calendar.parse({
      'sun-mon': '10:00-24:00',
      'wed,fri': '9:30-10:00',
      tue: '00:00-01:00',
    });
    expect(
      week.map((day) => day.map(({ fromMinute, toMinute }) => `${fromMinute}-${toMinute}`).join()),
    ).toEqual(['600-1440', '0-60', '570-600', '', '570-600', '', '600-1440']);
  });

  test.each([
    [{ 'monday-fri': '08:00-18:00' }, 'unknown day "monday"; did you mean "mon"?'],
    [{ 'mon-wed-fri': '08:00-18:00' }, '"mon-wed-fri" is not a day or range of days'],
    [{ 'mon-fri': '08:00-12:00', fri: '13:00-14:00' }, 'fri is listed twice; keep one'],
    [{ holidays: 'FR' }, 'no days; add, for example, mon-fri: "08:00-18:00"'],
    [{ mon: '8-12' }, '"8-12" is not a list of times'],
    [{ mon: '08:00-24:01' }, '"08:00-24:01" is not a list of times'],
    [{ mon: '22:00-06:00' }, '"22:00-06:00" ends before it starts; split hours past midnight'],
    [{ mon: '08:00-12:00, 11:00-13:00' }, 'overlap or are out of order'],
    [{ mon: '08:00-12:00', holidays: 'XX' }, '"XX" is not a country with known holidays'],
    [
      { mon: '08:00-12:00', holidays: 'DE-XX' },
      '"DE-XX" is not a known region of Deutschland; use DE, DE-BB',
    ],
    [
      { mon: '08:00-12:00', holidays: 'DE-BY-XX' },
      '"DE-BY-XX" is not a known area of Deutschland; use DE-BY, DE-BY-A',
    ],
  ])('%j is a fault', (calendar, expected) => {
    expect(faults(calendar as Record<string, string>)).toEqual([expect.stringContaining(expected)]);
  });
});

describe('holidays', () => {
  const isHoliday = (holidays: string, date: string) => {
    return toBusinessHours('x', Calendar.parse({ mon: '08:00-12:00', holidays })).isHoliday(date);
  };

  test('are the public ones of the country', () => {
    expect(isHoliday('FR', '2026-05-01')).toBe(true);
    expect(isHoliday('FR', '2026-05-04')).toBe(false);
    // Mothers' day and the like are observed, not days off.
    expect(isHoliday('FR', '2026-05-31')).toBe(false);
  });

  test('are those of the region and the town', () => {
    expect(isHoliday('DE', '2026-01-06')).toBe(false);
    expect(isHoliday('DE-BY', '2026-01-06')).toBe(true);
    expect(isHoliday('DE-BY-A', '2026-08-08')).toBe(true);
    expect(isHoliday('DE-BY', '2026-08-08')).toBe(false);
  });

  test('may last several days and leave out those that begin at noon', () => {
    expect(['2026-03-20', '2026-03-22', '2026-03-23'].map((date) => isHoliday('EG', date))).toEqual(
      [true, true, false],
    );
    expect(isHoliday('CN', '2026-03-08')).toBe(false);
    // The feast of four days that began on 31 December 2006.
    expect(isHoliday('EG', '2007-01-03')).toBe(true);
    expect(isHoliday('EG', '2007-01-04')).toBe(false);
  });

  test('are none unless a country is named', () => {
    expect(
      toBusinessHours('x', Calendar.parse({ mon: '08:00-12:00' })).isHoliday('2026-01-01'),
    ).toBe(false);
  });
});

describe('days of one’s own', () => {
  const days = {
    'mon-fri': '09:00-17:00',
    closed: ['2026-12-24', '2026-08-03 to 2026-08-14'],
    special: { '2026-12-31': '09:00-12:00', '2026-12-25': '10:00-11:00' },
    holidays: ['FR', 'DE-BY', '2026-11-02'],
    timezone: 'Asia/Tokyo',
  };

  test('are closed singly and in ranges, beside the holidays of several places', () => {
    const { isHoliday } = toBusinessHours('x', Calendar.parse(days));
    const closed = [
      '2026-12-24',
      '2026-08-03',
      '2026-08-14',
      '2026-07-14',
      '2026-01-06',
      '2026-11-02',
    ];
    expect(closed.filter((date) => !isHoliday(date))).toEqual([]);
    expect(['2026-12-23', '2026-08-15', '2026-08-02', '2026-11-03'].map(isHoliday)).toEqual([
      false,
      true,
      false,
      false,
    ]);
  });

  test('have hours of their own, in the calendar’s zone, though they are holidays', () => {
    const office = toBusinessHours('x', Calendar.parse(days));
    const split = (from: string, to: string) =>
      splitAtBusinessHours(Date.parse(from), Date.parse(to), office, 'Europe/Paris');
    // From 11:00 to 13:00 in Tokyo.
    expect(split('2026-12-31T02:00:00Z', '2026-12-31T04:00:00Z')).toEqual([
      { seconds: 3600, isOutside: false },
      { seconds: 3600, isOutside: true },
    ]);
    expect(split('2026-12-25T01:00:00Z', '2026-12-25T02:00:00Z')).toEqual([
      { seconds: 3600, isOutside: false },
    ]);
  });

  test.each([
    [{ closed: ['2026-02-30'] }, '"2026-02-30" is neither a date'],
    [{ closed: ['2026-08-14 to 2026-08-03'] }, 'nor a date range'],
    [{ special: { '2026-13-01': '09:00-12:00' } }, '2026-13-01: this is not a valid date'],
    [{ special: { '2026-12-31': '9-12' } }, '2026-12-31: "9-12" is not a list of times'],
    [
      { timezone: 'Europe/Pariss' },
      'is not a valid time zone; use an IANA name such as Europe/Paris',
    ],
    [{ closd: '09:00-10:00' }, 'unknown day "closd"; did you mean "closed"?'],
  ])('%j is a fault', (wrong, expected) => {
    const issues = Calendar.safeParse({ mon: '08:00-12:00', ...wrong }).error?.issues ?? [];
    expect(issues.map(({ message }) => message)).toEqual([expect.stringContaining(expected)]);
  });
});
