/** A block charged through Stripe. */
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { type StripeSandbox, startStripeSandbox } from '../sandbox/stripe/index.ts';
import { ChargedClient } from '../support/charged-client.ts';

let office: ChargedClient;
let stripe: StripeSandbox;
let customer: string;

beforeEach(async () => {
  office = await ChargedClient.open();
  stripe = await startStripeSandbox();
});

afterEach(async () => {
  await office.close();
  await stripe.close();
});

/** The client pays by SEPA debit. */
function setUp(behaviour: object = {}): void {
  customer = stripe.state.addCustomer('Dupont');
  const method = stripe.state.addMethod(customer, 'sepa_debit', { behaviour });
  stripe.state.setDefault(customer, method);
  const { baseUrl } = stripe;
  const secret = ['secretKey', stripe.settings.secretKey] as const;
  office.configure({ vendor: 'stripe', settings: { baseUrl }, secret, customer });
}

const notesWith = (text: RegExp) => office.notes().filter((note) => text.test(note));

test('a block is charged once by SEPA, and usable once it was collected', async () => {
  setUp();
  await office.charge();
  const intents = [...stripe.state.intents.values()];
  expect(intents).toEqual([
    expect.objectContaining({ customer, amount: 120_000, currency: 'eur', status: 'processing' }),
  ]);
  expect(await office.hours()).toEqual([1, 0]);
  await office.pass(5);
  expect(await office.hours()).toEqual([11, 0]);
  expect(stripe.state.intents.size).toBe(1);
  expect(office.psa.state.listInvoices()).toHaveLength(1);
  expect(notesWith(/your next block of 10 h is on its way/)).toHaveLength(1);
  expect(notesWith(/We have collected €1,200\.00/)).toHaveLength(1);
  expect(office.subjects().filter((text) => /please book it/.test(text))).toHaveLength(1);
  expect(await office.payments()).toMatchObject({
    recharges: [{ state: 'collected', charge: intents[0]?.id }],
    mandates: [{ scheme: 'sepa_debit', status: 'usable' }],
  });
  expect(await office.ask(['verify'])).toMatchObject({ ok: true });
});

test('a charge that the bank returns weeks later is taken back and not repeated', async () => {
  setUp({ disputed: { afterDays: 20, reason: 'debit_not_authorized' } });
  await office.charge();
  await office.pass(5);
  expect(await office.hours()).toEqual([11, 0]);
  await office.pass(25);
  expect(await office.hours()).toEqual([1, 0]);
  expect(stripe.state.intents.size).toBe(1);
  expect(notesWith(/We will not|we will not collect anything again/)).toHaveLength(1);
  const { recharges, sums } = await office.payments();
  expect(recharges).toMatchObject([{ state: 'returned' }]);
  expect(sums[0]?.states.find(({ state }) => state === 'returned')).toMatchObject({
    count: 1,
    reasons: [{ reason: 'debit_not_authorized', count: 1 }],
  });
  expect(await office.ask(['verify'])).toMatchObject({ ok: true });
});

test('a charge without funds is repeated after its notice, under another key', async () => {
  setUp({ failsWith: 'insufficient_funds' });
  await office.charge();
  await office.pass(5);
  expect(notesWith(/we collect it again on/)).toHaveLength(1);
  await office.pass(6);
  expect(stripe.state.intents.size).toBe(2);
  expect(await office.hours()).toEqual([1, 0]);
});

test('a charge whose answer is lost is found by its key, even after Stripe forgot that', async () => {
  setUp();
  stripe.faults.add('lost-answer', { isWrite: true });
  await office.charge();
  stripe.keys.stored.clear();
  await office.pass(6);
  expect(stripe.state.intents.size).toBe(1);
  expect(await office.hours()).toEqual([11, 0]);
});
