/** Payments as Stripe moves them: days later, back again, in its own minor units. */
import { describe, expect, test } from '@jest/globals';
import type { PaymentRow } from '../../../src/contract/connector.ts';
import { instantFromMs } from '../../../src/domain/time.ts';
import { dayMs } from '../../sandbox/days.ts';
import type { Behaviour, Scheme } from '../../sandbox/stripe/state.ts';
import { pagesOf } from '../pull-rows.ts';
import { type StripeBench, withStripe } from './bench.ts';

/** A charge of Dupont's with a new payment method. */
function put(
  { state, dupont }: StripeBench,
  type: Scheme,
  behaviour: Behaviour = {},
  amount = 120_000,
  currency = 'usd',
): string {
  const method = state.method(state.addMethod(dupont, type, { behaviour }));
  return state.addIntent({ customer: dupont, method, amount, currency }).id;
}

/** As a run after so many days reads it. */
async function later(bench: StripeBench, id: string, days: number) {
  const since = instantFromMs(bench.state.now() + 1000);
  bench.state.passDays(days);
  return bench.payment(id, { since });
}

test('a debit is submitted until the bank has paid, and settled on that day where the MSP sits', () =>
  withStripe(
    async (bench) => {
      bench.state.passDays(0.45);
      const id = put(bench, 'us_bank_account');
      expect(await bench.payment(id)).toMatchObject({ status: 'submitted', settledOn: null });
      expect(await later(bench, id, 3)).toBeUndefined();
      expect(await later(bench, id, 1)).toMatchObject({
        status: 'succeeded',
        // 22:48 on the 14th in UTC.
        settledOn: '2026-03-15',
        updatedAt: '2026-03-14T22:48:00.000Z',
      });
    },
    { timezone: 'Asia/Tokyo' },
  ));

test('a debit that the bank returns before it succeeds has failed, with the bank’s code', () =>
  withStripe(async (bench) => {
    const id = put(bench, 'us_bank_account', { failsWith: 'account_closed' });
    expect(await later(bench, id, 5)).toMatchObject({
      status: 'failed',
      reason: 'account_closed',
      failure: 'account',
      reversedMinor: 0,
    });
  }));

test('a debit that is returned weeks after it succeeded is reversed, and still has its day', () =>
  withStripe(async (bench) => {
    const id = put(bench, 'us_bank_account', {
      disputed: { afterDays: 20, reason: 'debit_not_authorized' },
    });
    expect(await later(bench, id, 10)).toMatchObject({ status: 'succeeded', reversedMinor: 0 });
    expect(await later(bench, id, 20)).toMatchObject({
      status: 'succeeded',
      reversedMinor: 120_000,
      reason: 'debit_not_authorized',
      failure: null,
    });
  }));

test.each([
  ['needs_response', 120_000],
  ['under_review', 120_000],
  ['lost', 120_000],
  ['won', 0],
  ['warning_needs_response', 0],
  ['warning_closed', 0],
])('a dispute that is %s takes %i back', (status, reversedMinor) =>
  withStripe(async (bench) => {
    const id = put(bench, 'card');
    const dispute = bench.state.dispute(id, 120_000, 'fraudulent');
    bench.state.closeDispute(dispute, status);
    expect(await bench.payment(id)).toMatchObject({ reversedMinor });
  }),
);

test('a refund and a dispute never take back more than was paid; a refund that fails is undone', () =>
  withStripe(async (bench) => {
    const id = put(bench, 'card');
    bench.state.refund(id, 50_000);
    bench.state.dispute(id, 100_000, 'duplicate', 'lost');
    expect(await bench.payment(id)).toMatchObject({ reversedMinor: 120_000, reason: 'duplicate' });
    const other = put(bench, 'card');
    bench.state.refund(other, 50_000);
    expect(await bench.payment(other)).toMatchObject({ reversedMinor: 50_000, reason: 'refunded' });
    bench.state.failRefund(other, 50_000);
    expect(await bench.payment(other)).toMatchObject({ reversedMinor: 0, reason: null });
  }));

test('after a pause longer than events are kept, a refund of an old payment is read', () =>
  withStripe(async (bench) => {
    const debit = put(bench, 'us_bank_account');
    const card = put(bench, 'card');
    bench.state.passDays(60);
    const since = instantFromMs(bench.state.now());
    bench.state.refund(debit, 1000);
    bench.state.refund(card, 2000);
    bench.state.passDays(40);
    const rows = new Map((await bench.payments({ since })).map((row) => [row.sourceId, row]));
    // When a debit succeeded was in an event that Stripe has dropped.
    expect(rows.get(debit)).toMatchObject({ reversedMinor: 1000, settledOn: null });
    expect(rows.get(card)).toMatchObject({ reversedMinor: 2000, settledOn: '2026-03-10' });
  }));

test('a first run reads when debits of the last weeks succeeded', () =>
  withStripe(async (bench) => {
    const id = put(bench, 'us_bank_account');
    bench.state.passDays(10);
    const first = await bench.payment(id, { since: '2025-06-01T00:00:00.000Z' });
    expect(first).toMatchObject({ status: 'succeeded', settledOn: '2026-03-14' });
  }));

describe('what a failure means', () => {
  test.each<[string, PaymentRow['failure']]>([
    ['insufficient_funds', 'funds'],
    ['try_again_later', 'funds'],
    ['expired_card', 'account'],
    ['stolen_card', 'account'],
    ['authentication_required', 'account'],
    ['do_not_honor', 'other'],
    ['a_code_of_next_year', 'other'],
  ])('%s of a card: %s', (declines, failure) =>
    withStripe(async (bench) => {
      const id = put(bench, 'card', { declines });
      expect(await bench.payment(id)).toMatchObject({ reason: declines, failure });
    }),
  );

  test.each<[string, PaymentRow['failure']]>([
    ['insufficient_funds', 'funds'],
    ['no_account', 'account'],
    ['debit_not_authorized', 'account'],
    ['bank_account_restricted', 'account'],
    ['refer_to_customer', 'other'],
  ])('%s of a debit: %s', (failsWith, failure) =>
    withStripe(async (bench) => {
      const id = put(bench, 'sepa_debit', { failsWith }, 120_000, 'eur');
      expect(await later(bench, id, 6)).toMatchObject({ reason: failsWith, failure });
    }),
  );

  test('is read of the charge where the intent only says that it was declined', () =>
    withStripe(async (bench) => {
      const id = put(bench, 'us_bank_account');
      bench.state.fail(id, 'account_closed');
      bench.state.intent(id).error = { code: 'payment_intent_payment_attempt_failed' };
      expect(await bench.payment(id)).toMatchObject({ reason: 'account_closed' });
    }));
});

test.each([
  ['jpy', 5000, 'JPY', 5000],
  ['kwd', 12_340, 'KWD', 12_340],
  ['isk', 50_000, 'ISK', 500],
  ['usd', 50_000, 'USD', 50_000],
])('%s: Stripe’s %i is ours in %s as %i', (currency, amount, code, amountMinor) =>
  withStripe(async (bench) => {
    const id = put(bench, 'card', {}, amount, currency);
    bench.state.refund(id, amount);
    const row = { currency: code, amountMinor, reversedMinor: amountMinor };
    expect(await bench.payment(id)).toMatchObject(row);
  }),
);

test('an amount that cannot be ours is quarantined, and the others are read', () =>
  withStripe(async (bench) => {
    const wrong = put(bench, 'card', {}, 50_050, 'isk');
    const right = put(bench, 'card');
    const pages = await pagesOf(bench.connector, 'payments', bench.asked());
    expect(pages.flatMap(({ rejected }) => rejected)).toMatchObject([
      { sourceId: wrong, reason: expect.stringContaining('ISK') },
    ]);
    expect(pages.flatMap(({ rows }) => rows)).toMatchObject([{ sourceId: right }]);
  }));

test('a payment of another customer, or of nobody, is not even read', () =>
  withStripe(async (bench) => {
    const { state } = bench;
    const shop = state.addCustomer('A shop’s customer');
    for (const customer of [shop, null]) {
      const method = state.method(state.addMethod(shop, 'card'));
      state.addIntent({ customer, method, amount: 500, currency: 'usd' });
    }
    expect(await bench.payments()).toEqual([]);
    expect(bench.requests()).toEqual(['GET /v1/events']);
  }));

test('a dispute names no customer: that of a stranger’s payment is read and left out', () =>
  withStripe(async (bench) => {
    const { state } = bench;
    const stranger = state.addCustomer('A shop’s customer');
    const method = state.method(state.addMethod(stranger, 'card'));
    const { id } = state.addIntent({ customer: stranger, method, amount: 500, currency: 'usd' });
    state.dispute(id, 500, 'general');
    expect(await bench.payments()).toEqual([]);
    expect(bench.requests()).toEqual(['GET /v1/events', `GET /v1/payment_intents/${id}`]);
  }));

test('a changed payment is one more request, however often it changed, and one more if it is disputed', () =>
  withStripe(async (bench) => {
    const id = put(bench, 'card');
    for (const amount of [1, 2, 3]) bench.state.refund(id, amount);
    expect(await bench.payments()).toMatchObject([{ sourceId: id, reversedMinor: 6 }]);
    const read = `GET /v1/payment_intents/${id}`;
    expect(bench.requests()).toEqual(['GET /v1/events', read]);
    bench.state.dispute(id, 5, 'general');
    await bench.payments();
    expect(bench.requests()).toEqual(['GET /v1/events', read, 'GET /v1/disputes']);
  }));

test('an event that is repeated or comes late changes nothing: the payment is read as it is now', () =>
  withStripe(async (bench) => {
    const id = put(bench, 'us_bank_account');
    bench.state.passDays(5);
    const since = instantFromMs(bench.state.now() - 6 * dayMs);
    const before = await bench.payments({ since });
    const [created, ...others] = bench.state.events.filter(({ type }) => /intent/.test(type));
    bench.state.events.push(...others, ...(created ? [{ ...created }] : []));
    expect(await bench.payments({ since })).toEqual(before);
    expect(before).toMatchObject([{ sourceId: id, status: 'succeeded' }]);
  }));

test('a wrong customer ID in the config does not hide the others’ payments', () =>
  withStripe(async (bench) => {
    const id = put(bench, 'card');
    const since = '2025-01-01T00:00:00.000Z';
    const rows = await bench.payments({ since, clientIds: ['cus_typo', bench.dupont] });
    expect(rows).toMatchObject([{ sourceId: id }]);
    expect(bench.context.logs).toContainEqual(
      expect.objectContaining({ level: 'warn', detail: { customer: 'cus_typo' } }),
    );
  }));

test('an unreadable dispute quarantines its payment alone', () =>
  withStripe(async (bench) => {
    const disputed = put(bench, 'card');
    bench.state.dispute(disputed, 5, 'general');
    const fine = put(bench, 'card');
    bench.sandbox.faults.add('bad-row', { path: /disputes/ });
    const pages = await pagesOf(bench.connector, 'payments', bench.asked());
    expect(pages.flatMap(({ rejected }) => rejected)).toMatchObject([{ sourceId: disputed }]);
    expect(pages.flatMap(({ rows }) => rows)).toMatchObject([{ sourceId: fine }]);
  }));

test('no bank detail reaches a row, a quarantined row or the log', () =>
  withStripe(async (bench) => {
    const { state, connector, dupont } = bench;
    state.setDefault(dupont, state.addMethod(dupont, 'us_bank_account'));
    const id = await bench.charge();
    state.fail(id, 'no_account');
    const shown: unknown[] = [];
    for (const path of [/none/, /events/, /payment_methods/]) {
      bench.sandbox.faults.add('bad-row', { path });
      shown.push(await pagesOf(connector, 'payments', bench.asked()));
      shown.push(await pagesOf(connector, 'mandates', bench.asked({ isStored: false })));
    }
    bench.sandbox.faults.clear();
    bench.sandbox.faults.distort((json) => {
      const { data, ...rest } = json as { data?: object[] };
      return { ...rest, ...(data && { data: data.map((row) => ({ ...row, created: 'once' })) }) };
    });
    shown.push(await pagesOf(connector, 'payments', bench.asked()));
    bench.sandbox.faults.distort((json) => ({ ...(json as object), amount: 'much' }));
    shown.push(await pagesOf(connector, 'payments', bench.asked()));
    const text = JSON.stringify([shown, bench.context.logs, [...bench.context.kept]]);
    expect(text).toMatch(/once.*much/);
    expect(text).not.toMatch(/6789|110000000|TEST BANK/);
  }));
