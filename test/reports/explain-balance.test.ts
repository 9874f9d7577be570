import { expect, test } from '@jest/globals';
import type { Locale } from '../../src/domain/format.ts';
import {
  type BalanceExplanation,
  explainBalance,
} from '../../src/reports/explain/explain-balance.ts';
import { buildStatement } from '../../src/reports/statement/statement.ts';
import { entry, facts, openReportBench, type ReportBench } from './report-bench.ts';

async function ask(
  bench: ReportBench,
  on: string,
  locale: Locale = 'en',
): Promise<BalanceExplanation> {
  return explainBalance(bench.store, { client: bench.client, on, locale });
}

/** February: 2 h bought, 1 h used. March: an hour corrected to 4 h, 3 h bought, 15 minutes taken. */
async function benchWithTwoMonths(): Promise<ReportBench> {
  const bench = await openReportBench();
  await bench.buy('2026-02-01T08:00:00.000Z', { seconds: 7200 });
  await bench.charge('2026-02-10T09:00:00.000Z', 'g1', facts([entry()]));
  await bench.charge('2026-03-05T09:00:00.000Z', 'g1', facts([entry({ seconds: 14_400 })]));
  await bench.buy('2026-03-10T08:00:00.000Z', { id: 'b-2', seconds: 10_800 });
  await bench.adjust('2026-03-20T08:00:00.000Z', -900, 'Forgotten call');
  return bench;
}

test('a balance on a date is explained block by block, and adds up', async () => {
  const bench = await benchWithTwoMonths();
  const explanation = await ask(bench, '2026-03-15');
  expect(explanation.title).toBe(
    'How the balance of Dupont Plomberie at the end of 15 March 2026 is made up',
  );
  expect(explanation.steps).toEqual([
    {
      title: 'Block b-1: 2 h at €120.00 per hour, bought 1 February 2026',
      lines: [
        'At the start of 1 March 2026: 1 h',
        'Reversal: +1 h (one posting)',
        'Work: -2 h (one posting)',
        'At the end of the day: 0 h',
      ],
    },
    {
      title: 'Block b-2: 3 h at €120.00 per hour, bought 10 March 2026',
      lines: [
        'At the start of 1 March 2026: 0 h',
        'Hours bought: +3 h (one posting)',
        'Overage paid by a block: -2 h (one posting)',
        'At the end of the day: 1 h',
      ],
    },
    {
      title: 'Used beyond the blocks',
      lines: [
        'At the start of 1 March 2026: 0 h',
        'Used beyond the blocks: +2 h (one posting)',
        'Overage paid by a block: -2 h (one posting)',
        'At the end of the day: 0 h',
      ],
    },
    {
      title: 'Balance',
      lines: ['Left in blocks: 1 h', 'Used beyond the blocks: 0 h', 'Balance: 1 h'],
    },
  ]);
});

test.each(['2026-02', '2026-03', '2026-04'])(
  'at both ends of %s it is what the statement says',
  async (month) => {
    const bench = await benchWithTwoMonths();
    const { client } = bench;
    const now = '2026-06-01T00:00:00.000Z';
    const statement = await buildStatement(bench.store, { client, month, locale: 'en', now });
    const explanation = await ask(bench, statement.lastOn);
    expect(explanation.closing).toEqual(statement.closing);
    expect(explanation.openingSeconds).toBe(statement.opening.netSeconds);
  },
);

test('the day ends when the client’s does, not the system’s', async () => {
  const bench = await openReportBench({ timezone: 'America/New_York' });
  await bench.buy('2026-03-01T08:00:00.000Z');
  // Half past three in the morning in UTC is still the evening of the fourth in New York.
  await bench.charge('2026-03-05T03:30:00.000Z', 'g1', facts([entry()]));
  expect((await ask(bench, '2026-03-03')).closing.netSeconds).toBe(36_000);
  expect((await ask(bench, '2026-03-04')).closing.netSeconds).toBe(32_400);
});

test('the same in French, overage still open', async () => {
  const bench = await openReportBench();
  await bench.charge('2026-03-05T09:00:00.000Z', 'g1', facts([entry()]));
  const { title, steps, closing } = await ask(bench, '2026-03-31', 'fr');
  expect(title).toBe('Détail du solde de Dupont Plomberie à la fin du 31 mars 2026');
  expect(steps[0]?.lines[1]).toMatch(/\u00a0: \+1 h \(une écriture\)$/);
  expect(closing).toEqual({
    settledSeconds: 0,
    overageSeconds: 3600,
    netSeconds: -3600,
    money: [],
  });
});

test('a date before anything was posted has nothing to tell but the balance', async () => {
  const bench = await benchWithTwoMonths();
  const { parts, steps } = await ask(bench, '2025-12-31');
  expect(parts).toEqual([]);
  expect(steps).toHaveLength(1);
});
