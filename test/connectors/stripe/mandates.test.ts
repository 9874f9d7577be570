/** What can be charged, and what can no more: as far as Stripe shows it. */
import { expect, test } from '@jest/globals';
import { instantFromMs } from '../../../src/domain/time.ts';
import { pagesOf } from '../pull-rows.ts';
import { type StripeBench, withStripe } from './bench.ts';

async function mandateOf(bench: StripeBench, id: string) {
  return (await bench.mandates()).find(({ sourceId }) => sourceId === id);
}

test('each saved bank account and card is usable, with its scheme; other methods are not ours', () =>
  withStripe(async (bench) => {
    const { state, dupont } = bench;
    for (const type of ['us_bank_account', 'sepa_debit', 'bacs_debit', 'card', 'link'] as const) {
      state.addMethod(dupont, type);
    }
    const rows = await bench.mandates();
    expect(rows.map(({ scheme, status }) => `${scheme} ${status}`).sort()).toEqual([
      'bacs_debit usable',
      'card usable',
      'sepa_debit usable',
      'us_bank_account usable',
    ]);
    expect(rows.every(({ clientId }) => clientId === dupont)).toBe(true);
  }));

test('a bank account that Stripe has blocked is ended, with the bank’s return code', () =>
  withStripe(async (bench) => {
    const id = bench.state.addMethod(bench.dupont, 'us_bank_account');
    bench.state.block(id, 'bank_account_closed', 'R02');
    expect(await mandateOf(bench, id)).toMatchObject({
      status: 'ended',
      detail: 'bank_account_closed (R02)',
    });
  }));

test('a card lasts to the last day of its month, and is ended by the first run after', () =>
  withStripe(async (bench) => {
    const expires = { month: 3, year: 2026 };
    const id = bench.state.addMethod(bench.dupont, 'card', { expires });
    expect(await mandateOf(bench, id)).toMatchObject({
      status: 'usable',
      detail: 'expires 2026-03',
      expiresOn: '2026-03-31',
    });
    // The 31st: no event, and nothing to read again within a day.
    bench.state.passDays(21);
    const since = () => ({ since: instantFromMs(bench.state.now() - 3_600_000) });
    expect(await bench.mandates(since())).toEqual([]);
    bench.state.passDays(1);
    const overnight = { since: instantFromMs(bench.state.now() - 86_400_000) };
    expect(await bench.mandates(overnight)).toMatchObject([
      { sourceId: id, status: 'ended', detail: 'expired 2026-03', expiresOn: '2026-03-31' },
    ]);
  }));

test('a method that was removed from the customer is ended once, and then gone', () =>
  withStripe(async (bench) => {
    const { state, dupont } = bench;
    const [card, debit] = [state.addMethod(dupont, 'card'), state.addMethod(dupont, 'sepa_debit')];
    await bench.mandates();
    state.detach(card);
    const rows = new Map((await bench.mandates()).map((row) => [row.sourceId, row]));
    expect(rows.get(card)).toMatchObject({
      scheme: 'card',
      status: 'ended',
      detail: 'removed from the customer',
      clientId: dupont,
    });
    expect(rows.get(debit)).toMatchObject({ status: 'usable' });
    expect((await bench.mandates()).map(({ sourceId }) => sourceId)).toEqual([debit]);
  }));

test('all of a deleted customer’s are ended', () =>
  withStripe(async (bench) => {
    const { state, dupont } = bench;
    const id = state.addMethod(dupont, 'sepa_debit');
    await bench.mandates();
    state.deleteCustomer(dupont);
    expect(await mandateOf(bench, id)).toMatchObject({ status: 'ended' });
  }));

test('an unreadable method ends nothing', () =>
  withStripe(async (bench) => {
    const id = bench.state.addMethod(bench.dupont, 'card');
    await bench.mandates();
    bench.sandbox.faults.add('bad-row', { path: /payment_methods/ });
    const pages = await pagesOf(bench.connector, 'mandates', bench.asked());
    expect(pages.flatMap(({ rows }) => rows)).toEqual([]);
    expect(pages.flatMap(({ rejected }) => rejected)).toMatchObject([{ sourceId: id }]);
    expect(await mandateOf(bench, id)).toMatchObject({ status: 'usable' });
  }));

test('a bank account is pending until its microdeposits are confirmed', () =>
  withStripe(async (bench) => {
    const setup = bench.state.addPendingSetup(bench.dupont);
    expect(await bench.mandates()).toMatchObject([
      { sourceId: setup.method, scheme: 'us_bank_account', status: 'pending' },
    ]);
    bench.state.confirmSetup(setup);
    expect(await bench.mandates()).toMatchObject([{ sourceId: setup.method, status: 'usable' }]);
  }));

test('a set-up that is given up is ended', () =>
  withStripe(async (bench) => {
    const setup = bench.state.addPendingSetup(bench.dupont);
    await bench.mandates();
    setup.status = 'canceled';
    expect(await bench.mandates()).toMatchObject([{ sourceId: setup.method, status: 'ended' }]);
  }));

test.each(['setup', 'charge'] as const)('a cancelled mandate is known by its %s', (via) =>
  withStripe(async (bench) => {
    const { state, dupont } = bench;
    const id = state.addMethod(dupont, 'sepa_debit', { via });
    const method = state.method(id);
    state.addIntent({ customer: dupont, method, amount: 5000, currency: 'eur' });
    expect(await mandateOf(bench, id)).toMatchObject({ status: 'usable' });
    state.cancelMandate(id);
    expect(await mandateOf(bench, id)).toMatchObject({
      status: 'ended',
      detail: 'mandate inactive',
    });
  }),
);

test('a mandate that Stripe does not name is taken for usable, and check says so', () =>
  withStripe(async (bench) => {
    const { state, dupont } = bench;
    const id = state.addMethod(dupont, 'us_bank_account', { via: 'charge' });
    state.cancelMandate(id);
    expect(await mandateOf(bench, id)).toMatchObject({ status: 'usable' });
    state.addMethod(bench.martin, 'us_bank_account');
    expect((await bench.checked()).get('fact.mandate-id')).toMatchObject({
      status: 'warning',
      detail: expect.stringContaining('Verified false'),
      fix: expect.stringContaining('only noticed when a charge fails'),
    });
  }));

test('a Bacs mandate that the payer revoked is ended', () =>
  withStripe(async (bench) => {
    const id = bench.state.addMethod(bench.dupont, 'bacs_debit');
    bench.state.cancelMandate(id);
    expect(await mandateOf(bench, id)).toMatchObject({
      status: 'ended',
      detail: 'mandate revoked',
    });
  }));

test('a mandate for a single payment cannot be charged again', () =>
  withStripe(async (bench) => {
    const id = bench.state.addMethod(bench.dupont, 'us_bank_account');
    Object.assign(bench.state.mandateOf(id) ?? {}, { type: 'single_use' });
    expect(await mandateOf(bench, id)).toMatchObject({
      status: 'ended',
      detail: 'mandate for a single payment',
    });
  }));

test('a quiet run is one request, and only a customer with an event is read again', () =>
  withStripe(async (bench) => {
    const { state, dupont, martin } = bench;
    state.addMethod(dupont, 'card');
    state.addMethod(martin, 'card');
    await bench.mandates();
    state.passDays(0.1);
    bench.requests();
    expect(await bench.mandates()).toEqual([]);
    expect(bench.requests()).toEqual(['GET /v1/events']);
    state.addMethod(martin, 'card');
    expect((await bench.mandates()).map(({ clientId }) => clientId)).toEqual([martin, martin]);
    expect(bench.requests()).toEqual([
      'GET /v1/events',
      `GET /v1/customers/${martin}/payment_methods`,
      'GET /v1/setup_intents',
    ]);
  }));

test('a comparison reads all of them and changes no memory', () =>
  withStripe(async (bench) => {
    const id = bench.state.addMethod(bench.dupont, 'card');
    await bench.mandates();
    bench.state.detach(id);
    const before = new Map(bench.context.kept);
    // Without an event since.
    bench.state.passDays(0.1);
    for (const _ of [1, 2]) {
      expect(await bench.mandates({ isStored: false })).toMatchObject([{ status: 'ended' }]);
    }
    expect(bench.context.kept).toEqual(before);
  }));

test('one that was removed is told again until that is stored', () =>
  withStripe(async (bench) => {
    const id = bench.state.addMethod(bench.dupont, 'card');
    await bench.mandates();
    bench.state.detach(id);
    const whenStored = () => Promise.reject(new Error('not stored'));
    await expect(bench.mandates({ whenStored })).rejects.toThrow('not stored');
    expect(await bench.mandates()).toMatchObject([{ status: 'ended' }]);
  }));
