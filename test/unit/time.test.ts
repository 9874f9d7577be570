import { describe, expect, test } from '@jest/globals';
import {
  addDays,
  addMonths,
  addSeconds,
  dateInZone,
  daysBetween,
  earliest,
  instantFromText,
  startOfDay,
} from '../../src/domain/time.ts';

describe('an instant', () => {
  test.each([
    ['2026-03-02T10:00:00+01:00', '2026-03-02T09:00:00.000Z'],
    ['2026-03-02T09:00:00Z', '2026-03-02T09:00:00.000Z'],
    ['2026-03-02T09:00:00.1239Z', '2026-03-02T09:00:00.123Z'],
  ])('%s has one spelling', (text, instant) => {
    expect(instantFromText(text)).toBe(instant);
  });

  test.each(['2026-03-02T09:00:00', '2026-03-02', 'yesterday'])('%s is refused', (text) => {
    expect(() => instantFromText(text)).toThrow();
  });

  test('moves on by seconds', () => {
    expect(addSeconds('2026-03-02T23:59:59.000Z', 2)).toBe('2026-03-03T00:00:01.000Z');
  });
});

describe('a day', () => {
  test.each([
    ['Europe/Paris', '2026-03-03'],
    ['America/New_York', '2026-03-02'],
    ['Asia/Tokyo', '2026-03-03'],
  ])('is the one in %s', (zone, date) => {
    expect(dateInZone('2026-03-02T23:30:00.000Z', zone)).toBe(date);
  });

  test('begins at its first instant, also where midnight is skipped', () => {
    expect(startOfDay('2026-03-29', 'Europe/Paris')).toBe('2026-03-28T23:00:00.000Z');
    expect(startOfDay('2026-03-30', 'Europe/Paris')).toBe('2026-03-29T22:00:00.000Z');
    // In Beirut the clocks of that night go from 00:00 to 01:00.
    expect(startOfDay('2026-03-29', 'Asia/Beirut')).toBe('2026-03-28T22:00:00.000Z');
  });

  test('is counted on the calendar', () => {
    expect(addDays('2026-02-28', 1)).toBe('2026-03-01');
    expect(addMonths('2026-01-31', 1)).toBe('2026-02-28');
    expect(addMonths('2026-03-31', -1)).toBe('2026-02-28');
    expect(daysBetween('2026-03-28', '2026-03-30')).toBe(2);
  });
});

test('the earliest of several days is found wherever it stands; of none there is none', () => {
  expect(earliest(['2026-03-03', '2026-03-02', '2026-03-04'])).toBe('2026-03-02');
  expect(earliest(['2026-03-01', '2026-03-02'])).toBe('2026-03-01');
  expect(earliest([])).toBe('');
});
