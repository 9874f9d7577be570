/** Wall-clock texts around changes of the clocks, held against a calendar that shares no code with ours. */
import { expect, test } from '@jest/globals';
import { Temporal } from 'temporal-polyfill';
import { readingsOf, spansOf } from '../../../connectors/atera/wall-clock.ts';
import { wallText } from '../../sandbox/atera/state.ts';

const quarterMs = 15 * 60_000;

/** Half an hour at Lord Howe, at midnight in Havana; the others as most do. */
test.each([
  'Europe/Paris',
  'America/New_York',
  'America/Havana',
  'Australia/Lord_Howe',
  'Africa/Casablanca',
  'Pacific/Auckland',
])('no true meaning is missed around the changes of the clocks: %s', (zone) => {
  let change = Temporal.Instant.from('2024-01-01T00:00Z').toZonedDateTimeISO(zone);
  for (let changes = 0; changes < 4; changes += 1) {
    const next = change.getTimeZoneTransition('next');
    if (next === null) throw new Error(`The clocks of ${zone} do not change.`);
    change = next;
    for (let quarter = -10; quarter <= 10; quarter += 1) {
      const startMs = change.epochMilliseconds + quarter * quarterMs;
      const start = wallText(startMs, zone);
      const readings = readingsOf(start, zone);
      expect(readings).toContain(new Date(startMs).toISOString());
      for (const reading of readings) expect(wallText(Date.parse(reading), zone)).toBe(start);
      for (const seconds of [0, 1, 1799, 3600, 5401, 9000]) {
        const spans = spansOf(start, wallText(startMs + seconds * 1000, zone), zone);
        expect(spans.map((span) => span.seconds)).toContain(seconds);
      }
    }
  }
});
