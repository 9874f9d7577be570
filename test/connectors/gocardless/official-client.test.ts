/** GoCardless's own client library against the same sandbox: both must read the same, and share keys. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from '@jest/globals';
import { GoCardlessClient } from 'gocardless-nodejs';
import { Environments } from 'gocardless-nodejs/constants';
import type { Mandate, Payment } from 'gocardless-nodejs/types';
import { parseWithMeta } from 'gocardless-nodejs/webhooks';
import { signatureOf, webhookBody } from '../../sandbox/gocardless/webhooks.ts';
import { rowsOf } from '../pull-rows.ts';
import { type GoCardlessBench, withGoCardless } from './bench.ts';

function officialClient({ sandbox }: GoCardlessBench): GoCardlessClient {
  const client = new GoCardlessClient(sandbox.settings.accessToken, Environments.Sandbox);
  // It only knows its own two addresses.
  const { _api: api } = client as unknown as { _api: { _baseUrl: string } };
  api._baseUrl = sandbox.baseUrl;
  return client;
}

const everything = { since: '2025-01-01T00:00:00.000Z' };

test('reads the same payments and mandates as the connector, over several pages', () =>
  withGoCardless(async (bench) => {
    const { state, dupont, connector } = bench;
    await someWeeks(bench);
    bench.sandbox.organisation.rowsMax = 2;
    const client = officialClient(bench);
    const theirs: Payment[] = [];
    for await (const payment of client.payments.all({ customer: dupont })) theirs.push(payment);
    expect(theirs).toHaveLength(6);
    const ours = await rowsOf(connector, 'payments', bench.asked(everything));
    const shown = ours.map((row) => [row.sourceId, row.amountMinor, row.currency, row.createdAt]);
    const wanted = theirs.map((one) => [one.id, one.amount, one.currency, one.created_at]);
    expect(shown).toEqual(expect.arrayContaining(wanted));
    for (const { id = '', amount_refunded: refunded = 0, status, charge_date } of theirs) {
      const row = ours.find(({ sourceId }) => sourceId === id);
      const isKept = status === 'confirmed' || status === 'paid_out';
      if (isKept) expect(row).toMatchObject({ reversedMinor: refunded, settledOn: charge_date });
      expect((await client.payments.find(id)).status).toBe(state.payment(id).status);
    }
    const mandates: Mandate[] = [];
    for await (const mandate of client.mandates.all({ customer: dupont })) mandates.push(mandate);
    const rows = await bench.mandates({ ...everything, clientIds: [dupont] });
    expect(rows.map((row) => [row.sourceId, row.clientId, row.scheme])).toEqual(
      mandates.map(({ id, links, scheme }) => [id, links?.customer, scheme]),
    );
  }));

test('reads the same changes, with their causes', () =>
  withGoCardless(async (bench) => {
    await someWeeks(bench);
    const client = officialClient(bench);
    const causes = new Map<string, string>();
    const filters = {
      resource_type: 'payments',
      created_at: { gte: '2026-03-01T00:00:00.000Z' },
    } as const;
    for await (const event of client.events.all(filters)) {
      const { action = '', details, links } = event;
      if (!/^(?:failed|charged_back|cancelled)$/.test(action)) continue;
      if (!causes.has(links?.payment ?? '')) causes.set(links?.payment ?? '', details?.cause ?? '');
    }
    expect(causes.size).toBe(4);
    const changed = { since: '2026-03-01T00:00:00.000Z' };
    for (const [id, cause] of causes) {
      expect(await bench.payment(id, changed)).toMatchObject({ reason: cause });
    }
  }));

test('shares keys with the connector: whoever comes second gets what the first has made', () =>
  withGoCardless(async (bench) => {
    const mandate = bench.state.addMandate(bench.dupont, 'ach');
    const client = officialClient(bench);
    const id = await bench.charge();
    const wanted = { amount: 120_000, currency: 'USD', links: { mandate } } as const;
    expect(await client.payments.create(wanted, bench.recharge().key)).toMatchObject({ id });
    const key = 'recharge:dupont:8:1';
    const metadata = { prepaid_hours_key: key };
    const made = await client.payments.create({ ...wanted, metadata }, key);
    bench.sandbox.faults.distort((json) => {
      const { payments, ...rest } = json as { payments?: unknown };
      return Array.isArray(payments) ? { ...rest, payments: [] } : json;
    });
    expect(await bench.charge({ key })).toBe(made.id);
    expect(bench.state.payments.size).toBe(2);
  }));

test('accepts the sandbox’s webhooks, repeated and re-ordered, and no other signature', () =>
  withGoCardless(async (bench) => {
    const { state, sandbox } = bench;
    await someWeeks(bench);
    const secret = 'webhook-secret';
    const bodies: { body: string; signature: string }[] = [];
    const endpoint = createServer(async (request, response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(Buffer.from(chunk));
      const signature = String(request.headers['webhook-signature']);
      bodies.push({ body: Buffer.concat(chunks).toString('utf8'), signature });
      response.writeHead(204).end();
    });
    await new Promise<void>((resolve) => endpoint.listen(0, '127.0.0.1', resolve));
    try {
      const url = `http://127.0.0.1:${(endpoint.address() as AddressInfo).port}/hook`;
      const delivery = { url, secret, times: 2, order: 'reversed', eventsMax: 10 } as const;
      const statuses = await sandbox.deliverEvents(delivery);
      expect(new Set(statuses)).toEqual(new Set([204]));
    } finally {
      endpoint.closeAllConnections();
      endpoint.close();
    }
    const parsed = bodies.map(({ body, signature }) => parseWithMeta(body, secret, signature));
    expect(parsed.every(({ webhookId }) => webhookId?.startsWith('WB'))).toBe(true);
    const ids = parsed.flatMap(({ events }) => events.map(({ id }: { id: string }) => id));
    const once = state.events.map(({ id }) => id).reverse();
    expect(ids).toEqual([...once, ...once]);
    const body = webhookBody(state.events);
    const refused: [string, string][] = [
      [`${body} `, signatureOf(body, secret)],
      [body, signatureOf(body, 'another secret')],
      [body, ''],
    ];
    for (const [text, signature] of refused) {
      expect(() => parseWithMeta(text, secret, signature)).toThrow(
        expect.objectContaining({ name: 'InvalidSignatureError' }),
      );
    }
  }));

/** Six payments of Dupont's with every outcome, a mandate that was replaced and one that ended. */
async function someWeeks({ state, dupont, martin, charge }: GoCardlessBench): Promise<void> {
  const mandate = state.addMandate(dupont, 'ach');
  state.addMandate(martin, 'ach');
  await charge();
  const behaviours = [
    { failsWith: 'insufficient_funds' },
    { failsLate: { afterDays: 2, cause: 'refer_to_payer' } },
    { chargedBack: { afterDays: 3, cause: 'authorisation_disputed' } },
  ];
  for (const behaviour of behaviours) {
    const own = state.addMandate(dupont, 'ach', { behaviour });
    state.addPayment({ mandate: own, amount: 25_000, currency: 'USD' });
  }
  const cancelled = state.addPayment({ mandate, amount: 300, currency: 'USD' });
  state.cancel(cancelled.id);
  const refunded = state.addPayment({ mandate, amount: 70_000, currency: 'USD' });
  state.passDays(8);
  state.refund(refunded.id, 20_000);
  state.replaceMandate(mandate);
  state.moveMandate(state.addMandate(dupont, 'ach'), 'expired');
}
