/** Recharges through a provider whose invoice changes in the PSA, before the charge or after it. */
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import type { PaymentRow } from '../../src/contract/connector.ts';
import type { Agreement } from '../../src/domain/agreements/terms.ts';
import { agreementOf, CoreBench, clientOf, openingOf, ten } from '../support/core-bench.ts';
import type { Sent } from '../support/scripted-connector.ts';

const noLimits = { chargeMinor: null, dayMinor: null, monthMinor: null };
let bench: CoreBench;
let tickets = 0;
const rechargeTerms = {
  collect: 'rmm',
  autopayUpToMinor: null,
  noticeDays: 3,
  chaseAfterDays: 7,
  limits: noLimits,
  limitsOfAll: noLimits,
};
const clientWith = (terms: Partial<Agreement> = {}, customer = true) => {
  const rule = {
    when: { balance: 'settled', secondsLeft: 7200 },
    do: ['recharge'],
    offer: ten,
    tell: ['msp'],
  } as const;
  const all = {
    activate: 'on-payment',
    replenish: [rule],
    recharge: rechargeTerms,
    ...terms,
  } as const;
  const sourceIds = new Map([
    ['psa', '1'],
    ...(customer ? [['rmm', 'cus_1'] as [string, string]] : []),
  ] as [string, string][]);
  return clientOf({ sourceIds, agreement: agreementOf(all), openingBlocks: [openingOf(10)] });
};
async function openWith(terms: Partial<Agreement> = {}): Promise<void> {
  bench = await CoreBench.open({ mode: 'live', clients: [clientWith(terms)] });
  bench.rmm.mandate('cus_1');
}
beforeEach(() => openWith());
afterEach(() => bench.close());
function use(hours: number): void {
  tickets += 1;
  const id = String(tickets);
  bench.psa.ticket(id);
  bench.psa.log(id, id, '2026-03-02T09:00:00.000Z', hours * 60);
  bench.psa.close(id);
}
const day = 86_400;
const full = { totalMinor: 144_000, netMinor: 120_000, paidMinor: 0, creditedMinor: 0 };
const charges = () => bench.rmm.sentOf('recharge');
const subjects = () =>
  bench.psa.sentOf('alert-ticket').map(({ message }) => String(message.subject));
const hoursLeft = async () => (await bench.balance()).settledSeconds / 3600;
async function pass(days: number): Promise<void> {
  for (let each = 0; each < days; each += 1) {
    bench.advance(day);
    await bench.run();
  }
}
async function invoice(): Promise<Sent> {
  use(9);
  await bench.run();
  for (const { key } of await bench.app.store.listMessages({ statuses: ['unapproved'] })) {
    await bench.app.store.approveRecharge(key);
  }
  await bench.run();
  const sent = bench.psa.sentOf('invoice').at(-1);
  if (sent === undefined) throw new Error('no invoice');
  bench.psa.showInvoice(sent, { ...full, isPaid: false });
  await bench.run();
  return sent;
}
async function show(sent: Sent | undefined, change: Partial<PaymentRow>): Promise<void> {
  bench.rmm.showPayment(String(sent?.remoteId), change);
  await bench.run();
  await bench.run();
}
const succeeded = { status: 'succeeded', settledOn: '2026-03-09' } as const;

test('half credited before the charge: half the hours', async () => {
  const sent = await invoice();
  bench.psa.showInvoice(sent, { ...full, isPaid: false, creditedMinor: 72_000 });
  await pass(4);
  expect(charges()[0]?.message.amountMinor).toBe(72_000);
  await show(charges()[0], succeeded);
  expect(await hoursLeft()).toBe(6);
});

test('lowered to half before the charge: half the hours', async () => {
  const sent = await invoice();
  bench.psa.showInvoice(sent, { ...full, totalMinor: 72_000, netMinor: 60_000, isPaid: false });
  await pass(4);
  expect(charges()[0]?.message.amountMinor).toBe(72_000);
  await show(charges()[0], succeeded);
  expect(await hoursLeft()).toBe(6);
});

test('lowered to half before the charge, then shown as paid: half the hours', async () => {
  const sent = await invoice();
  bench.psa.showInvoice(sent, { ...full, totalMinor: 72_000, netMinor: 60_000, isPaid: false });
  await pass(4);
  await show(charges()[0], succeeded);
  bench.psa.showInvoice(sent, {
    ...full,
    totalMinor: 72_000,
    netMinor: 60_000,
    paidMinor: 72_000,
    isPaid: true,
  });
  await bench.run();
  await bench.run();
  expect(await hoursLeft()).toBe(6);
});

test('raised before the charge: not more is charged than was approved, and a person decides', async () => {
  const sent = await invoice();
  bench.psa.showInvoice(sent, { ...full, totalMinor: 288_000, netMinor: 240_000, isPaid: false });
  await pass(4);
  expect(charges().map(({ message }) => message.amountMinor)).toEqual([]);
  expect(subjects().at(-1)).toMatch(/was changed, please check/);
});

test('raised while the charge is under way: waits for a person', async () => {
  const sent = await invoice();
  await pass(4);
  bench.psa.showInvoice(sent, { ...full, totalMinor: 288_000, netMinor: 240_000, isPaid: false });
  await bench.run();
  await show(charges()[0], succeeded);
  expect(await hoursLeft()).toBe(1);
  expect(subjects()).toContainEqual(expect.stringMatching(/was changed, please check/));
});

test('half by hand, the rest charged, a quarter of the whole refunded: three quarters stay', async () => {
  const sent = await invoice();
  bench.psa.showInvoice(sent, { ...full, isPaid: false, paidMinor: 72_000 });
  await pass(4);
  expect(charges()[0]?.message.amountMinor).toBe(72_000);
  await show(charges()[0], succeeded);
  expect(await hoursLeft()).toBe(11);
  bench.psa.showInvoice(sent, { ...full, isPaid: true, paidMinor: 144_000 });
  await bench.run();
  await show(charges()[0], { reversedMinor: 36_000, reason: 'refund' });
  expect(await hoursLeft()).toBe(8.5);
});

test.each([
  ['its provider is left', { recharge: { ...rechargeTerms, collect: 'psa' } }, false],
  ['the agreement collects no more', { recharge: null, replenish: [] }, true],
])('once %s, a charge that was due is asked about', async (_, terms, isCustomer) => {
  await invoice();
  await bench.configure([clientWith(terms, isCustomer)]);
  const before = subjects().length;
  await pass(5);
  expect(charges()).toEqual([]);
  expect(subjects()).toHaveLength(before + 1);
});
