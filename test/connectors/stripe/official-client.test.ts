/**
 * Stripe's own client as a second opinion: what it reads of the sandbox is what the connector reads, what one writes the
 * other finds, and it accepts the sandbox's webhooks.
 */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from '@jest/globals';
import Stripe from 'stripe';
import type { PaymentRow } from '../../../src/contract/connector.ts';
import { instantFromMs } from '../../../src/domain/time.ts';
import { signatureOf } from '../../sandbox/stripe/webhooks.ts';
import { soon } from '../pull-rows.ts';
import { type StripeBench, withStripe } from './bench.ts';

function clientOf({ sandbox: { settings } }: StripeBench): Stripe {
  const { hostname, port } = new URL(settings.baseUrl);
  return new Stripe(settings.secretKey, {
    // The client is typed for its own version alone.
    apiVersion: '2023-08-16' as Stripe.LatestApiVersion,
    host: hostname,
    port,
    protocol: 'http',
    maxNetworkRetries: 0,
    telemetry: false,
  });
}

/** Payments of every kind, in three schemes and currencies. */
async function someDays(bench: StripeBench): Promise<void> {
  const { state, dupont, martin } = bench;
  const put = (customer: string, type: 'us_bank_account' | 'sepa_debit' | 'card', rest = {}) => {
    const method = state.method(state.addMethod(customer, type, rest));
    const currency = { us_bank_account: 'usd', sepa_debit: 'eur', card: 'jpy' }[type];
    return state.addIntent({ customer, method, amount: 70_000, currency }).id;
  };
  put(dupont, 'us_bank_account');
  put(dupont, 'us_bank_account', { behaviour: { failsWith: 'insufficient_funds' } });
  put(martin, 'sepa_debit', { behaviour: { disputed: { afterDays: 2, reason: 'general' } } });
  state.refund(put(martin, 'card'), 30_000);
  put(martin, 'card', { behaviour: { declines: 'stolen_card' } });
  state.passDays(8);
  put(martin, 'sepa_debit');
  state.cancel(put(dupont, 'card', { behaviour: { declines: 'do_not_honor' } }));
}

test('reads the same payments as the official client', () =>
  withStripe(async (bench) => {
    await someDays(bench);
    const client = clientOf(bench);
    const theirs: Stripe.PaymentIntent[] = [];
    bench.sandbox.account.rowsMax = 2;
    for (const customer of [bench.dupont, bench.martin]) {
      const list = client.paymentIntents.list({ customer, expand: ['data.latest_charge'] });
      theirs.push(...(await list.autoPagingToArray({ limit: 100 })));
    }
    const since = { since: instantFromMs(bench.state.now() - 20 * 86_400_000) };
    const ours = new Map((await bench.payments(since)).map((row) => [row.sourceId, row]));
    expect([...ours.keys()].sort()).toEqual(theirs.map(({ id }) => id).sort());
    expect(theirs.length).toBe(7);
    for (const intent of theirs) expect(ours.get(intent.id)).toMatchObject(expectedRow(intent));
    const statuses = [...ours.values()].map(({ status }) => status);
    expect(new Set(statuses)).toEqual(new Set(['submitted', 'succeeded', 'failed', 'cancelled']));
  }));

function expectedRow(intent: Stripe.PaymentIntent): Partial<PaymentRow> {
  const charge = intent.latest_charge;
  if (charge === null || typeof charge === 'string') throw new Error('The charge is missing.');
  const statuses: Partial<Record<Stripe.PaymentIntent.Status, PaymentRow['status']>> = {
    processing: 'submitted',
    succeeded: 'succeeded',
    canceled: 'cancelled',
    requires_payment_method: 'failed',
  };
  const status = statuses[intent.status];
  if (status === undefined) throw new Error(`Unexpected: ${intent.status}`);
  return {
    clientId: String(intent.customer),
    status,
    amountMinor: intent.amount,
    currency: intent.currency.toUpperCase(),
    reversedMinor: charge.disputed ? intent.amount : charge.amount_refunded,
    createdAt: new Date(intent.created * 1000).toISOString(),
  };
}

test('reads the same payment methods as the official client', () =>
  withStripe(async (bench) => {
    await someDays(bench);
    const client = clientOf(bench);
    for (const customer of [bench.dupont, bench.martin]) {
      const methods = await client.customers.listPaymentMethods(customer, { limit: 100 });
      const rows = await bench.mandates({ isStored: false, clientIds: [customer] });
      const shown = rows.map(({ sourceId, scheme }) => `${sourceId} ${scheme}`);
      expect(shown.sort()).toEqual(methods.data.map(({ id, type }) => `${id} ${type}`).sort());
    }
  }));

test('lists the same events as the official client', () =>
  withStripe(async (bench) => {
    await someDays(bench);
    const types = ['payment_intent.succeeded', 'charge.refunded'];
    const list = clientOf(bench).events.list({ types, limit: 100 });
    const events = await list.autoPagingToArray({ limit: 100 });
    expect(events.map(({ type }) => type).sort()).toEqual([
      'charge.refunded',
      'payment_intent.succeeded',
      'payment_intent.succeeded',
      'payment_intent.succeeded',
    ]);
  }));

test('what one charges the other finds, and a key of either is the other’s', () =>
  withStripe(async (bench) => {
    const { state, dupont } = bench;
    const method = state.addMethod(dupont, 'us_bank_account');
    const client = clientOf(bench);
    const id = await bench.charge();
    const seen = await client.paymentIntents.retrieve(id);
    expect(seen).toMatchObject({
      amount: 120_000,
      currency: 'usd',
      metadata: { prepaid_hours_key: 'recharge:dupont:7:1', prepaid_hours_invoice: 'INV-1042' },
    });
    const key = 'recharge:dupont:8:1';
    // The client’s own version has no payment_method_types any more.
    const params = {
      amount: 120_000,
      currency: 'usd',
      customer: dupont,
      payment_method: method,
      payment_method_types: ['us_bank_account'],
      confirm: true,
      off_session: true,
      error_on_requires_action: true,
      description: '10 h support block',
      metadata: { prepaid_hours_key: key, prepaid_hours_invoice: 'INV-1042' },
    };
    const made = await client.paymentIntents.create(params, { idempotencyKey: key });
    const found = await bench.connector.push.recharge?.find(bench.recharge({ key }), soon());
    expect(found).toEqual({ remoteId: made.id });
    // The same request in the connector's words is the same request.
    expect(await bench.charge({ key })).toBe(made.id);
  }));

test('declines, refusals and wrong keys are what the official client takes them for', () =>
  withStripe(async (bench) => {
    const { state, dupont } = bench;
    const method = state.addMethod(dupont, 'card', { behaviour: { declines: 'lost_card' } });
    const client = clientOf(bench);
    const params = {
      amount: 500,
      currency: 'usd',
      customer: dupont,
      payment_method: method,
      payment_method_types: ['card'],
      confirm: true,
    };
    const create = (change: { amount?: number }) =>
      client.paymentIntents.create({ ...params, ...change }, { idempotencyKey: 'one' });
    await expect(create({})).rejects.toMatchObject({
      type: 'StripeCardError',
      code: 'card_declined',
      decline_code: 'lost_card',
    });
    await expect(create({ amount: 900 })).rejects.toMatchObject({ type: 'StripeIdempotencyError' });
    await expect(client.customers.retrieve('cus_none')).rejects.toMatchObject({
      type: 'StripeInvalidRequestError',
      code: 'resource_missing',
    });
  }));

test('signed, repeated and re-ordered webhooks are accepted by the official helper, altered ones are not', () =>
  withStripe(async (bench) => {
    await someDays(bench);
    const secret = 'whsec_sandbox';
    const toleranceSeconds = 300;
    const received: string[] = [];
    const receivedAt = bench.state.now();
    const server = createServer(async (incoming, outgoing) => {
      const chunks: Buffer[] = [];
      for await (const chunk of incoming) chunks.push(Buffer.from(chunk));
      const body = Buffer.concat(chunks);
      const signature = String(incoming.headers['stripe-signature']);
      const check = (bytes: Buffer) =>
        Stripe.webhooks.constructEvent(
          bytes,
          signature,
          secret,
          toleranceSeconds,
          undefined,
          receivedAt,
        );
      expect(() => check(Buffer.concat([body, Buffer.from(' ')]))).toThrow('signature');
      received.push(check(body).id);
      outgoing.writeHead(204).end();
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`;
    try {
      const statuses = await bench.sandbox.deliverEvents({
        url,
        secret,
        times: 2,
        order: 'reversed',
      });
      const ids = bench.state.events.map(({ id }) => id).reverse();
      expect(received).toEqual([...ids, ...ids]);
      expect(new Set(statuses)).toEqual(new Set([204]));
    } finally {
      server.close();
    }
    const timestamp = 1_790_845_200;
    const header = Stripe.webhooks.generateTestHeaderString({ payload: '{}', secret, timestamp });
    expect(signatureOf('{}', secret, timestamp)).toContain(header);
  }));
