/** Debits over weeks: late failures, charge-backs, refunds and retries, each read as it is at the time. */
import { expect, test } from '@jest/globals';
import type { Behaviour } from '../../sandbox/gocardless/state.ts';
import { pagesOf } from '../pull-rows.ts';
import { type GoCardlessBench, withGoCardless } from './bench.ts';

async function chargeWith(bench: GoCardlessBench, behaviour: Behaviour = {}): Promise<string> {
  bench.state.addMandate(bench.dupont, 'ach', { behaviour });
  return bench.charge();
}

test('a debit is submitted for days, then succeeds on the day of its charge and stays so when paid out', () =>
  withGoCardless(async (bench) => {
    const id = await chargeWith(bench);
    const submitted = { status: 'submitted', settledOn: null, reason: null, failure: null };
    for (const days of [0, 1, 2]) {
      bench.state.passDays(days === 0 ? 0 : 1);
      expect(await bench.payment(id)).toMatchObject(submitted);
    }
    const succeeded = {
      status: 'succeeded',
      settledOn: '2026-03-12',
      reversedMinor: 0,
      reason: null,
    };
    bench.state.passDays(2);
    expect(bench.state.payment(id).status).toBe('confirmed');
    expect(await bench.payment(id)).toMatchObject(succeeded);
    bench.state.passDays(2);
    expect(bench.state.payment(id).status).toBe('paid_out');
    expect(await bench.payment(id)).toMatchObject(succeeded);
  }));

test('a failure that the bank reports after the confirmation takes the whole amount back', () =>
  withGoCardless(async (bench) => {
    const cause = 'insufficient_funds';
    const id = await chargeWith(bench, { failsLate: { afterDays: 5, cause } });
    bench.state.passDays(9);
    const late = {
      status: 'succeeded',
      amountMinor: 120_000,
      reversedMinor: 120_000,
      reason: cause,
      failure: null,
      settledOn: '2026-03-12',
    };
    expect(await bench.payment(id)).toMatchObject(late);
    bench.state.passDays(60);
    expect(await bench.payment(id, { since: '2026-01-01T00:00:00.000Z' })).toMatchObject(late);
  }));

test('a charge-back takes the whole amount back, until the bank cancels it', () =>
  withGoCardless(async (bench) => {
    const cause = 'refund_requested';
    const id = await chargeWith(bench, { chargedBack: { afterDays: 40, cause } });
    bench.state.passDays(44);
    expect(await bench.payment(id)).toMatchObject({
      status: 'succeeded',
      reversedMinor: 120_000,
      reason: cause,
    });
    bench.state.cancelChargeBack(id);
    expect(await bench.payment(id)).toMatchObject({ reversedMinor: 0, reason: null });
  }));

test.each([false, true])(
  'a refund is seen, whether its event names the payment or not: %s',
  (isLinked) =>
    withGoCardless(async (bench) => {
      const id = await chargeWith(bench);
      bench.state.passDays(20);
      expect(await bench.payment(id)).toBeUndefined();
      const refund = bench.state.refund(id, 45_000, isLinked);
      const refunded = { status: 'succeeded', reversedMinor: 45_000, reason: 'refunded' };
      expect(await bench.payment(id)).toMatchObject(refunded);
      bench.state.failRefund(refund);
      expect(await bench.payment(id)).toMatchObject({ reversedMinor: 0, reason: null });
    }),
);

test.each([
  ['insufficient_funds', 'funds'],
  ['refer_to_payer', 'funds'],
  ['bank_account_closed', 'account'],
  ['mandate_cancelled', 'account'],
  ['authorisation_disputed', 'account'],
  ['bank_account_transferred', 'other'],
  ['a_cause_of_tomorrow', 'other'],
])('a debit that fails with %s is a failure of: %s', (cause, failure) =>
  withGoCardless(async (bench) => {
    const id = await chargeWith(bench, { failsWith: cause });
    bench.state.passDays(4);
    expect(await bench.payment(id)).toMatchObject({
      status: 'failed',
      reason: cause,
      failure,
      reversedMinor: 0,
      settledOn: null,
    });
  }),
);

test('a failed debit that GoCardless will try again is still under way', () =>
  withGoCardless(async (bench) => {
    const behaviour = { failsWith: 'insufficient_funds' };
    const mandate = bench.state.addMandate(bench.dupont, 'ach', { behaviour });
    const charge = { mandate, amount: 9_900, currency: 'USD', mayRetry: true };
    const { id } = bench.state.addPayment(charge);
    bench.state.passDays(4);
    expect(bench.state.payment(id).status).toBe('failed');
    const underWay = { status: 'submitted', reason: null, failure: null };
    expect(await bench.payment(id)).toMatchObject(underWay);
    bench.state.passDays(3);
    expect(bench.state.payment(id).status).toBe('pending_submission');
    expect(await bench.payment(id)).toMatchObject(underWay);
    bench.state.passDays(4);
    expect(await bench.payment(id)).toMatchObject({ status: 'failed', failure: 'funds' });
  }));

test('a debit that somebody retries after it failed may still succeed', () =>
  withGoCardless(async (bench) => {
    const id = await chargeWith(bench, { failsWith: 'refer_to_payer' });
    bench.state.passDays(4);
    bench.state.payment(id).mandate.behaviour = {};
    bench.state.retry(id);
    bench.state.passDays(4);
    expect(await bench.payment(id)).toMatchObject({
      status: 'succeeded',
      settledOn: '2026-03-16',
      failure: null,
    });
  }));

test('a cancelled debit says why: the mandate, the payer or a user', () =>
  withGoCardless(async (bench) => {
    const [cancelled, ended] = [
      await chargeWith(bench),
      bench.state.addPayment({
        mandate: bench.state.addMandate(bench.martin, 'ach'),
        amount: 500,
        currency: 'USD',
      }),
    ];
    bench.state.cancel(cancelled);
    bench.state.moveMandate(ended.mandate.id, 'cancelled', 'bank_account_closed');
    const mandate = bench.state.addMandate(bench.martin, 'ach', { needsApproval: true });
    const denied = bench.state.addPayment({ mandate, amount: 500, currency: 'USD' });
    expect(await bench.payment(denied.id)).toMatchObject({ status: 'submitted' });
    bench.state.denyApproval(denied.id);
    const read = async (id: string) => {
      const { status, reason, failure } = (await bench.payment(id)) ?? {};
      return [status, reason, failure];
    };
    expect(await read(cancelled)).toEqual(['cancelled', 'payment_cancelled', null]);
    expect(await read(ended.id)).toEqual(['cancelled', 'bank_account_closed', null]);
    expect(await read(denied.id)).toEqual(['cancelled', 'customer_approval_denied', null]);
  }));

test('events that come in any order, and twice, change nothing', () =>
  withGoCardless(async (bench) => {
    const failsLate = { afterDays: 1, cause: 'refer_to_payer' };
    const id = await chargeWith(bench, { failsLate });
    bench.state.passDays(5);
    const inOrder = await bench.payment(id, { since: '2026-03-01T00:00:00.000Z' });
    bench.sandbox.faults.distort((json) => {
      const { events, ...rest } = json as { events?: unknown[] };
      return events === undefined ? json : { ...rest, events: [...events.toReversed(), ...events] };
    });
    expect(await bench.payment(id, { since: '2026-03-01T00:00:00.000Z' })).toEqual(inOrder);
    expect(inOrder).toMatchObject({ status: 'succeeded', reversedMinor: 120_000 });
  }));

test('a quiet run sends two requests, and a change three more: the payment, its mandate, and its history if it ended', () =>
  withGoCardless(async (bench) => {
    const id = await chargeWith(bench, { failsWith: 'insufficient_funds' });
    bench.state.passDays(3);
    bench.requests();
    await bench.payment(id, { since: '2026-03-13T11:59:59.000Z' });
    expect(bench.requests()).toEqual(['GET /events', 'GET /events']);
    bench.state.passDays(1);
    await bench.payment(id, { since: '2026-03-13T12:00:00.000Z' });
    expect(bench.requests()).toEqual([
      ...['GET /events', 'GET /events', `GET /payments/${id}`],
      ...[`GET /mandates/${bench.state.payment(id).mandate.id}`, 'GET /events'],
    ]);
  }));

test('an event of a payment that GoCardless does not show is quarantined', () =>
  withGoCardless(async (bench) => {
    const id = await chargeWith(bench);
    const shown = bench.state.payment(id);
    bench.state.payments.delete(id);
    const pages = await pagesOf(bench.connector, 'payments', bench.asked());
    expect(pages.flatMap(({ rejected }) => rejected)).toMatchObject([{ sourceId: id }]);
    bench.state.payments.set(id, shown);
    expect(await bench.payment(id)).toMatchObject({ status: 'submitted' });
  }));

test.each([404, 422] as const)(
  'a customer who does not exist is logged, and the others are read: %d',
  (unknownCustomer) =>
    withGoCardless(async (bench) => {
      bench.sandbox.organisation.unknownCustomer = unknownCustomer;
      const id = await chargeWith(bench);
      const all = { since: '2025-01-01T00:00:00.000Z', clientIds: ['CU999999', bench.dupont] };
      expect(await bench.payment(id, all)).toMatchObject({ status: 'submitted' });
      expect(await bench.mandates(all)).toHaveLength(1);
      const warned = bench.context.logs.filter(({ level }) => level === 'warn');
      expect(warned.map(({ detail }) => detail)).toEqual([
        { customer: 'CU999999' },
        { customer: 'CU999999' },
      ]);
    }),
);

test('a list that fails for another reason than its customer is an error', () =>
  withGoCardless(async (bench) => {
    await chargeWith(bench);
    bench.sandbox.organisation.unknownCustomer = 422;
    bench.state.customers.delete(bench.martin);
    const all = { since: '2025-01-01T00:00:00.000Z', clientIds: [bench.martin] };
    await expect(bench.mandates(all)).resolves.toEqual([]);
    bench.sandbox.faults.add('forbidden', { path: /^\/mandates$/ });
    await expect(bench.mandates(all)).rejects.toMatchObject({ kind: 'permission' });
  }));

test('a refund of a mandate does not stop the reading of payments', () =>
  withGoCardless(async ({ state, dupont, charge, payments }) => {
    state.addMandate(dupont, 'ach', {});
    const id = await charge();
    const refund = state.refunds.get(state.refund(id, 0, false)) ?? {};
    Object.defineProperty(refund, 'payment', { value: undefined });
    expect((await payments()).map(({ sourceId }) => sourceId)).toEqual([id]);
  }));
