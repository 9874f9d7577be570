import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import type { Accounting } from '../../src/config/loaded.ts';
import type { RevenueReport } from '../../src/reports/revenue/revenue.ts';
import {
  entry,
  facts,
  makeFolder,
  openReportBench,
  type ReportBench,
} from '../reports/report-bench.ts';
import { CliBench } from './cli-bench.ts';

const accounting: Accounting = {
  deferredRevenue: '2150',
  revenue: '4000',
  breakage: '4010',
  receivable: '1100',
  refunds: '2160',
  adjustments: '6200',
  taxRate: 'Tax Exempt',
  perClient: false,
  trackingCategory: 'Client',
};

/**
 * Ten hours at 120.00 sold in January; 1 h used in February and a block of 2 h at 100.00 taken over;
 * in March another 20 min, corrected work, and the old block expires.
 */
async function playQuarter(bench: ReportBench): Promise<void> {
  await bench.buy('2026-01-10T09:00:00.000Z', { id: 'b-sold', source: 'manual' });
  const old = { id: 'b-old', seconds: 7200, rateMinor: 10_000, expiresOn: '2026-03-20' };
  await bench.buy('2026-02-01T09:00:00.000Z', { ...old, priority: 5 });
  await bench.charge('2026-02-10T09:00:00.000Z', 'g1', facts([entry()]));
  // Half past midnight in Paris: already March there.
  await bench.charge('2026-02-28T23:30:00.000Z', 'g2', facts([entry({ seconds: 1200 })]));
  await bench.charge('2026-03-05T09:00:00.000Z', 'g1', facts([entry({ seconds: 1800 })]));
  await bench.expire('2026-03-21T09:00:00.000Z', 'b-old');
}

async function openCli(): Promise<CliBench> {
  const bench = await openReportBench();
  await playQuarter(bench);
  return new CliBench(bench);
}

const quarter = ['--from', '2026-01', '--to', '2026-03'];

test('each month opens where the one before closed, and ties to the blocks to the cent', async () => {
  const cli = await openCli();
  const report = (await cli.json(['report', 'revenue', ...quarter])) as RevenueReport;
  expect(report.currencies[0]?.months).toMatchObject([
    { month: '2026-01', openingMinor: 0, sold: 120_000, earned: 0, closingMinor: 120_000 },
    // An hour.
    {
      month: '2026-02',
      openingMinor: 120_000,
      takenOver: 20_000,
      earned: 12_000,
      closingMinor: 128_000,
    },
    // Half an hour, and half of the hour in February back: nothing in all. Two hours are lost.
    { month: '2026-03', openingMinor: 128_000, earned: 0, breakage: 20_000, closingMinor: 108_000 },
  ]);
  expect(report.currencies[0]?.total).toMatchObject({ openingMinor: 0, closingMinor: 108_000 });
  expect(report.currencies[0]?.total.closingSeconds).toBe(9 * 3600);
});

test('the rows of a month add up to its total, in the file as on the terminal', async () => {
  const cli = await openCli();
  const { out } = await cli.run(['report', 'revenue', ...quarter, '--format', 'csv']);
  const [head = '', ...rows] = out.trim().split('\r\n');
  expect(head).toMatch(/^month,currency,client,client_id,opening_deferred,sold,taken_over,/);
  expect(rows).toContain(
    '2026-02,EUR,Dupont Plomberie,dupont-plomberie,1200.00,0.00,200.00,120.00,0.00,0.00,0.00,0.00,0.00,1280.00,39600',
  );
  expect(rows).toContain(
    '2026-02,EUR,,,1200.00,0.00,200.00,120.00,0.00,0.00,0.00,0.00,0.00,1280.00,39600',
  );
  const shown = await cli.run(['report', 'revenue', ...quarter]);
  expect(shown.out).toMatch(
    /Month +Opening +Sold +Taken over +Earned +Expired +Closing +Hours left/,
  );
  expect(shown.out).toMatch(/March 2026 +1,280\.00 +200\.00 +1,080\.00 +9 h/);
});

test('a report that does not tie to the balances of the database is refused', async () => {
  const cli = await openCli();
  const { store } = cli.bench;
  const readBalancesAt: typeof store.readBalancesAt = async (...args) => {
    const sums = await store.readBalancesAt(...args);
    return sums.map((sum) => ({ ...sum, closingSeconds: sum.closingSeconds + 1 }));
  };
  Object.assign(cli.bench, { store: { ...store, readBalancesAt } });
  const { exitCode, out, err } = await cli.run(['report', 'revenue', ...quarter]);
  expect({ exitCode, out }).toEqual({ exitCode: 1, out: '' });
  expect(err).toContain(
    'Revenue does not tie to the ledger: block b-old holds 0 and 1, not 0 and 0',
  );
});

test('a journal for QuickBooks has one side per line and balances', async () => {
  const cli = await openCli();
  cli.config = { accounting, locale: 'en-US' };
  const asked = ['report', 'revenue', ...quarter, '--format', 'journal-quickbooks'];
  const { out, err } = await cli.run(asked);
  expect(out.trim().split('\r\n')).toEqual([
    'Journal No.,Journal Date,Currency,Account Name,Debits,Credits,Description,Name',
    'PH-2026-01-EUR,01/31/2026,EUR,1100,1200.00,,Sold,',
    'PH-2026-01-EUR,01/31/2026,EUR,2150,,1200.00,Sold,',
    'PH-2026-02-EUR,02/28/2026,EUR,2150,120.00,,Earned,',
    'PH-2026-02-EUR,02/28/2026,EUR,4000,,120.00,Earned,',
    'PH-2026-03-EUR,03/31/2026,EUR,2150,200.00,,Expired,',
    'PH-2026-03-EUR,03/31/2026,EUR,4010,,200.00,Expired,',
  ]);
  expect(err).toContain('€200.00 of hours taken over at go-live');
});

test('a journal for Xero has signed amounts, a tax rate and a tracking option per client', async () => {
  const cli = await openCli();
  cli.config = { accounting: { ...accounting, perClient: true, receivable: undefined } };
  const { out } = await cli.run(['report', 'revenue', ...quarter, '--format', 'journal-xero']);
  expect(out.trim().split('\r\n')).toEqual([
    '*Narration,*Date,Description,*AccountCode,*TaxRate,*Amount,TrackingName1,TrackingOption1,TrackingName2,TrackingOption2',
    '"Prepaid hours, February 2026, EUR",28/02/2026,Earned,2150,Tax Exempt,120.00,Client,Dupont Plomberie,,',
    '"Prepaid hours, February 2026, EUR",28/02/2026,Earned,4000,Tax Exempt,-120.00,Client,Dupont Plomberie,,',
    '"Prepaid hours, March 2026, EUR",31/03/2026,Expired,2150,Tax Exempt,200.00,Client,Dupont Plomberie,,',
    '"Prepaid hours, March 2026, EUR",31/03/2026,Expired,4010,Tax Exempt,-200.00,Client,Dupont Plomberie,,',
  ]);
});

test('what Xero would book in the wrong currency is left out, and named', async () => {
  const cli = await openCli();
  await cli.bench.buy('2026-03-22T09:00:00.000Z', {
    id: 'b-usd',
    currency: 'USD',
    source: 'manual',
  });
  cli.config = { accounting };
  const { out, err } = await cli.run(['report', 'revenue', ...quarter, '--format', 'journal-xero']);
  expect(out).not.toContain('USD');
  expect(err).toContain('Not in the file: USD.');
});

test.each([
  ['without accounts', null, quarter, 'has no accounts for journals', 'Add `accounting:`'],
  [
    'of a month that is not over',
    accounting,
    ['--to', '2026-04'],
    '2026-04 is not over',
    '--to 2026-03',
  ],
  [
    'of no month',
    accounting,
    ['--from', '2026-03', '--to', '2026-02'],
    'is after',
    '--from and --to',
  ],
])('a journal %s is refused', async (_, accounts, period, fault, fix) => {
  const cli = await openCli();
  cli.config = { accounting: accounts };
  const asked = ['report', 'revenue', ...period, '--format', 'journal-xero'];
  const { exitCode, out, err } = await cli.run(asked);
  expect({ exitCode, out }).toEqual({ exitCode: 2, out: '' });
  expect(err).toContain(fault);
  expect(err).toContain(fix);
});

test.each([
  ['en', 'Roll-forward of deferred revenue, EUR', 'Retention and recharge', '1,080.00'],
  ['fr', 'Évolution des produits constatés d’avance, EUR', 'Fidélité et recharge', '1 080,00'],
] as const)('the page is in the language of the config: %s', async (locale, ...texts) => {
  const cli = await openCli();
  cli.config = { locale };
  const file = join(makeFolder(), 'revenue.html');
  const { out } = await cli.run(['report', 'revenue', ...quarter, '--out', file]);
  expect(out).toBe(`Wrote ${file}.\n`);
  const page = readFileSync(file, 'utf8').replaceAll(/[\u00a0\u202f]/g, ' ');
  for (const text of texts) expect(page).toContain(text);
  expect(page).not.toMatch(/undefined|NaN|is not over/);
});
