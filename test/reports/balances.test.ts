import { expect, test } from '@jest/globals';
import { balancesToJson, buildBalances } from '../../src/reports/balances/balances.ts';
import { entry, facts, openReportBench, type ReportBench } from './report-bench.ts';

const asOf = '2026-04-10T10:00:00.000Z';

function balancesOf({ store, client }: ReportBench) {
  return buildBalances(store, { shown: [client], all: [client], asOf });
}

test('settled, pending, projected and overage are told apart', async () => {
  const bench = await openReportBench();
  await bench.buy('2026-03-01T08:00:00.000Z', { seconds: 3600 });
  await bench.charge('2026-03-05T09:00:00.000Z', 'g1', facts([entry({ seconds: 5400 })]));
  await bench.buy('2026-03-06T08:00:00.000Z', { id: 'b-2', seconds: 7200, status: 'active' });
  await bench.store.writeDebits({
    at: asOf,
    runId: 'r1',
    expected: [],
    charges: [],
    postings: [],
    groups: [bench.group({ groupKey: 'g2', status: 'pending', pendingSeconds: 900 })],
    removedGroupKeys: [],
    entryGroups: [],
    dirtySeqs: [],
    warnings: [],
  });
  const report = await balancesOf(bench);
  expect(report.clients).toMatchObject([
    {
      settledSeconds: 5400,
      pendingSeconds: 900,
      overageSeconds: 0,
      projectedSeconds: 4500,
      lastAlert: null,
    },
  ]);
  await bench.adjust('2026-04-09T08:00:00.000Z', -9000, 'Lost visit');
  const [overdrawn] = (await balancesOf(bench)).clients;
  expect(overdrawn).toMatchObject({
    settledSeconds: 0,
    overageSeconds: 3600,
    projectedSeconds: -4500,
    runOut: { runOutOn: '2026-04-10', latestOn: '2026-04-10' },
  });
});

test('the JSON document has the agreed shape', async () => {
  const bench = await openReportBench();
  await bench.buy('2026-03-01T08:00:00.000Z', { seconds: 23_400, expiresOn: '2026-12-31' });
  const json = balancesToJson(await balancesOf(bench));
  expect(json).toEqual({
    asOf,
    salesQuestions: [],
    messages: { waiting: 0, refused: 0 },
    reconciled: null,
    names: [],
    leftClients: [],
    clients: [
      {
        client: 'Dupont Plomberie',
        ids: { psa: '1234' },
        settledSeconds: 23_400,
        pendingSeconds: 0,
        projectedSeconds: 23_400,
        overageSeconds: 0,
        money: [],
        paidBy: null,
        markedAsToldAt: null,
        runOutOn: null,
        runOutEarliestOn: null,
        runOutLatestOn: null,
        blocks: [
          {
            id: 'b-1',
            hours: 6.5,
            amountMinor: null,
            rateMinor: 12_000,
            currency: 'EUR',
            purchasedOn: '2026-03-01',
            expiresOn: '2026-12-31',
            remainingSeconds: 23_400,
            remainingMinor: null,
            status: 'active',
            purpose: null,
            followedBy: null,
          },
        ],
      },
    ],
  });
});

test('a block is active, used up, or past its last day', async () => {
  const bench = await openReportBench();
  await bench.buy('2026-03-01T08:00:00.000Z', { id: 'b-1', seconds: 3600, priority: 0 });
  await bench.buy('2026-03-01T08:00:00.000Z', { id: 'b-2', priority: 1, expiresOn: '2026-04-09' });
  await bench.buy('2026-03-01T08:00:00.000Z', { id: 'b-3', priority: 2, expiresOn: '2026-04-10' });
  await bench.charge('2026-03-05T09:00:00.000Z', 'g1', facts([entry()]));
  const [balance] = (await balancesOf(bench)).clients;
  const statuses = balance?.blocks.map((block) => [block.id, block.shownStatus]);
  expect(Object.fromEntries(statuses ?? [])).toEqual({
    'b-1': 'used-up',
    'b-2': 'expired',
    'b-3': 'active',
  });
});

test('the run-out counts charges that stand by the day of work, and what is pending, and no adjustment', async () => {
  const bench = await openReportBench();
  await bench.buy('2026-01-05T08:00:00.000Z', { seconds: 360_000, purchasedOn: '2025-01-01' });
  await bench.charge('2026-03-05T09:00:00.000Z', 'g1', facts([entry({ seconds: 90 * 3600 })]));
  await bench.charge('2026-03-06T09:00:00.000Z', 'g1', facts([entry({ seconds: 45 * 3600 })]));
  await bench.charge('2026-03-06T10:00:00.000Z', 'g2', facts([entry()]));
  await bench.charge('2026-03-06T11:00:00.000Z', 'g2', null);
  const usage = await bench.store.readUsage([bench.client.id], '2026-03-04');
  expect(usage).toEqual({
    debited: [{ workedOn: '2026-03-04', seconds: 45 * 3600 }],
    pending: [],
  });
  expect(await bench.store.readUsage([bench.client.id], '2026-03-05')).toEqual({
    debited: [],
    pending: [],
  });
  const before = (await balancesOf(bench)).clients[0];
  await bench.adjust('2026-03-07T09:00:00.000Z', -45 * 3600, 'Not work');
  const after = (await balancesOf(bench)).clients[0];
  expect((after?.runOut?.runOutOn ?? '') < (before?.runOut?.runOutOn ?? '')).toBe(true);
});
