import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import type { StepResult } from '../../src/service/run/step.ts';
import { client, entry, facts, openReportBench } from '../reports/report-bench.ts';
import { CliBench } from './cli-bench.ts';

const name = 'Dupont Plomberie et Chauffage de la Haute-Vallée SARL (Lyon)';
const key = 'ph:alert:dupont-plomberie-et:17d8e2b2832a';

const step: StepResult = {
  step: 'replenish',
  connection: 'connectwise',
  requests: 1234,
  rows: 78_000,
  changed: 77_000,
  quarantined: 1,
  posted: 44,
  messages: 5,
  delivered: 5,
  withheld: 1,
  failed: 1,
  differences: 0,
  durationMs: 1234,
  error: null,
};

async function benchWithLongNames(): Promise<CliBench> {
  const bench = await openReportBench(client({ name }));
  const at = '2026-03-01T08:00:00.000Z';
  const run = 'r-20260301T080000-ab12';
  await bench.store.startRun({ id: run, command: 'run pull debit', mode: 'live', at });
  await bench.buy(at, { id: 'b-4c054ee2c7', workTypes: ['Remote', 'Remote after hours'] });
  await bench.charge('2026-03-05T09:00:00.000Z', 'g1', facts([entry({ seconds: 8100 })]));
  const [ledger] = await bench.store.readLedgers([bench.client.id]);
  await bench.store.writeReplenish({
    at: '2026-03-05T10:00:00.000Z',
    runId: run,
    expected: ledger ? [ledger] : [],
    blocks: [],
    blockStatuses: [],
    postings: [],
    episodes: [],
    superseded: [],
    messages: [
      {
        key,
        kind: 'alert-ticket',
        clientId: bench.client.id,
        connection: 'psa',
        payload: '{}',
        afterKey: null,
        status: 'withheld',
      },
    ],
  });
  const reason = 'Time entry 48213 of Anke Peeters on ticket 5538 is longer than a day (30 h).';
  await bench.store.writePage({
    stream: 'timeEntries',
    rows: [],
    connection: 'psa',
    at,
    runId: 'r1',
    since: at,
    rejected: [{ sourceId: '48213', reason, row: null, vendorRow: {} }],
  });
  return new CliBench(bench, {
    runOnce: async () => ({ run: 'r-1', ok: true, stopped: false, steps: [step], exitCode: 0 }),
  });
}

const commands: [string, string[]][] = [
  ['run', ['replenish', 'connectwise', 'Requests', '78000', 'Quarantined', 'Delivered']],
  ['balances', ['7 h 45', 'from 17 Jun', '2026-03-05 (withheld)', 'Projected', 'Runs out']],
  ['balances dupont', ['b-4c054ee2c7 (Remote, Remote after hours)', '2026-03-01', 'Expires']],
  ['outbox list', [key, 'alert-ticket', 'withheld', '2026-03-05 10:00', 'Written']],
  ['quarantine list', ['48213', 'timeEntries', '2026-03-01', 'Reason']],
  ['report forecast --backtest', ['from 17 Jun', 'Forecasts', 'Too early', 'Too late']],
  ['undo', ['r-20260301T080000-ab12', 'run pull debit', '2026-03-01 08:00']],
];

test.each([40, 80, 120])(
  'a terminal of %i columns cuts nothing that is typed or compared',
  async (columns) => {
    const cli = await benchWithLongNames();
    for (const [command, values] of commands) {
      const { out } = await cli.run(command.split(' '), {
        isOutTerminal: true,
        columns,
        env: { NO_COLOR: '1' },
      });
      for (const value of values) expect(out).toContain(value);
      for (const cut of out.match(/\S+…/gu) ?? [])
        expect(`${name} longer than a`).toContain(cut.slice(0, -1));
    }
  },
);

test('names, the one thing to be shortened, are whole where the rows are stacked', async () => {
  const cli = await benchWithLongNames();
  const at = async (columns: number) =>
    (await cli.run(['balances'], { isOutTerminal: true, columns, env: { NO_COLOR: '1' } })).out;
  expect(await at(60)).toContain(`Client: ${name}\n  Settled: 7 h 45 · Projected: 7 h 45`);
  expect((await at(110)).split('\n')[1]).toMatch(/^Dupont Plomberie et .*… +7 h 45/);
});

test.each([40, 60, 80])(
  'status breaks its sentences at words on a terminal of %i columns',
  async (columns) => {
    const cli = await benchWithLongNames();
    const [pull, often] = ['*/10 * * * *', '*/2 * * * *'];
    cli.config = {
      store: join(import.meta.dirname, 'none.db'),
      schedule: { pull, debit: pull, replenish: pull, push: often, sweep: pull, reconcile: pull },
    };
    const { out, err } = await cli.run(['status'], {
      isOutTerminal: true,
      columns,
      env: { NO_COLOR: '1' },
    });
    expect(err).toBe('');
    const [before = ''] = out.split('\nStep');
    expect(before.split('\n').filter((line) => line.length > columns)).toEqual([]);
    const text = before.replace(/\s+/g, ' ');
    expect(text).toContain(
      'Run `prepaid-hours run` once, or `prepaid-hours start` for the service.',
    );
    expect(text).toContain('No service is running. It is 2026-04-10 12:00 (Europe/Paris)');
    expect(before).toMatch(/^(?:late|failed) +\S.*\n {7}\S/m);
  },
);
