/** A block charged through GoCardless: ConnectWise and GoCardless over HTTP, the real command line, weeks in seconds. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { type ConnectwiseSandbox, startConnectwiseSandbox } from '../sandbox/connectwise/index.ts';
import { type GoCardlessSandbox, startGoCardlessSandbox } from '../sandbox/gocardless/index.ts';
import type { Behaviour } from '../sandbox/gocardless/state.ts';
import { releaseClock, setClock } from '../upgrade/clock.ts';
import { ask } from '../upgrade/program.ts';

let psa: ConnectwiseSandbox;
let gocardless: GoCardlessSandbox;
let folder: string;
let mandate: string;
let now: Date;

beforeEach(async () => {
  now = new Date('2026-03-02T09:00:00Z');
  setClock(now.toISOString());
  psa = await startConnectwiseSandbox();
  gocardless = await startGoCardlessSandbox();
  folder = mkdtempSync(join(tmpdir(), 'prepaid-hours-gocardless-'));
});

afterEach(async () => {
  releaseClock();
  await psa.close();
  await gocardless.close();
  rmSync(folder, { recursive: true, force: true });
});

/** A reference to a secret. */
function secret(name: string): string {
  return `\${${name}}`;
}

/** Nine of ten hours are used; the client pays by SEPA debit. */
function setUp(behaviour: Behaviour): void {
  const { state } = psa;
  const at = '2026-02-20T09:00:00Z';
  const company = state.addCompany({ name: 'Dupont', at });
  const board = state.addBoard({ name: 'Help Desk' });
  const member = state.addMember({ name: 'Anke Peeters' });
  const workType = state.addWorkType({ name: 'Remote' });
  const ticket = state.addTicket({ company, board, summary: 'Migration', at });
  const start = '2026-02-21T09:00:00Z';
  state.addTime({ ticket, member, workType, start, hours: '9.00', at });
  state.closeTicket(ticket, at);
  const customer = gocardless.state.addCustomer('Dupont');
  mandate = gocardless.state.addMandate(customer, 'sepa_core', { behaviour });
  const { companyId, publicKey, privateKey, clientId } = psa.config;
  const connections = {
    psa: {
      vendor: 'connectwise',
      baseUrl: psa.baseUrl,
      companyId,
      publicKey: secret('CW_PUBLIC_KEY'),
      privateKey: secret('CW_PRIVATE_KEY'),
      clientId: secret('CW_CLIENT_ID'),
      alerts: { board: 'Billing' },
    },
    bank: {
      vendor: 'gocardless',
      baseUrl: gocardless.baseUrl,
      accessToken: secret('GOCARDLESS_ACCESS_TOKEN'),
    },
  };
  const standard = {
    activate: 'on-payment',
    recharge: { collect: 'bank', noticeDays: 3 },
    replenish: [{ when: { hoursLeft: 2 }, do: ['recharge'], offer: 'ten' }],
  };
  const config = {
    mode: 'live',
    timezone: 'Europe/Paris',
    locale: 'en',
    currency: 'EUR',
    store: './data/prepaid-hours.db',
    pushTo: 'psa',
    history: '1 month',
    connections,
    offers: { ten: { hours: 10, rate: 120, product: 'BLOCK-10' } },
    agreements: { standard },
    clients: [
      {
        name: 'Dupont',
        ids: { psa: company, bank: customer },
        agreement: 'standard',
        openingBlocks: [{ hours: 10, rate: 120, purchasedOn: '2026-02-01' }],
      },
    ],
  };
  // JSON is YAML, too.
  writeFileSync(join(folder, 'connector.yaml'), JSON.stringify(config, null, 2));
  const secrets = {
    CW_PUBLIC_KEY: publicKey,
    CW_PRIVATE_KEY: privateKey,
    CW_CLIENT_ID: clientId,
    GOCARDLESS_ACCESS_TOKEN: gocardless.settings.accessToken,
  };
  const lines = Object.entries(secrets).map(([name, value]) => `${name}=${value}\n`);
  writeFileSync(join(folder, '.env'), lines.join(''), { mode: 0o600 });
}

async function run(): Promise<void> {
  now = new Date(now.getTime() + 60_000);
  setClock(now.toISOString());
  await ask(folder, ['run'], [0, 4]);
}

/** A run a day. */
async function pass(days: number): Promise<void> {
  for (let each = 0; each < days; each += 1) {
    now = new Date(now.getTime() + 86_400_000);
    await run();
  }
}

/** Low, approved, invoiced, charged after the notice. */
async function charge(): Promise<void> {
  await run();
  const { messages } = await ask<{ messages: { key: string; kind: string }[] }>(folder, [
    ...['outbox', 'list', '--status', 'unapproved'],
  ]);
  const note = messages.find(({ kind }) => kind === 'ticket-note');
  await ask(folder, ['outbox', 'approve', String(note?.key)]);
  await run();
  await pass(4);
}

async function hours(): Promise<number> {
  const { clients } = await ask<{ clients: { settledSeconds: number }[] }>(folder, ['balances']);
  return (clients[0]?.settledSeconds ?? 0) / 3600;
}

async function states(): Promise<(string | null)[][]> {
  const { recharges } = await ask<{
    recharges: { state: string; reason: string | null; charge: string | null }[];
  }>(folder, ['report', 'payments']);
  return recharges.map(({ state, reason, charge: id }) => [state, reason, id]);
}

test('a lost answer charges once, and what the bank takes back late is returned and not repeated', async () => {
  setUp({ failsLate: { afterDays: 4, cause: 'refer_to_payer' } });
  gocardless.faults.add('lost-answer', { isWrite: true });
  await charge();
  const [payment] = gocardless.state.payments.values();
  expect(payment).toMatchObject({ amount: 120_000, currency: 'EUR', mandate: { id: mandate } });
  expect(await hours()).toBe(1);
  await pass(4);
  expect(payment?.status).toBe('confirmed');
  expect(await hours()).toBe(11);
  await pass(6);
  expect(payment?.status).toBe('failed');
  expect(await hours()).toBe(1);
  expect(await states()).toEqual([['returned', 'refer_to_payer', payment?.id]]);
  expect(gocardless.state.payments.size).toBe(1);
  expect(await ask(folder, ['verify'])).toMatchObject({ ok: true });
}, 120_000);

test('a debit that fails for the account is not repeated; check names the mandate that ended', async () => {
  setUp({ failsWith: 'bank_account_closed' });
  await charge();
  await pass(2);
  gocardless.state.moveMandate(mandate, 'cancelled', 'bank_account_closed');
  await pass(10);
  expect(gocardless.state.payments.size).toBe(1);
  const [payment] = gocardless.state.payments.values();
  expect(await states()).toEqual([['failed', 'bank_account_closed', payment?.id]]);
  expect(await hours()).toBe(1);
  const checked = await ask<object>(folder, ['check'], [0, 1, 2, 3, 4, 5, 6]);
  expect(JSON.stringify(checked)).toContain(`${mandate} (sepa_core): cancelled`);
}, 120_000);
