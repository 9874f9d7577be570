import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, test } from '@jest/globals';
import { connectwise } from '../../../connectors/connectwise/index.ts';
import type { Poke, Webhook } from '../../../src/contract/connector.ts';
import { keyPath, signatureOf, signingKey } from '../../sandbox/connectwise/callbacks.ts';
import { createTestContext } from '../../support/connector-context.ts';
import { mockOrigin, useHttpMock } from '../../support/http-mock.ts';
import { type Bench, withConnectwise } from './bench.ts';

useHttpMock();

const { signal } = new AbortController();

function bodyOf(keyUrl: string, more: object = {}): string {
  const entity = JSON.stringify({ id: 7, notes: 'Wi-Fi du rez-de-chaussée – é' });
  const body = { Type: 'time', Action: 'updated', ID: 7, Entity: entity, ...more };
  return JSON.stringify({ ...body, Metadata: { key_url: keyUrl } });
}

function pokeOf(body: string, signature: string | null = signatureOf(body)): Poke {
  const header = (name: string) =>
    name === 'x-content-signature' ? (signature ?? undefined) : undefined;
  return { header, body: Buffer.from(body, 'utf8'), nowMs: Date.now() };
}

function webhookOf({ connector }: Pick<Bench, 'connector'>): Webhook {
  const { webhook } = connector;
  if (webhook === undefined) throw new Error('There is no webhook.');
  return webhook;
}

const keyRequests = ({ sandbox }: Bench) =>
  sandbox.exchanges.filter(({ request }) => request.path === keyPath).length;

test('a callback is verified by the published key, which is read once', async () => {
  await withConnectwise({}, async (bench) => {
    const webhook = webhookOf(bench);
    const url = `${bench.sandbox.baseUrl}${keyPath}`;
    for (const more of [{}, {}, { Entity: null, Action: 'deleted' }]) {
      expect(await webhook.isSigned(pokeOf(bodyOf(url, more)))).toBe(true);
    }
    const lower = bodyOf(url).replace('"Metadata"', '"metadata"');
    expect(await webhook.isSigned(pokeOf(lower))).toBe(true);
    expect(keyRequests(bench)).toBe(1);
    const [{ request } = { request: null }] = bench.sandbox.exchanges;
    expect(request?.headers.authorization).toBeUndefined();
  });
});

test.each<[string, (body: string) => Poke]>([
  ['without a signature', (body) => pokeOf(body, null)],
  ['signed by another key', (body) => pokeOf(body, signatureOf(body, 'another key'))],
  ['with an altered byte', (body) => pokeOf(body.replace('é', 'e'), signatureOf(body))],
  ['signed in hexadecimal', (body) => pokeOf(body, 'ab'.repeat(32))],
  ['that is no JSON', () => pokeOf('Type=time&ID=7')],
  ['that is null', () => pokeOf('null')],
  ['without an address of a key', () => pokeOf('{"Type":"time","ID":7}')],
])('a callback %s is refused', async (_, poke) => {
  await withConnectwise({}, async (bench) => {
    const body = bodyOf(`${bench.sandbox.baseUrl}${keyPath}`);
    expect(await webhookOf(bench).isSigned(poke(body))).toBe(false);
  });
});

describe('where the key may be', () => {
  const verify = async (baseUrl: string, keyUrl: string) => {
    const context = createTestContext();
    await withConnectwise({}, async ({ sandbox }) => {
      const settings = connectwise.config.parse({ ...sandbox.config, baseUrl });
      const { webhook } = connectwise.create(settings, context);
      isSigned = await webhook?.isSigned(pokeOf(bodyOf(keyUrl)));
    });
    return { isSigned, requests: context.requestCount };
  };
  let isSigned: boolean | undefined;

  test.each([
    ['https://api-eu.myconnectwise.net', 'https://na.myconnectwise.net'],
    ['https://api-eu.myconnectwise.net', 'https://sandbox-eu.myconnectwise.net'],
    ['https://psa.example:8443', 'https://psa.example:8443'],
  ])('a connection to %s takes keys of %s', async (baseUrl, origin) => {
    mockOrigin(origin).get('/keys/1').reply(200, { signing_key: signingKey });
    expect(await verify(baseUrl, `${origin}/keys/1`)).toEqual({ isSigned: true, requests: 1 });
  });

  test.each([
    ['https://api-eu.myconnectwise.net', 'https://evil.example/keys/1'],
    ['https://api-eu.myconnectwise.net', 'http://na.myconnectwise.net/keys/1'],
    ['https://api-eu.myconnectwise.net', 'https://na.myconnectwise.net.evil.example/keys/1'],
    ['https://api-eu.myconnectwise.net', 'https://na.myconnectwise.net:8443/keys/1'],
    ['https://api-eu.myconnectwise.net', 'https://user:pass@na.myconnectwise.net/keys/1'],
    ['https://api-eu.myconnectwise.net', 'http://127.0.0.1:9/keys/1'],
    ['https://api-eu.myconnectwise.net', 'https://169.254.169.254/keys/1'],
    ['https://api-eu.myconnectwise.net', 'file:///etc/passwd'],
    ['https://psa.example', 'https://na.myconnectwise.net/keys/1'],
    ['https://psa.example', 'https://psa.example:8443/keys/1'],
  ])('a connection to %s asks nothing of %s', async (baseUrl, keyUrl) => {
    expect(await verify(baseUrl, keyUrl)).toEqual({ isSigned: false, requests: 0 });
  });
});

test('a redirect to the key is not followed, nor one that is too large believed', async () => {
  const asked: string[] = [];
  const server = createServer(({ url = '' }, response) => {
    asked.push(url);
    const key = JSON.stringify({ signing_key: signingKey, more: 'x'.repeat(1024 * 1024) });
    if (url === '/moved') response.writeHead(302, { location: '/key' }).end();
    else response.writeHead(200, { 'content-type': 'application/json' }).end(key);
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  try {
    await withConnectwise({}, async (bench) => {
      const webhook = webhookOf(bench);
      expect(await webhook.isSigned(pokeOf(bodyOf(`${origin}/moved`)))).toBe(false);
      expect(await webhook.isSigned(pokeOf(bodyOf(`${origin}/large`)))).toBe(false);
    });
  } finally {
    server.close();
  }
  expect(asked).toEqual(['/moved', '/large']);
});

test('strangers cannot make it ask for keys without end, and a new key is found', async () => {
  // No key is believed while our clock is ahead.
  let nowMs = Date.now() - 2 * 3_600_000;
  await withConnectwise({ now: () => nowMs }, async (bench) => {
    const webhook = webhookOf(bench);
    const url = `${bench.sandbox.baseUrl}${keyPath}`;
    for (let round = 0; round < 40; round += 1) {
      await webhook.isSigned(pokeOf(bodyOf(`${url}?${round}`), signatureOf('nothing')));
    }
    expect(keyRequests(bench)).toBe(30);
    nowMs += 3_600_000;
    bench.sandbox.faults.distort(() => ({ signing_key: 'the old key' }));
    expect(await webhook.isSigned(pokeOf(bodyOf(url)))).toBe(false);
    bench.sandbox.faults.clear();
    expect(await webhook.isSigned(pokeOf(bodyOf(url)))).toBe(false);
    nowMs += 600_000;
    expect(await webhook.isSigned(pokeOf(bodyOf(url)))).toBe(true);
  });
});

test.each([
  [{}, { kind: 'time', id: '7', isDeleted: false }],
  [
    { Action: 'deleted', Entity: null },
    { kind: 'time', id: '7', isDeleted: true },
  ],
  [
    { Type: 'Ticket', Action: 'added' },
    { kind: 'ticket', id: '7', isDeleted: false },
  ],
  [
    { Type: 'invoice', ID: '7' },
    { kind: 'invoice', id: '7', isDeleted: false },
  ],
  [{ Type: 'agreement' }, null],
  [{ Type: 'toString' }, null],
  [{ ID: '7/../8' }, null],
  [{ ID: undefined }, null],
])('of a callback with %j, only the record’s name is kept', async (more, expected) => {
  await withConnectwise({}, async (bench) => {
    expect(webhookOf(bench).changed?.(pokeOf(bodyOf('https://x.example', more)))).toEqual(expected);
  });
});

test('a record is looked at by its ID: ours, of another company, or gone', async () => {
  await withConnectwise({}, async (bench) => {
    const { state } = bench.sandbox;
    const { company, other, board, member } = bench;
    const ticket = state.addTicket({ company, board, summary: 'One' });
    const project = state.addTicket({ company, board, summary: 'Two', kind: 'project' });
    const entry = state.addTime({ ticket, member, start: '2026-03-02T10:00:00Z', hours: '1' });
    const look = (kind: 'time' | 'ticket', id: number, clients = [company]) =>
      webhookOf(bench).look?.(
        { kind, id: String(id), isDeleted: false },
        clients.map(String),
        signal,
      );
    expect(await look('time', entry)).toBe('ours');
    expect(await look('time', entry, [other])).toBe('others');
    expect(await look('ticket', project)).toBe('ours');
    expect(await look('ticket', 99)).toBe('gone');
    state.deleteTime(entry);
    expect(await look('time', entry)).toBe('gone');
    bench.sandbox.faults.add('forbidden');
    await expect(look('ticket', ticket)).rejects.toMatchObject({ kind: 'permission' });
  });
});

describe('registrations', () => {
  const url = 'https://hours.example/hook/psa';
  const all = ['time', 'ticket', 'invoice', 'agreement'];
  const rowsIn = ({ sandbox }: Bench) =>
    sandbox.state.tables.callbacks.list().map(({ type, url: at }) => `${type} ${at}`);

  test('are made once each, and found again', async () => {
    await withConnectwise({}, async (bench) => {
      const { registrations } = webhookOf(bench);
      expect(await registrations?.missing(url, signal)).toEqual(all);
      const first = await registrations?.keep(url, [url], signal);
      expect(first).toEqual({ added: all, removed: [], kept: [] });
      const second = await registrations?.keep(url, [url], signal);
      expect(second).toEqual({ added: [], removed: [], kept: all });
      expect(rowsIn(bench)).toEqual(all.map((type) => `${type} ${url}?recordId=`));
      expect(await registrations?.missing(url, signal)).toEqual([]);
    });
  });

  test('that are doubled, inactive or for an old address of ours are replaced; others stay', async () => {
    await withConnectwise({}, async (bench) => {
      const { registrations } = webhookOf(bench);
      const { callbacks } = bench.sandbox.state.tables;
      const old = 'https://old.example/hook/psa';
      await registrations?.keep(old, [old], signal);
      await registrations?.keep(url, [url], signal);
      const ours = { description: 'prepaid-hours', level: 'owner', objectId: 1 };
      const at = `${url}?recordId=`;
      callbacks.add({ ...ours, type: 'time', url: at });
      const [, , , , , , invoice] = callbacks.list();
      callbacks.change(invoice?.id ?? 0, { inactiveFlag: true });
      const foreign = [
        callbacks.add({ ...ours, description: 'CRM', type: 'time', url: at }),
        callbacks.add({ ...ours, type: 'time', url: 'https://test.example/hook/psa?recordId=' }),
        callbacks.add({ type: 'company', url: 'https://crm.example/?id=' }),
      ].map(({ id }) => id);
      const result = await registrations?.keep(url, [old, url], signal);
      expect(result?.added).toEqual(['invoice']);
      expect(result?.removed.sort()).toEqual([...all, 'invoice', 'time'].sort());
      await registrations?.keep(null, [url], signal);
      expect(callbacks.list().map(({ id }) => id)).toEqual(foreign);
    });
  });

  test('say what is missing if they are not allowed', async () => {
    await withConnectwise({}, async (bench) => {
      bench.sandbox.state.switches.denied.add('/system/callbacks');
      const kept = webhookOf(bench).registrations?.keep(url, [url], signal);
      await expect(kept).rejects.toMatchObject({ kind: 'permission' });
    });
  });
});
