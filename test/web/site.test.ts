import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { openWeb } from '../../src/web/server.ts';
import { agreementOf, CoreBench, clientOf, openingOf } from '../support/core-bench.ts';

const token = 'a-token-of-the-status-page';
const secret = 'psa-secret-0123456789';
const schedule = {
  pull: '*/10 * * * *',
  debit: '2-59/10 * * * *',
  replenish: '4-59/10 * * * *',
  push: '*/2 * * * *',
  sweep: '15 3 * * *',
  reconcile: '30 3 * * *',
};

let bench: CoreBench;
let url: string;
let close: () => Promise<void>;
let fault: string | null;

async function open(name = 'Dupont', host = '127.0.0.1'): Promise<void> {
  bench = await CoreBench.open({ clients: [clientOf({ name, openingBlocks: [openingOf(10)] })] });
  const vendor = { name: 'psa', vendor: {} as never, settings: {} };
  const connections = new Map([
    ['psa', vendor],
    ['rmm', { ...vendor, name: 'rmm' }],
  ]);
  const web = { host, port: 0, token, url: null };
  const secrets = [secret, token];
  bench.app.config = { ...bench.app.config, schedule, connections, web, secrets };
  fault = null;
  const opened = await openWeb({ app: () => bench.app, fault: () => fault, poke: () => true });
  if (opened === null) throw new Error('nothing was opened');
  [url, close] = [opened.url.replace('0.0.0.0', '127.0.0.1'), opened.close];
}

beforeEach(() => open());
afterEach(async () => {
  await close();
  await bench.close();
});

const bearer = { authorization: `Bearer ${token}` };
const ask = (path: string, headers: Record<string, string> = bearer) =>
  fetch(new URL(path, url), { headers, redirect: 'manual' });

function signIn(given: string, headers: Record<string, string> = {}) {
  const body = new URLSearchParams({ token: given });
  return fetch(new URL('/login', url), { method: 'POST', body, headers, redirect: 'manual' });
}

test('only /healthz and the login form answer a stranger', async () => {
  expect((await ask('/healthz', {})).status).toBe(200);
  expect((await ask('/login', {})).status).toBe(200);
  for (const path of ['/', '/readyz', '/metrics', '/nothing']) {
    const answer = await ask(path, {});
    expect([path, answer.status]).toEqual([path, 401]);
    expect(answer.headers.get('www-authenticate')).toContain('Bearer');
    expect((await ask(path, { authorization: 'Bearer wrong' })).status).toBe(401);
  }
  const browser = await ask('/', { accept: 'text/html' });
  expect([browser.status, browser.headers.get('location')]).toEqual([303, '/login']);
});

test('a browser signs in with the token, and out again', async () => {
  expect((await signIn('wrong')).status).toBe(403);
  const foreign = await signIn(token, { origin: 'https://elsewhere.example' });
  expect([foreign.status, foreign.headers.get('set-cookie')]).toEqual([403, null]);
  const answer = await signIn(token, { origin: url.replace(/\/$/, '') });
  const cookie = answer.headers.get('set-cookie') ?? '';
  expect(answer.status).toBe(303);
  expect(cookie).toMatch(/HttpOnly; SameSite=Strict/);
  expect(cookie).not.toContain(token);
  const [session = ''] = cookie.split(';');
  expect((await ask('/', { cookie: session })).status).toBe(200);
  expect(
    (await ask('/', { cookie: session.replace(/.$/, (last) => (last === '0' ? '1' : '0')) }))
      .status,
  ).toBe(401);
  bench.advance(12 * 3600 + 1);
  expect((await ask('/', { cookie: session })).status).toBe(401);
  const out = await fetch(new URL('/logout', url), { method: 'POST', redirect: 'manual' });
  expect(out.headers.get('set-cookie')).toContain('Max-Age=0');
});

test('after many wrong tokens nobody is let in until the next minute', async () => {
  for (let count = 0; count < 20; count += 1) await signIn('wrong');
  expect((await signIn(token)).status).toBe(429);
  expect((await ask('/')).status).toBe(429);
  bench.advance(61);
  expect((await ask('/')).status).toBe(200);
});

test('every answer forbids scripts, frames and caches', async () => {
  for (const path of ['/', '/login', '/healthz', '/metrics']) {
    const { headers } = await ask(path);
    expect(headers.get('cache-control')).toBe('no-store');
    expect(headers.get('content-security-policy')).toMatch(
      /^default-src 'none'; style-src 'sha256-[^']+'; form-action 'self'; .*frame-ancestors 'none'$/,
    );
    expect(headers.get('x-content-type-options')).toBe('nosniff');
  }
});

test('/readyz is 503 while a connection is late, with the ages', async () => {
  await bench.run();
  expect((await ask('/readyz')).status).toBe(200);
  bench.psa.fail('tickets', 'transient', { times: 5 });
  bench.advance(600);
  await bench.run();
  expect((await ask('/readyz')).status).toBe(200);
  bench.advance(700);
  await bench.run();
  const answer = await ask('/readyz');
  expect(answer.status).toBe(503);
  expect(await answer.json()).toMatchObject({
    ready: false,
    late: ['pull psa'],
    steps: expect.arrayContaining([
      { step: 'pull', connection: 'psa', state: 'late', ageSeconds: 1420 },
    ]),
  });
  bench.psa.fail('tickets', 'transient', { times: 0 });
  for (let run = 0; run < 3; run += 1) await bench.run();
  expect((await ask('/readyz')).status).toBe(200);
});

test('the page shows balances, runs and what helps; without secrets, and escaped', async () => {
  await close();
  await bench.close();
  await open('<b>Dupont</b> & "Fils"');
  await bench.run();
  bench.spoil(`UPDATE step_health SET error = '<script>${secret}</script>', failures = 2
    WHERE step = 'pull' AND connection IN ('', 'psa')`);
  fault = 'connector.yaml:3: unknown key "x"';
  const text = await (await ask('/')).text();
  expect(text).toContain('<h1>2 problems to look at</h1>');
  expect(text).toContain('&lt;b&gt;Dupont&lt;/b&gt; &amp; &quot;Fils&quot;');
  expect(text).toContain('2 runs in a row failed: &lt;script&gt;');
  expect(text).toContain('<code>prepaid-hours check</code>');
  expect(text).toContain('The edited config is not used');
  expect(text).toContain('<b>10 h</b><span class="soft">of 10 h</span>');
  expect(text).not.toMatch(/<script|<b>Dupont/);
  for (const path of ['/', '/metrics', '/readyz', '/login']) {
    const shown = await (await ask(path)).text();
    expect(shown).not.toContain(secret);
    expect(shown).not.toContain(token);
  }
});

test('the page shows the share of proactive work where an agreement says what that is', async () => {
  expect(await (await ask('/')).text()).not.toContain('Proactive');
  const none = { ticketSources: [], ticketTypes: [], boards: [] };
  const agreement = agreementOf({ proactive: { ...none, workTypes: ['Maintenance'] } });
  await bench.configure([clientOf({ agreement, openingBlocks: [openingOf(10)] })]);
  for (const [id, workType] of Object.entries({ 1: 'Maintenance', 2: 'Remote', 3: 'Remote' })) {
    bench.psa.ticket(id);
    bench.psa.log(id, id, '2026-03-02T07:00:00.000Z', 30, { workType });
    bench.psa.close(id);
  }
  await bench.run();
  const text = await (await ask('/')).text();
  expect(text).toContain('Proactive, of the time worked: 33\u00a0% this month.');
});

test('/metrics has runs, ages, balances, messages and requests', async () => {
  await bench.run();
  bench.advance(30);
  bench.app.requests.set('psa', 7);
  const answer = await ask('/metrics');
  expect(answer.headers.get('content-type')).toContain('text/plain; version=0.0.4');
  const lines = (await answer.text()).split('\n');
  expect(lines).toEqual(
    expect.arrayContaining([
      'prepaid_hours_step_runs_total{step="pull",connection="psa",result="ok"} 1',
      'prepaid_hours_step_age_seconds{step="pull",connection="psa"} 30',
      'prepaid_hours_step_late{step="push",connection=""} 0',
      'prepaid_hours_balance_seconds{client="Dupont",kind="settled"} 36000',
      'prepaid_hours_messages{state="failed"} 0',
      'prepaid_hours_requests_total{connection="psa"} 7',
    ]),
  );
});

test('an address that others can reach is warned of, and a taken port is refused', async () => {
  const warning = 'The status page can be reached from other machines, and without encryption.';
  expect(bench.logs.map(({ message }) => message)).not.toContain(warning);
  const taken = { host: '127.0.0.1', port: Number(new URL(url).port), token, url: null };
  const app = { ...bench.app, config: { ...bench.app.config, web: taken } };
  await expect(
    openWeb({ app: () => app, fault: () => null, poke: () => true }),
  ).rejects.toMatchObject({
    kind: 'config',
    message: expect.stringContaining('another program uses it'),
  });
  await close();
  await bench.close();
  await open('Dupont', '0.0.0.0');
  expect(bench.logs.map(({ message }) => message)).toContain(warning);
  const none = { ...bench.app, config: { ...bench.app.config, web: null } };
  expect(await openWeb({ app: () => none, fault: () => null, poke: () => true })).toBeNull();
});
