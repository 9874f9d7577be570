import { afterEach, expect, test } from '@jest/globals';
import { explain } from '../../src/reports/explain/explain.ts';
import { addBlock } from '../../src/service/corrections/blocks.ts';
import { agreementOf, CoreBench, clientOf, openingOf } from '../support/core-bench.ts';

let bench: CoreBench;
afterEach(() => bench.close());

const nine = '2026-03-02T09:00:00.000Z';
const onSite = { workType: 'on-site ' };

/** Two hours for on-site work alone, used first, and what else the client has. */
async function openWith(
  others: ReturnType<typeof openingOf>[],
  fields: Partial<ReturnType<typeof openingOf>> = {},
  terms: Parameters<typeof agreementOf>[0] = {},
): Promise<void> {
  const limited = openingOf(2, {
    amountMinor: null,
    rateMinor: 14000,
    workTypes: ['On-site'],
    ...fields,
  });
  const openingBlocks = [limited, ...others];
  bench = await CoreBench.open({
    clients: [clientOf({ agreement: agreementOf(terms), openingBlocks })],
    isTimePerTicket: true,
  });
}

/** Hours left by the price of their block. */
async function left(): Promise<Record<number, number>> {
  const [ledger] = await bench.app.store.readLedgers([bench.clientId()], { isAllBlocks: true });
  const blocks = ledger?.blocks.map((block) => [block.rateMinor, block.remainingSeconds / 3600]);
  return Object.fromEntries(blocks ?? []);
}

test('a block for some work types pays for these, and for their part of a charge with others in it', async () => {
  await openWith([openingOf(10, { priority: 1 })]);
  bench.psa.ticket('1');
  bench.psa.log('1', '1', nine, 60, onSite);
  bench.psa.close('1');
  await bench.run();
  expect(await left()).toEqual({ 14000: 1, 12000: 10 });
  const [told] = await explain(bench.app.store, {
    id: '1',
    clients: bench.app.clients,
    connections: ['psa'],
    locale: null,
    fallback: { locale: 'en', durations: 'clock', timezone: 'UTC' },
  });
  expect(told?.steps.find(({ step }) => step === 'blocks')?.lines[0]).toMatch(
    /^1 h from block b-\w+ \(2 h at €140\.00, for “On-site” only\)\.$/,
  );
  bench.psa.ticket('2');
  bench.psa.log('2', '2', nine, 30, onSite);
  bench.psa.log('3', '2', '2026-03-02T11:00:00.000Z', 30);
  bench.psa.close('2');
  bench.psa.ticket('3');
  bench.psa.log('4', '3', nine, 60, { workType: null });
  bench.psa.close('3');
  await bench.run();
  expect(await left()).toEqual({ 14000: 0.5, 12000: 8.5 });
});

test('what rounding adds is paid as the last work of a ticket, a minimum as work of its own type', async () => {
  const terms = {
    rounding: { per: 'ticket', incrementSeconds: 7200, minimumSeconds: 0, graceSeconds: 0 },
    workTypeMinimums: [{ workType: 'On-site', seconds: 2700 }],
  } as const;
  await openWith([openingOf(10, { priority: 1 })], {}, terms);
  bench.psa.ticket('1');
  bench.psa.log('1', '1', nine, 30, onSite);
  bench.psa.log('2', '1', '2026-03-02T11:00:00.000Z', 15);
  bench.psa.close('1');
  await bench.run();
  expect(await left()).toEqual({ 14000: 1.25, 12000: 8.75 });
});

test('work beyond two limited blocks is overage of two kinds, and hours of one kind pay for that alone', async () => {
  const remote = openingOf(1, { workTypes: ['Remote'] });
  await openWith([remote]);
  const overages = async () => (await bench.app.store.readOpenOverage(bench.clientId())).length;
  bench.psa.ticket('1');
  bench.psa.log('1', '1', nine, 180, onSite);
  bench.psa.log('2', '1', '2026-03-02T13:00:00.000Z', 120);
  bench.psa.close('1');
  await bench.run();
  expect(await left()).toEqual({ 14000: 0, 12000: 0 });
  expect(await bench.balance()).toMatchObject({ overageSeconds: 7200 });
  const more = openingOf(5, { rateMinor: 9900, workTypes: ['Remote'], purchasedOn: '2026-03-02' });
  const [client] = bench.app.clients;
  const before = client?.openingBlocks ?? [];
  await bench.configure([clientOf({ agreement: agreementOf(), openingBlocks: [...before, more] })]);
  await bench.run();
  expect(await left()).toEqual({ 14000: 0, 12000: 0, 9900: 4 });
  expect(await overages()).toBe(1);
});

test('free work in a charge does not keep a limited block from paying', async () => {
  await openWith([]);
  bench.psa.ticket('1');
  bench.psa.log('1', '1', nine, 60, onSite);
  bench.psa.log('2', '1', '2026-03-02T11:00:00.000Z', 30, { isBillable: false });
  bench.psa.close('1');
  await bench.run();
  expect(await bench.balance()).toMatchObject({ settledSeconds: 3600, overageSeconds: 0 });
});

test('other work runs into overage beside it, and only a block for that work pays it', async () => {
  await openWith([]);
  bench.psa.ticket('1');
  bench.psa.log('1', '1', nine, 60);
  bench.psa.close('1');
  await bench.run();
  expect(await bench.balance()).toMatchObject({ settledSeconds: 7200, overageSeconds: 3600 });
  await bench.run();
  expect(await bench.balance()).toMatchObject({ settledSeconds: 7200, overageSeconds: 3600 });
  await addBlock(bench.app, {
    clientId: bench.clientId(),
    seconds: 7200,
    amountMinor: null,
    rateMinor: 9900,
    priority: 0,
    purchasedOn: '2026-03-02',
    expiresOn: null,
    reason: 'sold',
  });
  expect(await left()).toEqual({ 14000: 2, 9900: 1 });
});

test('where work beyond the blocks is held, limited hours count for their own work alone', async () => {
  await openWith([], {}, { overage: 'hold' });
  bench.psa.ticket('1');
  bench.psa.log('1', '1', nine, 60);
  bench.psa.close('1');
  await bench.run();
  expect(await bench.hours()).toEqual([2, 1]);
  bench.psa.editEntry('1', onSite);
  bench.psa.editTicket('1', {});
  await bench.run();
  expect(await bench.hours()).toEqual([1, 0]);
});

test('hours of a limited block that ended are taken up for its own late work alone', async () => {
  await openWith([openingOf(10, { priority: 1 })], { expiresOn: '2026-03-04' });
  for (const [id, fields] of [
    ['1', {}],
    ['2', onSite],
  ] as const) {
    bench.psa.ticket(id);
    bench.psa.log(id, id, nine, 60, fields);
  }
  bench.at('2026-03-06T08:00:00.000Z');
  await bench.run();
  expect(await left()).toEqual({ 14000: 0, 12000: 10 });
  bench.psa.close('1');
  bench.psa.close('2');
  await bench.run();
  expect(await left()).toEqual({ 14000: 0, 12000: 9 });
  expect(await bench.story()).toEqual([
    ...['+2 purchase', '+10 purchase', '-2 expiry'],
    ...['-1 usage', '+2 reversal', '-1 usage', '-1 expiry'],
  ]);
});
