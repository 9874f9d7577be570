import { expect, test } from '@jest/globals';
import { sampleSize } from '../support/sample-size.ts';
import { isOverHttp, playSeed } from './play-seed.ts';
import { seedsFrom, tally } from './tally.ts';

// `npm run simulate -- --seed S` plays one of them again.
const seeds = seedsFrom(25, sampleSize({ short: 16, full: 120 }));

const kinds = [
  ...['clock-ahead', 'clock-back', 'crash', 'duplicate-page', 'expired-token', 'failed-write'],
  ...['hidden-rows', 'html', 'late-row', 'lost-answer', 'rate-limited', 'rejected-write'],
  ...['reordered-pages', 'second-instance-locked', 'second-instance-pushing'],
  ...['second-instance-renamed', 'second-instance-unlocked', 'server-error', 'torn-write'],
];

test('nothing is lost and nothing is done twice in any history, whatever goes wrong', async () => {
  const result = await tally(
    seeds.filter((seed) => !isOverHttp(seed)),
    (seed) => playSeed(seed),
  );
  expect(result.firstViolation).toBeNull();
  expect(result.violations).toBe(0);
  // That all of it did go wrong is part of the proof.
  expect(result.crashes).toBeGreaterThan(sampleSize({ short: 16, full: 120 }));
  expect(kinds).toEqual(expect.arrayContaining(Object.keys(result.faults)));
  const often = sampleSize({ short: 0, full: 3 });
  expect(kinds.filter((kind) => (result.faults[kind] ?? 0) < often)).toEqual([]);
  const payments = Object.entries(result.payments);
  expect(payments.filter(([, count]) => count < often)).toEqual([]);
}, 900_000);

test('nor in those that a real connector plays over HTTP', async () => {
  const result = await tally(seeds.filter(isOverHttp), (seed) => playSeed(seed));
  expect(result.firstViolation).toBeNull();
  expect(result).toMatchObject({ seeds: sampleSize({ short: 1, full: 3 }), violations: 0 });
  expect(result.crashes).toBeGreaterThan(sampleSize({ short: 0, full: 3 }));
}, 300_000);
