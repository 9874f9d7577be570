import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { buildBalances } from '../../src/reports/balances/balances.ts';
import { readLeftClients } from '../../src/reports/notices/left-clients.ts';
import { recognizeClients } from '../../src/service/app/identify-clients.ts';
import { CoreBench, clientOf } from '../support/core-bench.ts';

let bench: CoreBench;
beforeEach(async () => {
  bench = await CoreBench.open();
  await work('1', 9);
});
afterEach(() => bench.close());

/** A closed ticket of so many hours for the company with this id in the PSA. */
async function work(companyId: string, hours: number) {
  const id = `${companyId}-${hours}`;
  bench.psa.ticket(id, { clientId: companyId });
  bench.psa.log(id, id, '2026-03-02T08:00:00.000Z', hours * 60);
  bench.psa.close(id);
  return bench.run();
}

const ids = (sourceId: string) => new Map([['psa', sourceId]]);

test('a client re-created in the PSA under its name keeps its ledger, and the admin is asked', async () => {
  await bench.configure([clientOf({ sourceIds: ids('2') })]);
  const result = await work('2', 2);
  expect(await bench.story()).toEqual(['+10 purchase', '-9 usage']);
  expect(result).toMatchObject({ ok: false });
  const error = result.steps.find(({ step }) => step === 'debit')?.error;
  expect(error).toMatch(/"Dupont" as psa: 2.*belongs to psa: 1.*formerIds: \{ psa: 1 \}/);
});

test('with its former id in the config it carries on: old work stays, new work is debited', async () => {
  await bench.configure([clientOf({ sourceIds: ids('2'), formerIds: ids('1') })]);
  expect(await work('2', 2)).toMatchObject({ ok: true });
  await work('1', 1);
  expect(await bench.hours()).toEqual([-2, 0]);
  expect(await bench.quarantine()).toEqual([]);
});

test('another name makes it a client of its own, and the old one is told with what it has left', async () => {
  const other = clientOf({ name: 'Dupont SA', sourceIds: ids('2'), openingBlocks: [] });
  await bench.configure([other]);
  expect(await bench.run()).toMatchObject({ ok: true });
  expect(await bench.hours('Dupont SA')).toEqual([0, 0]);
  const { app } = bench;
  expect(await readLeftClients(app.store, [other], app.clients)).toMatchObject([
    { name: 'Dupont', settledSeconds: 3600, overageSeconds: 0 },
  ]);
});

test('a name that is written with other capitals or accents is the same name', async () => {
  await bench.configure([clientOf({ name: 'DUPÔNT', sourceIds: ids('2') })]);
  expect(await bench.run()).toMatchObject({ ok: false });
  expect(bench.app.clients).toMatchObject([{ id: 'dupont', sourceIds: ids('1') }]);
});

test('a client whose PSA was replaced is asked about too, and waits without an id to send to', async () => {
  await bench.configure([clientOf({ sourceIds: new Map([['rmm', '7']]), pushTo: 'rmm' })]);
  expect(bench.app.clients).toEqual([]);
  expect(bench.app.questions).toMatchObject([{ kind: 'config' }]);
  const { store, config } = bench.app;
  expect(await recognizeClients(store, config.clients, () => null)).toMatchObject([
    { id: 'dupont' },
  ]);
});

test('two clients of one name, both in the config by their ids, are no question', async () => {
  const clients = [clientOf(), clientOf({ name: 'dupont ', sourceIds: ids('2') })];
  await bench.configure(clients);
  expect(bench.app.questions).toEqual([]);
  expect(bench.app.clients.map(({ id }) => id)).toEqual(['dupont', 'dupont-2']);
});

test('a client that left the config is warned of by every run and shown beside the balances', async () => {
  const martin = clientOf({ name: 'Martin', sourceIds: ids('3'), openingBlocks: [] });
  await bench.configure([martin]);
  await bench.run();
  await bench.run();
  const told = bench.logs.filter(({ message }) => message.includes('not in the config'));
  expect(told.map(({ message }) => message)).toEqual([
    '"Dupont" is not in the config but still has 1 h left.',
    '"Dupont" is not in the config but still has 1 h left.',
  ]);
  const { store, clients } = bench.app;
  const asOf = '2026-03-02T10:00:00.000Z';
  const report = await buildBalances(store, { shown: clients, all: clients, asOf });
  expect(report.leftClients).toMatchObject([{ name: 'Dupont', settledSeconds: 3600 }]);
});
