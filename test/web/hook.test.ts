import { afterEach, beforeEach, expect, test } from '@jest/globals';
import Stripe from 'stripe';
import { gocardless } from '../../connectors/gocardless/index.ts';
import { stripe as vendor } from '../../connectors/stripe/index.ts';
import type { ConfiguredConnection } from '../../src/config/loaded.ts';
import type { VendorModule } from '../../src/contract/connector.ts';
import { Redactor } from '../../src/domain/redaction.ts';
import { connectAll } from '../../src/service/app/connect.ts';
import type { ServiceView } from '../../src/service/schedule/start.ts';
import { openWeb } from '../../src/web/server.ts';
import { signatureOf } from '../sandbox/gocardless/webhooks.ts';
import { type StripeSandbox, startStripeSandbox } from '../sandbox/stripe/index.ts';
import { CoreBench } from '../support/core-bench.ts';

const webhookSecret = 'whsec_0123456789abcdef';

let bench: CoreBench;
let sandbox: StripeSandbox;
let url: string;
let pokes: number;
let close: () => Promise<void>;

beforeEach(async () => {
  bench = await CoreBench.open();
  bench.nowMs = Date.now();
  sandbox = await startStripeSandbox();
  const settings = { ...sandbox.settings, webhookSecret };
  const stripe = { name: 'stripe', vendor: vendor as VendorModule, settings };
  const unsigned = { name: 'unsigned', vendor: vendor as VendorModule, settings: sandbox.settings };
  const connections = new Map<string, ConfiguredConnection>([
    ['stripe', stripe],
    ['unsigned', unsigned],
    [
      'gocardless',
      {
        ...stripe,
        name: 'gocardless',
        vendor: gocardless as VendorModule,
        settings: { ...sandbox.settings, webhookSecret },
      },
    ],
    ['psa', { ...stripe, vendor: { create: () => ({}) } as never, name: 'psa' }],
  ]);
  const web = { host: '127.0.0.1', port: 0, token: 'a-token-of-the-status-page', url: null };
  bench.app.config = { ...bench.app.config, connections, web };
  const { config, store, log, now, requests } = bench.app;
  const services = { store, log, now, requests, redactor: new Redactor() };
  bench.app.connectors = connectAll(config, services);
  pokes = 0;
  const view: ServiceView = {
    app: () => bench.app,
    fault: () => null,
    poke: () => {
      pokes += 1;
      return true;
    },
  };
  const opened = await openWeb(view);
  if (opened === null) throw new Error('nothing was opened');
  [url, close] = [new URL('/hook/stripe', opened.url).href, opened.close];
});

afterEach(async () => {
  await close();
  await sandbox.close();
  await bench.close();
});

const payload = '{"type":"payment_intent.succeeded","note":"é & ü"}';

/** Signed by Stripe's own client. */
function signed(secret = webhookSecret, ageSeconds = 0): string {
  const timestamp = Math.floor(bench.nowMs / 1000) - ageSeconds;
  return Stripe.webhooks.generateTestHeaderString({ payload, secret, timestamp });
}

async function post(signature: string | null, body = payload, to = url): Promise<number> {
  const headers = signature === null ? {} : { 'stripe-signature': signature };
  return (await fetch(to, { method: 'POST', headers, body })).status;
}

test('a webhook that Stripe signed pokes the service; nothing of its body is used', async () => {
  expect(await post(signed())).toBe(204);
  expect(pokes).toBe(1);
  expect(await post(`${signed('whsec_other0000')},${signed().split(',')[1]}`)).toBe(204);
});

test.each([
  ['none', () => null, payload],
  ['of another secret', () => signed('whsec_another0'), payload],
  ['five minutes old', () => signed(webhookSecret, 301), payload],
  ['of another body', () => signed(), payload.replace('é', 'e')],
  ['of an old scheme', () => signed().replace('v1=', 'v0='), payload],
  ['without a time', () => signed().replace(/t=\d+/, 't=x'), payload],
  ['that is no hexadecimal', () => signed().replace(/v1=\w+/, 'v1=zz'), payload],
])('a signature that is %s is refused', async (_, sign, body) => {
  expect(await post(sign(), body)).toBe(400);
  expect(pokes).toBe(0);
});

test('GoCardless signs the body alone', async () => {
  const to = url.replace('stripe', 'gocardless');
  const send = (body: string, signature: string) =>
    fetch(to, { method: 'POST', headers: { 'webhook-signature': signature }, body });
  expect((await send(payload, signatureOf(payload, webhookSecret))).status).toBe(204);
  expect((await send(`${payload} `, signatureOf(payload, webhookSecret))).status).toBe(400);
  expect((await send(payload, signatureOf(payload, 'another'))).status).toBe(400);
  expect(pokes).toBe(1);
});

test('a connection without a secret, one that sends none, and an unknown one take nothing', async () => {
  const to = (name: string) => url.replace('stripe', name);
  expect(await post(signed(), payload, to('unsigned'))).toBe(400);
  expect(await post(signed(), payload, to('psa'))).toBe(404);
  expect(await post(signed(), payload, to('nobody'))).toBe(404);
  expect((await fetch(url)).status).toBe(401);
  expect(pokes).toBe(0);
});

test('what is too large is refused unread', async () => {
  const large = 'x'.repeat(1024 * 1024 + 1);
  expect(await post(signed(), large)).toBe(413);
});

test('what the sandbox delivers twice and in another order is taken each time', async () => {
  const customer = sandbox.state.addCustomer('Dupont');
  sandbox.state.addMethod(customer, 'card');
  const statuses = await sandbox.deliverEvents({
    url,
    secret: webhookSecret,
    times: 2,
    order: 'reversed',
  });
  expect(new Set(statuses)).toEqual(new Set([204]));
  expect(pokes).toBe(statuses.length);
});
