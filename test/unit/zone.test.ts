import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { Temporal } from 'temporal-polyfill';
import { dateInZone, instantFromMs } from '../../src/domain/time.ts';
import { msFromWallClock, wallClockAt } from '../../src/domain/zone.ts';

describe('wall clocks', () => {
  const zones = ['Europe/Paris', 'America/New_York', 'Australia/Lord_Howe', 'Asia/Kolkata', 'UTC'];
  const around2026 = fc.integer({
    min: Date.UTC(2025, 9, 1) / 60_000,
    max: Date.UTC(2027, 4, 1) / 60_000,
  });

  test.each([...zones, 'Pacific/Apia', 'America/Sao_Paulo'])('%s: as Temporal has them', (zone) => {
    // Apia skipped the 30th of December 2011; São Paulo kept summer time, from midnight, until 2019.
    const then = fc.integer({
      min: Date.UTC(2011, 11, 20) / 60_000,
      max: Date.UTC(2012, 10, 1) / 60_000,
    });
    const zoned = (ms: number) =>
      Temporal.Instant.fromEpochMilliseconds(ms).toZonedDateTimeISO(zone);
    fc.assert(
      fc.property(fc.oneof(around2026, then), (minutes) => {
        const ms = minutes * 60_000;
        const shown = zoned(ms);
        expect(wallClockAt(ms, zone)).toBe(ms + shown.offsetNanoseconds / 1e6);
        expect(dateInZone(instantFromMs(ms), zone)).toBe(shown.toPlainDate().toString());
        const asIfUtc = Temporal.Instant.fromEpochMilliseconds(ms).toZonedDateTimeISO('UTC');
        const instant = asIfUtc.toPlainDateTime().toZonedDateTime(zone).epochMilliseconds;
        expect(msFromWallClock(ms, zone)).toBe(instant);
      }),
      { numRuns: 400 },
    );
  });

  test.each([
    ['skipped, and moved on', 'Europe/Paris', '2026-03-29T02:30', '2026-03-29T01:30'],
    [
      'shown twice, and the first of the two',
      'Europe/Paris',
      '2026-10-25T02:30',
      '2026-10-25T00:30',
    ],
    ['skipped, and moved on', 'America/New_York', '2026-03-08T02:30', '2026-03-08T07:30'],
    ['shown twice, and the first', 'America/New_York', '2026-11-01T01:30', '2026-11-01T05:30'],
    ['shown once, just after both', 'Europe/Paris', '2026-10-25T03:00', '2026-10-25T02:00'],
  ])('a time that is %s: %s, %s', (_, zone, shown, instant) => {
    expect(msFromWallClock(Date.parse(`${shown}Z`), zone)).toBe(Date.parse(`${instant}Z`));
  });

  test('at the very second of a change of the clocks', () => {
    for (const instant of ['2026-03-29T01:00:00.000Z', '2026-10-25T01:00:00.000Z']) {
      for (const ms of [-1000, 0, 1000].map((offset) => Date.parse(instant) + offset)) {
        const zoned = Temporal.Instant.fromEpochMilliseconds(ms).toZonedDateTimeISO('Europe/Paris');
        expect(wallClockAt(ms, 'Europe/Paris') - ms).toBe(zoned.offsetNanoseconds / 1e6);
      }
    }
  });
});
