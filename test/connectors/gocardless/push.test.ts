/** One charge for one key, whatever is lost, repeated or refused on the way. */
import { expect, test } from '@jest/globals';
import { soon } from '../pull-rows.ts';
import { type GoCardlessBench, withGoCardless } from './bench.ts';

/** Lists show no payment yet. */
function hidePayments({ sandbox }: GoCardlessBench): void {
  sandbox.faults.distort((json) => {
    const { payments, ...rest } = json as { payments?: unknown };
    return Array.isArray(payments) ? { ...rest, payments: [] } : json;
  });
}

test('sends the key twice, as a header and in the metadata, and never lets GoCardless retry by itself', () =>
  withGoCardless(async (bench) => {
    const mandate = bench.state.addMandate(bench.dupont, 'ach');
    await bench.charge();
    const posted = bench.sandbox.exchanges.find(({ request }) => request.method === 'POST');
    expect(posted?.request.headers).toMatchObject({
      'idempotency-key': 'recharge:dupont:7:1',
      'gocardless-version': '2015-07-06',
    });
    expect(posted?.request.json()).toEqual({
      payments: {
        amount: 120_000,
        currency: 'USD',
        description: '10 h support block',
        retry_if_possible: false,
        metadata: {
          prepaid_hours_key: 'recharge:dupont:7:1',
          prepaid_hours_invoice: 'INV-1042',
        },
        links: { mandate },
      },
    });
  }));

test('a charge whose answer was lost, and that no list shows, is delivered as the one that the key made', () =>
  withGoCardless(async (bench) => {
    bench.state.addMandate(bench.dupont, 'ach');
    bench.sandbox.faults.add('lost-answer', { isWrite: true });
    await expect(bench.charge()).rejects.toMatchObject({ kind: 'unknown-outcome' });
    hidePayments(bench);
    const message = bench.recharge();
    expect(await bench.connector.push.recharge?.find(message, soon())).toBeNull();
    // Meanwhile another mandate has become the one to charge.
    bench.state.addMandate(bench.dupont, 'ach');
    const [id] = bench.state.payments.keys();
    expect(await bench.charge()).toBe(id);
    expect(bench.state.payments.size).toBe(1);
  }));

test('a key that made a charge of another amount, or something that is not ours, is rejected', () =>
  withGoCardless(async (bench) => {
    const mandate = bench.state.addMandate(bench.dupont, 'ach');
    const id = await bench.charge();
    hidePayments(bench);
    await expect(bench.charge({ amountMinor: 90_000 })).rejects.toMatchObject({
      kind: 'rejected',
      message: `${id} with this key is of another amount.`,
    });
    const theirs = bench.state.addPayment({ mandate, amount: 120_000, currency: 'USD' });
    bench.sandbox.keys.set('recharge:dupont:8:1', theirs.id);
    await expect(bench.charge({ key: 'recharge:dupont:8:1' })).rejects.toMatchObject({
      kind: 'rejected',
      message: expect.stringContaining(`was used for ${theirs.id}`),
    });
    expect(bench.state.payments.size).toBe(2);
  }));

test('a charge that is found with another amount is rejected', () =>
  withGoCardless(async (bench) => {
    bench.state.addMandate(bench.dupont, 'ach');
    await bench.charge();
    const other = bench.recharge({ amountMinor: 90_000 });
    const found = bench.connector.push.recharge?.find(other, soon());
    await expect(found).rejects.toMatchObject({ kind: 'rejected' });
  }));

test('charges the newest mandate in the currency of the offer', () =>
  withGoCardless(async (bench) => {
    bench.state.addMandate(bench.dupont, 'ach');
    bench.state.passDays(1);
    const newest = bench.state.addMandate(bench.dupont, 'ach', { status: 'pending_submission' });
    bench.state.passDays(1);
    bench.state.addMandate(bench.dupont, 'sepa_core');
    bench.state.addMandate(bench.dupont, 'ach', { status: 'pending_customer_approval' });
    bench.state.addMandate(bench.martin, 'ach');
    expect(bench.state.payment(await bench.charge()).mandate.id).toBe(newest);
  }));

test.each([
  ['none', []],
  ['one that ended', [['ach', 'cancelled']]],
  ['one that the payer has not approved', [['ach', 'pending_customer_approval']]],
  ['one in another currency', [['sepa_core', 'active']]],
  ['a consent with limits', [['faster_payments', 'active']]],
] as const)('without a mandate to charge, nothing is sent: %s', (_, mandates) =>
  withGoCardless(async (bench) => {
    for (const [scheme, status] of mandates) {
      bench.state.addMandate(bench.dupont, scheme, { status });
    }
    await expect(bench.charge()).rejects.toMatchObject({
      kind: 'rejected',
      message: expect.stringContaining('no mandate that can be charged in USD'),
      fix: expect.stringContaining('mandate link'),
    });
    expect(bench.requests().filter((request) => request.startsWith('POST'))).toEqual([]);
  }),
);

test('a customer who was removed is rejected with what to do', () =>
  withGoCardless(async (bench) => {
    bench.state.addMandate(bench.dupont, 'ach');
    bench.state.customer(bench.dupont).isRemoved = true;
    await expect(bench.charge()).rejects.toMatchObject({
      kind: 'rejected',
      fix: expect.stringContaining('Correct the client’s ID'),
    });
  }));

test('a mandate that ends as it is charged is rejected in GoCardless’s words', () =>
  withGoCardless(async (bench) => {
    const mandate = bench.state.addMandate(bench.dupont, 'ach');
    bench.state.mandate(mandate).status = 'blocked';
    bench.sandbox.faults.distort((json) => {
      const { mandates, ...rest } = json as { mandates?: object[] };
      if (!Array.isArray(mandates)) return json;
      return { ...rest, mandates: mandates.map((one) => ({ ...one, status: 'active' })) };
    });
    await expect(bench.charge()).rejects.toMatchObject({
      kind: 'rejected',
      message: expect.stringContaining('Mandate is failed, cancelled or expired'),
    });
  }));

test('a charge is withdrawn until it is submitted to the banks, and only with its own key', () =>
  withGoCardless(async (bench) => {
    bench.state.addMandate(bench.dupont, 'ach');
    const withdraw = bench.connector.push.recharge?.withdraw;
    const message = bench.recharge();
    const first = { remoteId: await bench.charge(), reason: 'A mistake.' };
    const other = bench.recharge({ key: 'recharge:dupont:9:1' });
    expect(await withdraw?.(other, first, soon())).toBeNull();
    expect(await withdraw?.(message, first, soon())).toEqual({ remoteId: first.remoteId });
    expect(bench.state.payment(first.remoteId).status).toBe('cancelled');
    const second = { remoteId: await bench.charge({ key: other.key }), reason: 'A mistake.' };
    bench.state.passDays(1);
    expect(await withdraw?.(other, second, soon())).toBeNull();
    expect(bench.state.payment(second.remoteId).status).toBe('submitted');
    const inspected = await bench.connector.push.recharge?.inspect?.(
      other,
      second.remoteId,
      soon(),
    );
    expect(inspected).toEqual({
      isPaid: false,
      isVoid: false,
      totalMinor: 120_000,
      currency: 'USD',
    });
  }));

test('waits until the time at which GoCardless resets its limit, then charges once', () =>
  withGoCardless(async (bench) => {
    bench.state.addMandate(bench.dupont, 'ach');
    bench.sandbox.faults.add('rate-limited', { method: 'POST' });
    const startedAt = performance.now();
    // The minute ends one second later.
    await bench.charge();
    expect(performance.now() - startedAt).toBeGreaterThanOrEqual(990);
    expect(bench.state.payments.size).toBe(1);
  }));
