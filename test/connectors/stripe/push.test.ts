/** One charge and never two, whatever Stripe answers and however late. */
import { describe, expect, test } from '@jest/globals';
import { instantFromMs } from '../../../src/domain/time.ts';
import { formFields } from '../../support/form-fields.ts';
import { soon } from '../pull-rows.ts';
import { type StripeBench, withStripe } from './bench.ts';

/** Dupont has an ACH mandate that is its default. */
function withMandate(use: (bench: StripeBench, method: string) => Promise<void>): Promise<void> {
  return withStripe(async (bench) => {
    const method = bench.state.addMethod(bench.dupont, 'us_bank_account');
    bench.state.setDefault(bench.dupont, method);
    await use(bench, method);
  });
}

function intentsOf({ state }: StripeBench) {
  return [...state.intents.values()];
}

function findIt(bench: StripeBench) {
  return bench.connector.push.recharge?.find(bench.recharge(), soon());
}

test('sends the whole charge in one request, and nothing that is not asked for', () =>
  withMandate(async (bench, method) => {
    const id = await bench.charge();
    const [sent] = bench.sandbox.exchanges.filter(({ request }) => request.method === 'POST');
    expect(formFields(sent?.request.body ?? '')).toEqual({
      amount: '120000',
      currency: 'usd',
      customer: bench.dupont,
      payment_method: method,
      payment_method_types: { 0: 'us_bank_account' },
      confirm: 'true',
      off_session: 'true',
      error_on_requires_action: 'true',
      description: '10 h support block',
      metadata: { prepaid_hours_key: 'recharge:dupont:7:1', prepaid_hours_invoice: 'INV-1042' },
    });
    expect(sent?.request.headers).toMatchObject({
      'idempotency-key': 'recharge:dupont:7:1',
      'content-type': 'application/x-www-form-urlencoded',
    });
    expect(intentsOf(bench)).toMatchObject([{ id, status: 'processing' }]);
  }));

test('names the API version in every request, and never searches', () =>
  withMandate(async (bench) => {
    await bench.charge();
    await bench.checked();
    await bench.payments();
    await bench.mandates();
    const { exchanges } = bench.sandbox;
    expect(new Set(exchanges.map(({ request }) => request.headers['stripe-version']))).toEqual(
      new Set(['2023-08-16']),
    );
    expect(exchanges.filter(({ request }) => request.path.includes('search'))).toEqual([]);
  }));

test('finds by the list what Stripe’s search does not show yet', () =>
  withMandate(async (bench) => {
    const id = await bench.charge();
    const { baseUrl, secretKey } = bench.sandbox.settings;
    const query = encodeURIComponent("metadata['prepaid_hours_key']:'recharge:dupont:7:1'");
    const searched = await fetch(`${baseUrl}/v1/payment_intents/search?query=${query}`, {
      headers: { authorization: `Bearer ${secretKey}` },
    });
    expect(await searched.json()).toMatchObject({ data: [] });
    expect(await findIt(bench)).toEqual({ remoteId: id });
  }));

test('finds a charge whose time Stripe’s clock puts a little before the request', () =>
  withMandate(async (bench) => {
    const id = await bench.charge();
    const requestedAt = instantFromMs(bench.state.now() + 9 * 60_000);
    const message = bench.recharge({ requestedAt });
    expect(await bench.connector.push.recharge?.find(message, soon())).toEqual({ remoteId: id });
  }));

describe('which payment method is charged', () => {
  const refused = async (bench: StripeBench, why: RegExp) => {
    await expect(bench.charge()).rejects.toMatchObject({
      kind: 'rejected',
      message: expect.stringMatching(why),
      fix: expect.stringMatching(/./),
    });
    expect(bench.sandbox.exchanges.filter(({ request }) => request.method === 'POST')).toEqual([]);
  };

  test('the default, among several', () =>
    withMandate(async (bench, method) => {
      bench.state.addMethod(bench.dupont, 'card');
      await bench.charge();
      expect(intentsOf(bench)).toMatchObject([{ method: { id: method } }]);
    }));

  test('the only usable one, where there is no default', () =>
    withStripe(async (bench) => {
      const { state, dupont } = bench;
      state.block(state.addMethod(dupont, 'us_bank_account'), 'bank_account_closed', 'R02');
      state.cancelMandate(state.addMethod(dupont, 'us_bank_account'));
      state.addMethod(dupont, 'card', { expires: { month: 2, year: 2026 } });
      const only = state.addMethod(dupont, 'us_bank_account');
      await bench.charge();
      expect(intentsOf(bench)).toMatchObject([{ method: { id: only } }]);
    }));

  test('none of several without a default', () =>
    withStripe(async (bench) => {
      bench.state.addMethod(bench.dupont, 'us_bank_account');
      bench.state.addMethod(bench.dupont, 'card');
      await refused(bench, /several payment methods and no default: pm_\d+, pm_\d+/);
    }));

  test('none where the other one cannot be read', () =>
    withStripe(async (bench) => {
      bench.state.addMethod(bench.dupont, 'us_bank_account');
      bench.state.addMethod(bench.dupont, 'card');
      bench.sandbox.faults.add('bad-row', { path: /payment_methods/ });
      await refused(bench, /several payment methods/);
    }));

  test('none of a customer that the account does not have', () =>
    withStripe(async (bench) => {
      const message = bench.recharge({ clientId: 'cus_typo' });
      expect(await bench.connector.push.recharge?.find(message, soon())).toBeNull();
      await expect(bench.charge({ clientId: 'cus_typo' })).rejects.toMatchObject({
        kind: 'rejected',
        message: 'Stripe has no customer cus_typo.',
        fix: expect.stringContaining('Correct the client’s ID'),
      });
    }));

  test('none where there is none, or a default that cannot be charged', () =>
    withStripe(async (bench) => {
      const { state, dupont } = bench;
      await refused(bench, /no payment method that can be charged/);
      const blocked = state.addMethod(dupont, 'us_bank_account');
      state.addMethod(dupont, 'card');
      state.setDefault(dupont, blocked);
      state.block(blocked, 'debit_not_authorized', 'R07');
      await refused(bench, /default .* cannot be charged \(debit_not_authorized \(R07\)\)/);
      state.setDefault(dupont, state.addMethod(dupont, 'link'));
      await refused(bench, /default .* is none of: us_bank_account/);
      state.deleteCustomer(dupont);
      await refused(bench, /no customer/);
    }));
});

describe('exactly once', () => {
  test('a charge whose answer was lost is the same charge when it is sent again within a day', () =>
    withMandate(async (bench) => {
      bench.sandbox.faults.add('lost-answer', { isWrite: true });
      await expect(bench.charge()).rejects.toMatchObject({ kind: 'unknown-outcome' });
      const [lost] = intentsOf(bench);
      expect(await bench.charge()).toBe(lost?.id);
      expect(intentsOf(bench)).toHaveLength(1);
    }));

  test('after a day only the look-up knows it: sent again without one, it would be a second charge', () =>
    withMandate(async (bench) => {
      bench.sandbox.faults.add('lost-answer', { isWrite: true });
      await expect(bench.charge()).rejects.toMatchObject({ kind: 'unknown-outcome' });
      const message = bench.recharge();
      bench.state.passDays(1);
      const [lost] = intentsOf(bench);
      const found = await bench.connector.push.recharge?.find(message, soon());
      expect(found).toEqual({ remoteId: lost?.id });
      await bench.connector.push.recharge?.create(message, soon());
      expect(intentsOf(bench)).toHaveLength(2);
    }));

  test('a key that is in use leaves the outcome open', () =>
    withMandate(async (bench) => {
      bench.sandbox.keys.inUse.add(bench.recharge().key);
      await expect(bench.charge()).rejects.toMatchObject({ kind: 'unknown-outcome', status: 409 });
      bench.sandbox.keys.inUse.clear();
      await bench.charge();
      expect(intentsOf(bench)).toHaveLength(1);
    }));

  test('a failure that Stripe has stored and repeats is rejected, so that another key can be used', () =>
    withMandate(async (bench) => {
      bench.sandbox.keys.breaking = 1;
      await expect(bench.charge()).rejects.toMatchObject({ kind: 'unknown-outcome', status: 500 });
      expect(await findIt(bench)).toBeNull();
      await expect(bench.charge()).rejects.toMatchObject({ kind: 'rejected', status: 500 });
      await bench.charge({ key: 'recharge:dupont:7:2' });
      expect(intentsOf(bench)).toHaveLength(1);
    }));

  test('a key with another payment method is rejected, not charged', () =>
    withMandate(async (bench) => {
      const first = await bench.charge();
      bench.state.setDefault(bench.dupont, bench.state.addMethod(bench.dupont, 'card'));
      await expect(bench.charge()).rejects.toMatchObject({
        kind: 'rejected',
        fix: expect.stringContaining('sent before with another payment method'),
      });
      expect(intentsOf(bench)).toMatchObject([{ id: first }]);
    }));

  test('a charge of ours with another amount is reported, and nothing is charged', () =>
    withMandate(async (bench) => {
      await bench.charge();
      const other = bench.recharge({ amountMinor: 90_000 });
      await expect(bench.connector.push.recharge?.find(other, soon())).rejects.toMatchObject({
        kind: 'rejected',
        message: expect.stringContaining('another amount'),
      });
    }));

  test.each([429, 400] as const)('too many requests, said by %i, are sent again', (status) =>
    withMandate(async (bench) => {
      bench.sandbox.account.limitedStatus = status;
      bench.sandbox.faults.add('rate-limited', { isWrite: true, retryAfterSeconds: 0 });
      await bench.charge();
      expect(intentsOf(bench)).toHaveLength(1);
    }),
  );
});

describe('a decline', () => {
  const declined = (use: (bench: StripeBench, id: string) => Promise<void>, code?: string) =>
    withStripe(async (bench) => {
      const behaviour = code === undefined ? { requiresAction: true as const } : { declines: code };
      bench.state.addMethod(bench.dupont, 'card', { behaviour });
      await use(bench, await bench.charge());
    });

  test('is delivered as the intent that it left, and read as failed', () =>
    declined(async (bench, id) => {
      expect(await bench.payment(id)).toMatchObject({
        status: 'failed',
        failure: 'funds',
        reference: 'recharge:dupont:7:1',
      });
    }, 'insufficient_funds'));

  test('is repeated by Stripe for its key, and tried again with another', () =>
    declined(async (bench, id) => {
      const [method] = bench.state.methodsOf(bench.dupont);
      Object.assign(method ?? {}, { behaviour: {} });
      expect(await bench.charge()).toBe(id);
      const second = await bench.charge({ key: 'recharge:dupont:7:2' });
      expect(await bench.payment(second)).toMatchObject({ status: 'succeeded' });
    }, 'insufficient_funds'));

  test('for want of the payer’s authentication needs the payer', () =>
    declined(async (bench, id) => {
      expect(await bench.payment(id)).toMatchObject({
        status: 'failed',
        failure: 'account',
        reason: 'authentication_required',
      });
    }));

  test('of an account that is not to be charged by its mandate is rejected with Stripe’s words', () =>
    withMandate(async (bench, method) => {
      bench.state.setDefault(bench.dupont, method);
      await expect(bench.charge({ currency: 'EUR' })).rejects.toMatchObject({
        kind: 'rejected',
        status: 400,
        message: expect.stringContaining('us_bank_account only supports usd'),
      });
    }));
});

describe('amounts', () => {
  const amountOf = (currency: string, amountMinor: number) => async (bench: StripeBench) => {
    bench.state.addMethod(bench.dupont, 'card');
    await bench.charge({ currency, amountMinor });
    return intentsOf(bench)[0]?.amount;
  };

  test.each([
    ['USD', 120_000, 120_000],
    ['JPY', 5000, 5000],
    ['KWD', 12_340, 12_340],
    ['ISK', 500, 50_000],
    ['HUF', 500, 50_000],
  ])('%s: our %i is Stripe’s %i', (currency, ours, theirs) =>
    withStripe(async (bench) => expect(await amountOf(currency, ours)(bench)).toBe(theirs)),
  );

  test('an amount that Stripe cannot charge exactly is rejected before anything is sent', () =>
    withStripe(async (bench) => {
      await expect(amountOf('KWD', 12_345)(bench)).rejects.toMatchObject({
        kind: 'rejected',
        fix: expect.stringContaining('Round'),
      });
      expect(bench.requests()).toEqual([]);
    }));
});

describe('withdrawn', () => {
  const withdraw = (bench: StripeBench, remoteId: string, key = bench.recharge().key) => {
    const reason = 'It was a mistake.';
    return bench.connector.push.recharge?.withdraw?.(
      bench.recharge({ key }),
      { remoteId, reason },
      soon(),
    );
  };

  test('a declined charge is cancelled, and shows it', () =>
    withStripe(async (bench) => {
      const behaviour = { declines: 'do_not_honor' };
      bench.state.addMethod(bench.dupont, 'card', { behaviour });
      const id = await bench.charge();
      expect(await withdraw(bench, id, 'recharge:other')).toBeNull();
      expect(await bench.payment(id)).toMatchObject({ status: 'failed' });
      expect(await withdraw(bench, id)).toEqual({ remoteId: id });
      expect(await withdraw(bench, id)).toEqual({ remoteId: id });
      const state = await bench.connector.push.recharge?.inspect?.(bench.recharge(), id, soon());
      expect(state).toMatchObject({ isVoid: true, isPaid: false, totalMinor: 120_000 });
      expect(await bench.payment(id)).toMatchObject({ status: 'cancelled' });
    }));

  test('a debit that the bank collects, a paid one and another’s are left to people', () =>
    withMandate(async (bench) => {
      const id = await bench.charge();
      expect(await withdraw(bench, id)).toBeNull();
      bench.state.passDays(5);
      expect(await withdraw(bench, id)).toBeNull();
      expect(await withdraw(bench, id, 'recharge:other')).toBeNull();
      expect(await withdraw(bench, 'pi_none')).toBeNull();
      expect(await bench.payment(id, { since: instantFromMs(0) })).toMatchObject({
        status: 'succeeded',
      });
    }));
});
