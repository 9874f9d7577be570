import { expect, test } from '@jest/globals';
import type { Accounting } from '../../src/config/loaded.ts';
import { type MonthRow, periodBefore } from '../../src/domain/revenue/account.ts';
import { emptyFigures } from '../../src/domain/revenue/movements.ts';
import { toJournals } from '../../src/reports/revenue/journal.ts';
import { toXeroCsv } from '../../src/reports/revenue/journal-csv.ts';
import { sumUpRevenue } from '../../src/reports/revenue/revenue.ts';
import type { MeasuredAccount, RevenueBlock } from '../../src/reports/revenue/revenue-source.ts';
import { revenueWordsIn } from '../../src/reports/revenue/revenue-words.ts';

const period = { from: '2026-04', to: '2026-06' };

interface Story {
  opening?: number;
  closing?: number;
  /** Days of purchases. */
  bought?: string[];
  soldBefore?: number;
  sold?: number;
  lowOn?: string | null;
}

function account(name: string, story: Story): MeasuredAccount {
  const { opening = 0, closing = 0, bought = [], soldBefore = 0, sold = 0, lowOn = null } = story;
  const blocks = bought.map((on, place): RevenueBlock => {
    return {
      ...{ id: `${name}-${place}`, clientId: name, source: 'purchase', currency: 'EUR' },
      ...{ amountMinor: null, rateMinor: 100, invoiced: null, offer: null, seconds: 3600 },
      ...{ purchasedOn: on, expiresOn: null, status: 'active', invoice: null, lowOn },
      ...{ orderedOn: on, paidOn: '2026-06-20' },
    };
  });
  const row: MonthRow = {
    ...{ month: '2026-05', currency: 'EUR', openingMinor: opening, ...emptyFigures(), sold },
    ...{ closingMinor: opening + sold, closingSeconds: 0 },
  };
  return {
    ...{ id: name, name, zone: 'Europe/Paris', blocks },
    revenue: {
      rows: [row],
      left: new Map([[`${name}-block`, { opening, closing, closingMinor: closing }]]),
      purchases: bought.map((on, place) => ({ blockId: `${name}-${place}`, on })),
      soldBefore: new Map([['EUR', soldBefore]]),
    },
  };
}

test('a client is retained if it held hours or bought before, and still does', () => {
  const accounts = [
    account('stays', { opening: 60, closing: 30, soldBefore: 1000, sold: 0 }),
    account('buys again', { bought: ['2026-02-01', '2026-05-02'], soldBefore: 500, sold: 900 }),
    account('left', { opening: 60, closing: 0, soldBefore: 500 }),
    account('long gone', { bought: ['2025-12-31'] }),
    account('new', { bought: ['2026-04-01', '2026-04-11', '2026-06-10'], sold: 9000 }),
  ];
  const { retention } = sumUpRevenue(accounts, period);
  expect(periodBefore(period)).toEqual({ from: '2026-01', to: '2026-03' });
  expect(retention).toMatchObject({ wasActive: 3, retained: 2, retainedPercent: 67 });
  // What the new client was sold says nothing about those that were there.
  expect(retention.money).toEqual([
    { currency: 'EUR', beforeMinor: 2000, minor: 900, percent: 45 },
  ]);
  expect(retention.clients.map((one) => [one.client, one.bought, one.medianDaysBetween])).toEqual([
    ['stays', 0, null],
    ['buys again', 1, 90],
    ['left', 0, null],
    ['new', 3, 10],
  ]);
});

test('days from the alert count only where there was one', () => {
  const accounts = [
    account('told', { bought: ['2026-06-10'], lowOn: '2026-06-07' }),
    account('never low', { bought: ['2026-06-11'] }),
  ];
  const { retention } = sumUpRevenue(accounts, period);
  expect(retention).toMatchObject({ medianDaysLowToOrdered: 3, medianDaysLowToPaid: 13 });
});

const accounting: Accounting = {
  ...{ deferredRevenue: 'D', revenue: 'R', breakage: 'B', receivable: 'A', refunds: 'F' },
  ...{ adjustments: 'X', taxRate: 'None', perClient: true, trackingCategory: 'Client' },
};

test('every kind of movement has two sides, in either direction', () => {
  const one = account('one', {});
  const [row] = one.revenue.rows;
  Object.assign(row ?? {}, {
    ...{ sold: 1, takenOver: 2, earned: 4, breakage: 8, refunded: 16, reversed: 32 },
    ...{ adjusted: -64, rolledOver: 0 },
  });
  const [journal] = toJournals(sumUpRevenue([one], period), accounting, revenueWordsIn('en'));
  const of = (account: string) =>
    journal?.lines.filter((line) => line.account === account).map(({ minor }) => minor);
  expect({ A: of('A'), R: of('R'), B: of('B'), F: of('F'), X: of('X') }).toEqual({
    ...{ A: [1, -32], R: [-4], B: [-8], F: [-16], X: [-64] },
  });
  // All but what was taken over.
  const moved = 1 - 4 - 8 - 16 - 32 - 64;
  expect(of('D')?.reduce((sum, minor) => sum + minor, 0)).toBe(-moved);
  expect(journal?.lines.reduce((sum, { minor }) => sum + minor, 0)).toBe(0);
});

test('a file that Xero would refuse is not written', () => {
  const accounts = Array.from({ length: 151 }, (_, place) => account(`c${place}`, { sold: 1 }));
  const report = sumUpRevenue(accounts, period);
  const journals = toJournals(report, accounting, revenueWordsIn('en'));
  expect(() => toXeroCsv(journals, accounting, () => 'n')).toThrow(/at most 300 lines.* 302/);
});
