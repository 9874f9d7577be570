import { readdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { afterEach, expect, test } from '@jest/globals';
import type { Agreement, ReplenishRule } from '../../src/domain/agreements/terms.ts';
import { instantFromMs } from '../../src/domain/time.ts';
import { buildBalances } from '../../src/reports/balances/balances.ts';
import { rebuildRehearsal } from '../../src/service/app/rehearsal.ts';
import { addBlock } from '../../src/service/corrections/blocks.ts';
import { markTold } from '../../src/service/corrections/mark-told.ts';
import { previewGoLive } from '../../src/service/go-live/preview.ts';
import { agreementOf, CoreBench, clientOf, openingOf, ten } from '../support/core-bench.ts';

let bench: CoreBench;
afterEach(() => bench.close());

const hour = 3600;
const signal = new AbortController().signal;

const selling: ReplenishRule = {
  when: { balance: 'settled', secondsLeft: 2 * hour },
  do: ['alert', 'invoice'],
  offer: ten,
  tell: ['msp', 'client'],
};
const alertAt = (hours: number): ReplenishRule => ({
  when: { balance: 'settled', secondsLeft: hours * hour },
  do: ['alert'],
  offer: null,
  tell: ['msp'],
});

/** Dupont has used 9 of 10 hours, Martin 1. */
async function openLow(terms: Partial<Agreement> = {}): Promise<void> {
  const agreement = agreementOf({ replenish: [selling, alertAt(3)], ...terms });
  const martin = { name: 'Martin', sourceIds: new Map([['psa', '2']]) };
  bench = await CoreBench.open({
    mode: 'observe',
    clients: [clientOf({ agreement }), clientOf({ agreement, ...martin })],
    balanceField: { connection: 'psa', field: 'Hours left' },
  });
  await use(9);
  await use(1, '2');
}

let tickets = 0;
async function use(hours: number, clientId = '1'): Promise<void> {
  tickets += 1;
  const id = String(tickets);
  bench.psa.ticket(id, { clientId });
  bench.psa.log(id, id, new Date(bench.nowMs - 8 * hour * 1000).toISOString(), hours * 60);
  bench.psa.close(id);
  await bench.run();
}

const preview = () => previewGoLive(bench.app, signal);

/** What `check --go-live --mark` does, after a minute. */
async function mark(): Promise<void> {
  bench.advance(60);
  const at = instantFromMs(bench.nowMs);
  for (const { clientId, levels } of (await preview()).clients) {
    if (levels.length > 0) await markTold(bench.app, { clientId, at, levels });
  }
}

async function runWithConfig(...clients: Parameters<CoreBench['configure']>[0]) {
  await bench.configure(clients);
  bench.app.store = await rebuildRehearsal(bench.app);
  return bench.run();
}

async function goLive(): Promise<void> {
  bench.setMode('live');
  await bench.run();
}

const sent = () =>
  (['alert-ticket', 'ticket-note', 'invoice'] as const).map(
    (kind) => bench.psa.sentOf(kind).length,
  );

async function lastAlert() {
  const { clients: all, store } = bench.app;
  const asOf = instantFromMs(bench.nowMs);
  const report = await buildBalances(store, { shown: [bench.client()], all, asOf });
  return report.clients[0]?.lastAlert;
}

test('the preview is what the first live run sends, and writes nothing', async () => {
  await openLow();
  const before = bench.dump();
  const { clients, summary, firstLiveRunAt } = await preview();
  expect(bench.dump()).toEqual(before);
  const files = readdirSync(dirname(bench.app.config.store));
  expect(files.filter((name) => name.startsWith('.prepaid-hours-draft-'))).toEqual([]);
  expect(firstLiveRunAt).toBeNull();
  expect(summary).toEqual({
    alerts: 1,
    notes: 1,
    invoices: 1,
    balanceFields: 2,
    clientsReached: 1,
    invoiceTotals: [{ currency: 'EUR', totalMinor: 120000 }],
  });
  expect(clients[0]).toMatchObject({
    client: 'Dupont',
    left: '1 h',
    levels: [
      { level: '2 h', settledSeconds: hour, overageSeconds: 0, pendingSeconds: 0 },
      { level: '3 h' },
    ],
    invoices: [{ offer: 'ten', product: 'BLOCK-10', quantity: 1, isOverage: false }],
    balanceFields: [{ connection: 'psa', field: 'Hours left', text: '1.00' }],
  });
  expect(clients[1]).toMatchObject({ client: 'Martin', levels: [], alerts: [], invoices: [] });
  await goLive();
  expect(sent()).toEqual([1, 1, 1]);
});

test('marked levels send nothing in the first live run, and again once bought hours are used', async () => {
  await openLow();
  await mark();
  expect((await preview()).summary).toMatchObject({ alerts: 0, invoices: 0, clientsReached: 0 });
  expect((await preview()).clients[0]?.marked).toEqual([
    { threshold: 'settled<=10800', markedOn: '2026-03-02' },
    { threshold: 'settled<=7200', markedOn: '2026-03-02' },
  ]);
  expect(await bench.story()).toEqual(['+10 purchase', '-9 usage']);
  await goLive();
  await bench.run();
  expect(sent()).toEqual([0, 0, 0]);
  expect(bench.psa.sentOf('balance-field')).toHaveLength(2);
  await use(0.5);
  expect(sent()).toEqual([0, 0, 0]);
  await addBlock(bench.app, {
    clientId: bench.clientId(),
    seconds: 5 * hour,
    amountMinor: null,
    rateMinor: 0,
    priority: 0,
    purchasedOn: '2026-03-02',
    expiresOn: null,
    reason: 'sold',
  });
  await bench.run();
  expect(sent()).toEqual([0, 0, 0]);
  await use(4);
  expect(sent()).toEqual([1, 1, 1]);
  expect(await lastAlert()).toMatchObject({ status: 'delivered' });
});

test('a mark is shown as the last alert, and what was withheld for it is cancelled with the day', async () => {
  await openLow();
  await mark();
  await bench.run();
  expect(await lastAlert()).toMatchObject({ status: 'marked' });
  const messages = await bench.app.store.listMessages({ clientId: bench.clientId() });
  expect(
    messages.filter(({ kind }) => kind !== 'balance-field').map((one) => [one.kind, one.lastError]),
  ).toEqual([
    ['invoice', 'Marked as told on 2026-03-02.'],
    ['alert-ticket', 'Marked as told on 2026-03-02.'],
    ['ticket-note', 'Marked as told on 2026-03-02.'],
  ]);
  const withheld = await bench.app.store.listMessages({ statuses: ['withheld'] });
  expect(new Set(withheld.map(({ kind }) => kind))).toEqual(new Set(['balance-field']));
});

test('marking again changes nothing', async () => {
  await openLow();
  await mark();
  const before = bench.dump();
  await mark();
  expect(bench.dump()).toEqual(before);
});

test('a mark outlives the rebuild of the rehearsal, also where the first live run does it', async () => {
  await openLow();
  await mark();
  const changed = (hours: number, rules: ReplenishRule[]) =>
    clientOf({
      agreement: agreementOf({ replenish: rules }),
      openingBlocks: [openingOf(hours, { purchasedOn: '2026-02-01' })],
    });
  await runWithConfig(changed(9.5, [selling, alertAt(3)]));
  expect(await bench.hours()).toEqual([0.5, 0]);
  expect((await preview()).clients[0]).toMatchObject({ levels: [], alerts: [] });
  expect(await lastAlert()).toMatchObject({ status: 'marked' });
  bench.setMode('live');
  // A level that the config only now has was never marked.
  await runWithConfig(changed(11, [selling, alertAt(2.5)]));
  expect(bench.psa.sentOf('alert-ticket').map(({ message }) => message.body)).toEqual([
    expect.stringContaining('Threshold reached: 2 h 30 or less.'),
  ]);
  expect(sent()).toEqual([1, 0, 0]);
});

test('an edited config is previewed as the live run would apply it', async () => {
  await openLow();
  await bench.configure([clientOf({ agreement: agreementOf({ replenish: [alertAt(1)] }) })]);
  expect((await preview()).clients[0]?.levels).toMatchObject([{ level: '1 h' }]);
  await bench.configure([clientOf({ agreement: agreementOf({ replenish: [] }) })]);
  expect((await preview()).summary.alerts).toBe(0);
});

test('work that is read but not debited yet counts, and its mark holds once it is debited', async () => {
  await openLow({ replenish: [alertAt(0)] });
  bench.psa.ticket('late');
  bench.psa.log('late', 'late', '2026-03-02T06:00:00.000Z', 60);
  bench.psa.close('late');
  await bench.run('pull');
  expect((await preview()).clients[0]?.levels).toMatchObject([{ level: '0 h' }]);
  await mark();
  await goLive();
  expect(await bench.hours()).toEqual([0, 0]);
  expect(sent()).toEqual([0, 0, 0]);
});

test('an invoice for overage is listed as such, and a mark leaves it', async () => {
  const overage = { when: 'at-once', daysAfter: 0, rateMinor: 15000, currency: 'EUR' } as const;
  await openLow({ overage: { ...overage, product: 'OVER' } });
  await use(3);
  await mark();
  const { clients } = await preview();
  expect(clients[0]?.invoices).toMatchObject([{ product: 'OVER', isOverage: true }]);
  await goLive();
  expect(sent()).toEqual([0, 0, 1]);
});

test('there is nothing to preview before the first run, nor once it has run live', async () => {
  bench = await CoreBench.open({ mode: 'observe' });
  await expect(preview()).rejects.toMatchObject({ kind: 'config', fix: /prepaid-hours run/ });
  await goLive();
  await expect(preview()).rejects.toThrow('has been live since 2026-03-02');
});
