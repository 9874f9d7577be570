import { afterEach, expect, test } from '@jest/globals';
import type { Agreement, ReplenishRule } from '../../src/domain/agreements/terms.ts';
import { adjustBalance } from '../../src/service/corrections/adjust.ts';
import { addBlock } from '../../src/service/corrections/blocks.ts';
import { resumeSales } from '../../src/service/corrections/release.ts';
import { agreementOf, CoreBench, clientOf, openingOf, ten } from '../support/core-bench.ts';

let bench: CoreBench;
afterEach(() => bench.close());

const idle = (idleDays: number): ReplenishRule => ({
  when: { balance: 'settled', idleDays },
  do: ['alert'],
  offer: null,
  tell: ['msp', 'client'],
});

async function openWith(
  openingBlocks = [openingOf(10, { purchasedOn: '2026-03-01' })],
  terms: Partial<Agreement> = {},
): Promise<void> {
  const agreement = agreementOf({ replenish: [idle(60)], ...terms });
  const clients = [clientOf({ agreement, openingBlocks, startOn: '2026-01-01' })];
  bench = await CoreBench.open({ clients });
  await bench.run();
}

let tickets = 0;
function work(day: string, hours = 1, isClosed = true): string {
  tickets += 1;
  const id = String(tickets);
  bench.psa.ticket(id);
  bench.psa.log(id, id, `${day}T09:00:00.000Z`, hours * 60);
  if (isClosed) bench.psa.close(id);
  return id;
}

async function runOn(day: string): Promise<void> {
  bench.at(`${day}T20:00:00.000Z`);
  await bench.run();
}

const alerts = () => bench.psa.sentOf('alert-ticket').map(({ message }) => message.subject);

test('sixty days after the last work, MSP and client are told once', async () => {
  await openWith();
  work('2026-03-02', 2.5);
  await runOn('2026-04-30');
  expect(alerts()).toEqual([]);
  await runOn('2026-05-01');
  await runOn('2026-05-02');
  await runOn('2026-12-02');
  expect(alerts()).toEqual(['Prepaid hours – Dupont: 7 h 30 left, no work since 2 March 2026']);
  expect(bench.psa.sentOf('ticket-note')).toHaveLength(1);
});

test('a block that was never used is idle from its first day', async () => {
  await openWith();
  await runOn('2026-04-29');
  expect(alerts()).toEqual([]);
  await runOn('2026-04-30');
  expect(alerts()).toEqual(['Prepaid hours – Dupont: 10 h left, not used yet']);
});

test('a long ticket is idle from the last of its work, not from the first', async () => {
  await openWith();
  const id = work('2026-03-02', 1, false);
  bench.psa.log('late', id, '2026-04-20T09:00:00.000Z', 60);
  bench.psa.close(id);
  await runOn('2026-05-02');
  expect(alerts()).toEqual([]);
  await runOn('2026-06-19');
  expect(alerts()).toHaveLength(1);
});

test('the next work re-arms it, and a purchase, a gift or a resumed sale does not', async () => {
  await openWith();
  work('2026-03-02');
  await runOn('2026-05-01');
  await addBlock(bench.app, {
    ...{ clientId: bench.clientId(), seconds: 3600, amountMinor: null, rateMinor: 0, priority: 0 },
    ...{ purchasedOn: '2026-05-01', expiresOn: null, reason: 'sold' },
  });
  await adjustBalance(bench.app, { clientId: bench.clientId(), seconds: 900, reason: 'Goodwill' });
  await bench.app.store.writeReplenish({
    ...{ at: new Date(bench.nowMs).toISOString(), runId: 'x', expected: [], blocks: [] },
    ...{ blockStatuses: [], postings: [], episodes: [], messages: [], superseded: [] },
    salesHolds: [{ clientId: bench.clientId(), reason: 'INV-1' }],
  });
  await resumeSales(bench.app, bench.clientId());
  await runOn('2026-08-01');
  expect(alerts()).toHaveLength(1);
  work('2026-08-02');
  await runOn('2026-08-03');
  await runOn('2026-09-30');
  expect(alerts()).toHaveLength(1);
  await runOn('2026-10-01');
  expect(alerts()).toHaveLength(2);
});

test('earlier work that is charged late, or dated anew, does not end the same pause', async () => {
  await openWith();
  const first = work('2026-03-02');
  await runOn('2026-05-01');
  work('2026-04-01');
  await runOn('2026-05-31');
  await runOn('2026-06-30');
  bench.psa.log('again', first, '2026-03-03T09:00:00.000Z', 60);
  await runOn('2026-07-30');
  expect(alerts()).toHaveLength(1);
});

test('hours taken by hand are work that was never logged', async () => {
  await openWith();
  bench.at('2026-04-01T09:00:00.000Z');
  const taken = { clientId: bench.clientId(), seconds: -3600, reason: 'Visit never logged' };
  await adjustBalance(bench.app, taken);
  await runOn('2026-05-30');
  expect(alerts()).toEqual([]);
  await runOn('2026-05-31');
  expect(alerts()).toHaveLength(1);
});

test('nobody is idle with open work, with work that is not debited yet, or without hours', async () => {
  await openWith();
  const id = work('2026-03-02', 1, false);
  await runOn('2026-06-01');
  bench.psa.close(id);
  bench.advance(60);
  await bench.run('pull');
  await bench.run('replenish', 'push');
  expect(alerts()).toEqual([]);
  await bench.run();
  expect(alerts()).toHaveLength(1);
  await bench.close();
  await openWith([openingOf(1, { purchasedOn: '2026-03-01' })]);
  work('2026-03-02');
  await runOn('2026-06-01');
  expect(alerts()).toEqual([]);
});

test('nobody is idle while work that was read waits to be debited', async () => {
  await openWith();
  bench.at('2026-06-01T20:00:00.000Z');
  work('2026-05-29');
  await bench.run('pull');
  await bench.run('replenish', 'push');
  await bench.run('debit');
  await bench.run('replenish', 'push');
  expect(alerts()).toEqual([]);
});

test('hours of another kind that are bought do not begin another pause', async () => {
  await openWith([openingOf(10, { purchasedOn: '2026-03-01', workTypes: ['Remote'] })]);
  await runOn('2026-05-01');
  expect(alerts()).toHaveLength(1);
  await addBlock(bench.app, {
    ...{ clientId: bench.clientId(), seconds: 3600, amountMinor: null, rateMinor: 0, priority: 0 },
    ...{ purchasedOn: '2026-05-01', expiresOn: null, reason: 'sold' },
  });
  await runOn('2026-05-02');
  expect(alerts()).toHaveLength(1);
});

test('hours that rolled over are idle since they were bought', async () => {
  const ending = openingOf(10, { purchasedOn: '2026-02-01', expiresOn: '2026-03-31' });
  await openWith([ending], { rollover: { seconds: null, validForMonths: 12 } });
  await runOn('2026-04-01');
  await runOn('2026-04-02');
  expect(alerts()).toHaveLength(1);
});

test('idle hours that expire soon are one alert, which names both', async () => {
  const expiring: ReplenishRule = {
    ...idle(60),
    when: { balance: 'settled', expiresWithinDays: 30 },
  };
  const ending = openingOf(10, { purchasedOn: '2026-03-01', expiresOn: '2026-05-20' });
  await openWith([ending], { replenish: [idle(60), expiring] });
  await runOn('2026-05-02');
  const [alert] = bench.psa.sentOf('alert-ticket');
  expect(alerts()).toHaveLength(1);
  expect(alert?.message.body).toMatch(/Threshold reached: 10 h unused, .*; no work for 60 days\./);
  expect(alert?.message.body).toContain('plan maintenance work');
});

test('an undo of the work after an alert does not repeat it', async () => {
  await openWith();
  await runOn('2026-04-30');
  work('2026-05-01');
  bench.at('2026-05-01T20:00:00.000Z');
  const run = await bench.run();
  await bench.undo(run);
  await runOn('2026-08-01');
  expect(alerts()).toHaveLength(1);
});

test('a sale of hours that are low is not mixed up with idle ones', async () => {
  const low = { when: { balance: 'settled', secondsLeft: 7200 }, offer: ten } as const;
  const selling: ReplenishRule = { ...low, do: ['alert', 'invoice'], tell: ['msp'] };
  const block = openingOf(10, { purchasedOn: '2026-03-01' });
  await openWith([block], { replenish: [idle(60), selling] });
  work('2026-03-02', 9);
  await runOn('2026-03-03');
  expect(alerts()).toEqual([expect.stringContaining('invoiced')]);
  await runOn('2026-05-02');
  expect(alerts()).toHaveLength(2);
});
