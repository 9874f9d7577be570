/** A client has one recharge in flight: what that refuses for other kinds of hours is made later. */
import { afterEach, expect, test } from '@jest/globals';
import type { InvoiceRow } from '../../src/contract/connector.ts';
import type { Offer, RechargeTerms, ReplenishRule } from '../../src/domain/agreements/terms.ts';
import { agreementOf, CoreBench, clientOf, openingOf, ten } from '../support/core-bench.ts';

let bench: CoreBench;
afterEach(() => bench.close());

const noLimits = { chargeMinor: null, dayMinor: null, monthMinor: null };
const recharge: RechargeTerms = {
  collect: 'psa',
  autopayUpToMinor: null,
  noticeDays: 3,
  chaseAfterDays: 7,
  limits: noLimits,
  limitsOfAll: noLimits,
};
const project: Offer = { ...ten, name: 'project', product: 'PROJECT-10', workTypes: ['Project'] };
const onsite: Offer = { ...ten, name: 'onsite', product: 'ONSITE-10', workTypes: ['Onsite'] };
const full = { totalMinor: 120_000, netMinor: 120_000, paidMinor: 0, creditedMinor: 0 };

let tickets = 0;
function use(hours: number, workType: string): void {
  tickets += 1;
  const id = String(tickets);
  bench.psa.ticket(id);
  bench.psa.log(id, id, '2026-03-02T09:00:00.000Z', hours * 60, { workType });
  bench.psa.close(id);
}

const offersSold = () => bench.psa.sentOf('invoice').map(({ message }) => message.product);
const alerts = () => bench.psa.sentOf('alert-ticket').length;

async function openTwoKinds(): Promise<void> {
  // Different levels, so that each belongs to one rule.
  const rule = (offer: Offer, secondsLeft: number): ReplenishRule => {
    const when = { balance: 'settled', secondsLeft } as const;
    return { when, do: ['recharge'], offer, tell: ['msp'] };
  };
  const replenish = [rule(onsite, 7200), rule(project, 7201)];
  const agreement = agreementOf({ activate: 'on-payment', recharge, replenish });
  const openingBlocks = [
    openingOf(10, { workTypes: ['Onsite'] }),
    openingOf(10, { workTypes: ['Project'] }),
  ];
  bench = await CoreBench.open({ mode: 'live', clients: [clientOf({ agreement, openingBlocks })] });
}

/** A run whose recharge, if there is one to approve, is approved. */
async function run(): Promise<void> {
  await bench.run();
  const waiting = await bench.app.store.listMessages({ statuses: ['unapproved'] });
  for (const { key } of waiting) await bench.app.store.approveRecharge(key);
  if (waiting.length > 0) await bench.run();
}

async function showLast(change: Partial<InvoiceRow>): Promise<void> {
  const sent = bench.psa.sentOf('invoice').at(-1);
  if (sent === undefined) throw new Error('no invoice');
  bench.psa.showInvoice(sent, { ...full, ...change });
  await run();
}

test.each([
  ['at once', 'was paid', { isPaid: true, paidMinor: 120_000 }],
  ['later', 'was paid', { isPaid: true, paidMinor: 120_000 }],
  ['later', 'was voided', { isVoid: true }],
])('what another kind needs (%s) is recharged once the first %s', async (when, _, change) => {
  await openTwoKinds();
  use(9, 'Onsite');
  if (when === 'later') await run();
  use(9, 'Project');
  await run();
  expect(offersSold()).toEqual(['ONSITE-10']);
  await showLast(change);
  expect(offersSold()).toEqual(['ONSITE-10', 'PROJECT-10']);
});

test('nothing is repeated for the kind that was recharged, or that was told before', async () => {
  await openTwoKinds();
  use(9, 'Project');
  await run();
  await showLast({ isVoid: true });
  use(9, 'Onsite');
  await run();
  expect(offersSold()).toEqual(['PROJECT-10', 'ONSITE-10']);
  const told = alerts();
  await showLast({ isPaid: true, paidMinor: 120_000 });
  await run();
  expect(offersSold()).toEqual(['PROJECT-10', 'ONSITE-10']);
  expect(alerts()).toBe(told);
});
