/** A block charged through GoCardless. */
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { type GoCardlessSandbox, startGoCardlessSandbox } from '../sandbox/gocardless/index.ts';
import type { Behaviour } from '../sandbox/gocardless/state.ts';
import { ChargedClient } from '../support/charged-client.ts';

let office: ChargedClient;
let gocardless: GoCardlessSandbox;
let mandate: string;

beforeEach(async () => {
  office = await ChargedClient.open();
  gocardless = await startGoCardlessSandbox();
});

afterEach(async () => {
  await office.close();
  await gocardless.close();
});

/** The client pays by SEPA debit. */
function setUp(behaviour: Behaviour): void {
  const customer = gocardless.state.addCustomer('Dupont');
  mandate = gocardless.state.addMandate(customer, 'sepa_core', { behaviour });
  const { baseUrl } = gocardless;
  const secret = ['accessToken', gocardless.settings.accessToken] as const;
  office.configure({ vendor: 'gocardless', settings: { baseUrl }, secret, customer });
}

async function states(): Promise<(string | null)[][]> {
  const { recharges } = await office.payments();
  return recharges.map(({ state, reason, charge }) => [state, reason, charge]);
}

test('a lost answer charges once, and what the bank takes back late is returned and not repeated', async () => {
  setUp({ failsLate: { afterDays: 4, cause: 'refer_to_payer' } });
  gocardless.faults.add('lost-answer', { isWrite: true });
  await office.charge();
  const [payment] = gocardless.state.payments.values();
  expect(payment).toMatchObject({ amount: 120_000, currency: 'EUR', mandate: { id: mandate } });
  expect(await office.hours()).toEqual([1, 0]);
  await office.pass(4);
  expect(payment?.status).toBe('confirmed');
  expect(await office.hours()).toEqual([11, 0]);
  await office.pass(6);
  expect(payment?.status).toBe('failed');
  expect(await office.hours()).toEqual([1, 0]);
  expect(await states()).toEqual([['returned', 'refer_to_payer', payment?.id]]);
  expect(gocardless.state.payments.size).toBe(1);
  expect(await office.ask(['verify'])).toMatchObject({ ok: true });
}, 120_000);

test('a debit that fails for the account is not repeated; the mandate that ended is reported', async () => {
  setUp({ failsWith: 'bank_account_closed' });
  await office.charge();
  await office.pass(2);
  gocardless.state.moveMandate(mandate, 'cancelled', 'bank_account_closed');
  await office.pass(10);
  expect(gocardless.state.payments.size).toBe(1);
  const [payment] = gocardless.state.payments.values();
  expect(await states()).toEqual([['failed', 'bank_account_closed', payment?.id]]);
  expect(await office.hours()).toEqual([1, 0]);
  const ended = /the mandate in "bank" has ended/;
  expect(office.subjects().filter((subject) => ended.test(subject))).toHaveLength(1);
  const checked = await office.ask<object>(['check'], [0, 1, 2, 3, 4, 5, 6]);
  expect(JSON.stringify(checked)).toContain(`${mandate} (sepa_core): cancelled`);
}, 120_000);
