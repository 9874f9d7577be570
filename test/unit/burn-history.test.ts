import { describe, expect, test } from '@jest/globals';
import type { SpendableBlock } from '../../src/domain/blocks/allocation.ts';
import { burnHistoryFrom, forecastBlocks } from '../../src/domain/forecast/burn-history.ts';
import { forecastRunOut } from '../../src/domain/forecast/forecast.ts';
import { addDays } from '../../src/domain/time.ts';

const hour = 3600;
const today = '2026-06-29';
const dupont = { timezone: 'Europe/Paris', startOn: null };

describe('what a client used', () => {
  const usage = {
    debited: [
      { workedOn: '2026-06-01', seconds: 3600 },
      { workedOn: '2026-06-02', seconds: 60 },
    ],
    // Already the second of June in Paris.
    pending: [{ startedAt: '2026-06-01T22:30:00.000Z', seconds: 7 }],
  };

  test('is debited and pending work together, by the day in the client’s zone', () => {
    const { usedByDay } = burnHistoryFrom(usage, dupont, [], today);
    expect([...usedByDay]).toEqual([
      ['2026-06-01', 3600],
      ['2026-06-02', 67],
    ]);
  });

  test.each([
    ['the day that the config names', '2026-05-01', ['2026-02-01'], '2026-05-01'],
    ['else the purchase of the first block', null, ['2026-04-01', '2026-02-01'], '2026-02-01'],
    ['else as far back as a forecast looks, half a year', null, [], '2025-12-29'],
  ])('is counted from: %s', (_, startOn, purchases, startedOn) => {
    const blocks = purchases.map((purchasedOn) => ({ purchasedOn }));
    const history = burnHistoryFrom(usage, { ...dupont, startOn }, blocks, today);
    expect(history).toMatchObject({ startedOn, today });
  });
});

test('blocks run out in burn order, and a void one is none', () => {
  const usedByDay = new Map(
    Array.from({ length: 182 }, (_, day) => [addDays(today, -1 - day), hour] as const),
  );
  const history = { usedByDay, startedOn: '2025-01-01', today };
  const block = (id: string, hours: number, fields: Partial<SpendableBlock>): SpendableBlock => ({
    id,
    priority: 0,
    expiresOn: null,
    purchasedOn: '2026-01-01',
    workTypes: null,
    remainingSeconds: hours * hour,
    remainingMinor: null,
    currency: 'EUR',
    isActive: true,
    shares: new Map(),
    ...fields,
  });
  const blocks = [
    block('last', 20, { priority: 2 }),
    block('first', 10, { priority: 1, expiresOn: '2026-07-08' }),
    block('void', 100, { isActive: false }),
  ];
  const lots = [
    { seconds: 10 * hour, expiresOn: '2026-07-08' },
    { seconds: 20 * hour, expiresOn: null },
  ];
  expect(forecastBlocks(history, blocks, hour)).toEqual(
    forecastRunOut(history, { lots, owedSeconds: hour }),
  );
});
