/** What `check` says of each client: who it is, what would be charged, and what to do. */
import { expect, test } from '@jest/globals';
import { withStripe } from './bench.ts';

test('names the account, its mode, and for each client what would be charged', () =>
  withStripe(async (bench) => {
    const { state, sandbox, dupont, martin } = bench;
    sandbox.account.capabilities = {
      card_payments: 'active',
      us_bank_account_ach_payments: 'active',
    };
    const debit = state.addMethod(dupont, 'us_bank_account');
    const card = state.addMethod(martin, 'card');
    const results = await bench.checked();
    expect(results.get('auth')).toMatchObject({
      status: 'ok',
      detail: 'Signed in to acct_1 (DE, EUR) in test mode.',
    });
    expect(results.get('mode')).toMatchObject({
      status: 'warning',
      detail: expect.stringContaining('no money is collected'),
    });
    const mandate = state.mandateOf(debit)?.id;
    expect(results.get(`client.${dupont}`)).toEqual({
      id: `client.${dupont}`,
      status: 'ok',
      detail: `${dupont} ("Dupont"): charges ${debit} (us_bank_account, usable, mandate ${mandate}), USD only.`,
    });
    expect(results.get(`client.${martin}`)).toMatchObject({
      status: 'ok',
      detail: `${martin} ("Martin"): charges ${card} (card, expires 2031-12), any currency.`,
    });
    expect([...results.values()].filter(({ status }) => status === 'failed')).toEqual([]);
  }));

test('a client without anything to charge fails, with what to do', () =>
  withStripe(async (bench) => {
    const { state, dupont, martin } = bench;
    state.addPendingSetup(dupont);
    state.addMethod(martin, 'card');
    state.addMethod(martin, 'us_bank_account');
    const results = await bench.checked();
    expect(results.get(`client.${dupont}`)).toMatchObject({
      status: 'failed',
      detail: expect.stringContaining('not confirmed by the payer'),
      fix: expect.stringContaining('customer portal'),
    });
    expect(results.get(`client.${martin}`)).toMatchObject({
      status: 'failed',
      detail: expect.stringContaining('several payment methods and no default'),
      fix: expect.stringContaining('default'),
    });
  }));

test('a customer that is wrong or deleted fails, and the others are checked', () =>
  withStripe(async (bench) => {
    const { state, dupont, martin } = bench;
    state.addMethod(martin, 'card');
    state.deleteCustomer(dupont);
    const results = await bench.checked();
    expect(results.get(`client.${dupont}`)).toMatchObject({
      status: 'failed',
      fix: expect.stringContaining('test mode does not exist in live mode'),
    });
    expect(results.get(`client.${martin}`)).toMatchObject({ status: 'ok' });
  }));

test('a mandate of another currency is a warning, an inactive capability a failure', () =>
  withStripe(async (bench) => {
    const { state, sandbox, dupont, martin } = bench;
    sandbox.account.capabilities = {
      sepa_debit_payments: 'active',
      bacs_debit_payments: 'pending',
    };
    state.addMethod(dupont, 'sepa_debit');
    state.addMethod(martin, 'bacs_debit');
    const results = await bench.checked();
    expect(results.get(`client.${dupont}`)).toMatchObject({
      status: 'warning',
      detail: expect.stringContaining('EUR only. Offers in USD cannot be charged'),
    });
    expect(results.get(`client.${martin}`)).toMatchObject({
      status: 'failed',
      detail: expect.stringContaining('bacs_debit_payments is pending'),
      fix: expect.stringContaining('Settings > Payment methods'),
    });
  }));

test('a restricted key that may not see the account is enough', () =>
  withStripe(async (bench) => {
    const { state, sandbox, dupont, martin } = bench;
    sandbox.account.showsAccount = false;
    for (const customer of [dupont, martin]) state.addMethod(customer, 'card');
    const results = await bench.checked();
    expect(results.get('auth')).toMatchObject({ status: 'ok' });
    expect([...results.values()].filter(({ status }) => status === 'failed')).toEqual([]);
  }));

test.each([
  ['payment_intents', /^\/v1\/payment_intents$/],
  ['events', /^\/v1\/events$/],
  ['disputes', /^\/v1\/disputes$/],
  ['setup_intents', /^\/v1\/setup_intents$/],
])('a key that may not list %s fails', (name, path) =>
  withStripe(async (bench) => {
    bench.sandbox.faults.add('forbidden', { path, times: Number.POSITIVE_INFINITY });
    expect((await bench.checked()).get(`permission.${name}`)).toMatchObject({
      status: 'failed',
      kind: 'permission',
      fix: expect.stringContaining(name),
    });
  }),
);

test('the first charge proves that a charge is found by its key', () =>
  withStripe(async (bench) => {
    bench.state.addMethod(bench.dupont, 'card');
    expect((await bench.checked()).get('fact.intent-key')).toMatchObject({ isUnverified: true });
    await bench.charge();
    expect((await bench.checked()).get('fact.intent-key')).toMatchObject({ status: 'ok' });
  }));
