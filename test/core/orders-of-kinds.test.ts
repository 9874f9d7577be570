/** Orders of one kind of hours beside those of another, holds, and hours given meanwhile. */
import { afterEach, expect, test } from '@jest/globals';
import type { InvoiceRow } from '../../src/contract/connector.ts';
import type { Offer } from '../../src/domain/agreements/terms.ts';
import { buildBalances } from '../../src/reports/balances/balances.ts';
import { adjustBalance } from '../../src/service/corrections/adjust.ts';
import { resumeSales } from '../../src/service/corrections/release.ts';
import { agreementOf, CoreBench, clientOf, openingOf, ten } from '../support/core-bench.ts';
import type { Sent } from '../support/scripted-connector.ts';

let bench: CoreBench;
afterEach(() => bench.close());
const low = { balance: 'settled', secondsLeft: 7200 } as const;
const project: Offer = { ...ten, name: 'project', product: 'PROJECT-10', workTypes: ['Project'] };
let tickets = 0;
function use(hours: number, workType = 'Remote', at = '2026-03-02T09:00:00.000Z'): void {
  tickets += 1;
  const id = String(tickets);
  bench.psa.ticket(id);
  bench.psa.log(id, id, at as never, hours * 60, { workType });
  bench.psa.close(id);
}
const invoices = () => bench.psa.sentOf('invoice');
const offersSold = () => invoices().map(({ message }) => message.product);
const subjects = () =>
  bench.psa.sentOf('alert-ticket').map(({ message }) => String(message.subject));
const settled = async () => (await bench.balance()).settledSeconds / 3600;
const report = () => {
  const { clients, store } = bench.app;
  const asOf = new Date(bench.nowMs).toISOString();
  return buildBalances(store, { shown: clients, all: clients, asOf });
};
async function show(sent: Sent | undefined, change: Partial<InvoiceRow>): Promise<void> {
  if (sent === undefined) throw new Error('no invoice');
  bench.psa.showInvoice(sent, change);
  await bench.run();
}
const full = { totalMinor: 120_000, netMinor: 120_000, paidMinor: 0, creditedMinor: 0 };
const unpaid = { ...full, isPaid: false };
const paid = { ...full, paidMinor: 120_000, isPaid: true };

const onsite: Offer = { ...ten, name: 'onsite', product: 'ONSITE-10', workTypes: ['Onsite'] };
const invoiceRule = (offer: Offer) =>
  ({ when: low, do: ['alert', 'invoice'], offer, tell: ['msp'] }) as const;

/** A rule and a block for each of two kinds of hours. */
async function openKinds(): Promise<void> {
  const offers = [onsite, project];
  const agreement = agreementOf({ activate: 'on-payment', replenish: offers.map(invoiceRule) });
  const openingBlocks = offers.map(({ workTypes }) => openingOf(10, { workTypes }));
  bench = await CoreBench.open({ mode: 'live', clients: [clientOf({ agreement, openingBlocks })] });
}

test('a hold holds sales of every kind of hours', async () => {
  await openKinds();
  use(9, 'Project');
  await bench.run();
  expect(offersSold()).toEqual(['PROJECT-10']);
  await show(invoices()[0], paid);
  await show(invoices()[0], unpaid);
  expect((await report()).salesQuestions).toEqual([expect.stringMatching(/on hold/)]);
  use(9, 'Onsite');
  await bench.run();
  expect(offersSold()).toEqual(['PROJECT-10']);
});

test('a dead order that had been credited refuses nothing, though another kind is ordered', async () => {
  await openKinds();
  use(9, 'Project');
  await bench.run();
  await show(invoices()[0], paid);
  use(9, 'Onsite');
  await bench.run();
  expect(offersSold()).toEqual(['PROJECT-10', 'ONSITE-10']);
  await show(invoices()[0], { ...unpaid, isVoid: true });
  await resumeSales(bench.app, bench.clientId());
  await bench.run();
  await bench.run();
  expect(offersSold().filter((product) => product === 'PROJECT-10')).toHaveLength(2);
});

test('a closed order is told although goodwill was given meanwhile', async () => {
  const agreement = agreementOf({ activate: 'on-payment', replenish: [invoiceRule(ten)] });
  bench = await CoreBench.open({ mode: 'live', clients: [clientOf({ agreement })] });
  use(9);
  await bench.run();
  await adjustBalance(bench.app, { clientId: bench.clientId(), seconds: 900, reason: 'goodwill' });
  await show(invoices()[0], { ...unpaid, isVoid: true });
  await bench.run();
  expect(subjects().at(-1)).toMatch(/was voided or credited/);
});

test('goodwill goes to the block that is used next, not to an empty one that ends tomorrow', async () => {
  const openingBlocks = [
    openingOf(2, { expiresOn: '2026-03-03' }),
    openingOf(10, { expiresOn: '2026-12-31' }),
  ];
  bench = await CoreBench.open({ mode: 'live', clients: [clientOf({ openingBlocks })] });
  use(3);
  await bench.run();
  expect(await settled()).toBe(9);
  await adjustBalance(bench.app, { clientId: bench.clientId(), seconds: 7200, reason: 'goodwill' });
  expect(await settled()).toBe(11);
  bench.at('2026-03-05T09:00:00.000Z');
  await bench.run();
  expect(await settled()).toBe(11);
});
