/** A block charged through Stripe: ConnectWise and Stripe over HTTP, the real command line, weeks in seconds. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { type ConnectwiseSandbox, startConnectwiseSandbox } from '../sandbox/connectwise/index.ts';
import { type StripeSandbox, startStripeSandbox } from '../sandbox/stripe/index.ts';
import { releaseClock, setClock } from '../upgrade/clock.ts';
import { ask } from '../upgrade/program.ts';

let psa: ConnectwiseSandbox;
let stripe: StripeSandbox;
let folder: string;
let customer: string;
let now: Date;

interface Balances {
  clients: { settledSeconds: number; overageSeconds: number }[];
}

interface Payments {
  recharges: { state: string; reason: string | null; charge: string | null }[];
  mandates: { scheme: string; status: string }[];
}

beforeEach(async () => {
  now = new Date('2026-03-02T09:00:00Z');
  setClock(now.toISOString());
  psa = await startConnectwiseSandbox();
  stripe = await startStripeSandbox();
  folder = mkdtempSync(join(tmpdir(), 'prepaid-hours-recharge-'));
});

afterEach(async () => {
  releaseClock();
  await psa.close();
  await stripe.close();
  rmSync(folder, { recursive: true, force: true });
});

/** Nine of ten hours are used; the client pays by SEPA debit. */
function setUp(behaviour: object = {}): void {
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
  customer = stripe.state.addCustomer('Dupont');
  const method = stripe.state.addMethod(customer, 'sepa_debit', { behaviour });
  stripe.state.setDefault(customer, method);
  writeFileSync(join(folder, 'connector.yaml'), configText(company));
  const { companyId, publicKey, privateKey, clientId } = psa.config;
  const secrets = {
    CW_COMPANY_ID: companyId,
    CW_PUBLIC_KEY: publicKey,
    CW_PRIVATE_KEY: privateKey,
    CW_CLIENT_ID: clientId,
    STRIPE_SECRET_KEY: stripe.settings.secretKey,
  };
  const lines = Object.entries(secrets).map(([name, value]) => `${name}=${value}\n`);
  writeFileSync(join(folder, '.env'), lines.join(''), { mode: 0o600 });
}

function configText(company: number): string {
  return `mode: live
timezone: Europe/Paris
locale: en
currency: EUR
store: ./data/prepaid-hours.db
pushTo: psa
history: 1 month
connections:
  psa:
    vendor: connectwise
    baseUrl: ${psa.baseUrl}
    companyId: \${CW_COMPANY_ID}
    publicKey: \${CW_PUBLIC_KEY}
    privateKey: \${CW_PRIVATE_KEY}
    clientId: \${CW_CLIENT_ID}
    alerts: { board: Billing }
  stripe:
    vendor: stripe
    baseUrl: ${stripe.baseUrl}
    secretKey: \${STRIPE_SECRET_KEY}
offers:
  ten: { hours: 10, rate: 120.00, product: BLOCK-10 }
agreements:
  standard:
    activate: on-payment
    recharge: { collect: stripe, noticeDays: 2 }
    replenish:
      - { when: { hoursLeft: 2 }, do: [recharge], offer: ten }
clients:
  - name: Dupont
    ids: { psa: ${company}, stripe: ${customer} }
    agreement: standard
    openingBlocks: [{ hours: 10, rate: 120.00, purchasedOn: 2026-02-01 }]
`;
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

/** Low, approved, invoiced, charged: two days after the client was told. */
async function charge(): Promise<void> {
  await run();
  const { messages } = await ask<{ messages: { key: string; kind: string }[] }>(folder, [
    ...['outbox', 'list', '--status', 'unapproved'],
  ]);
  const note = messages.find(({ kind }) => kind === 'ticket-note');
  await ask(folder, ['outbox', 'approve', String(note?.key)]);
  await run();
  await pass(3);
}

const hours = async () => {
  const [client] = (await ask<Balances>(folder, ['balances'])).clients;
  return [client?.settledSeconds, client?.overageSeconds].map((seconds = 0) => seconds / 3600);
};
const payments = () => ask<Payments>(folder, ['report', 'payments']);
const notes = () =>
  psa.state.listTickets().flatMap((ticket) => ticket.notes.map(({ text }) => text));
const subjects = () => psa.state.listTickets().map(({ summary }) => summary);

test('a block is charged once by SEPA, and usable once it was collected', async () => {
  setUp();
  await charge();
  const intents = [...stripe.state.intents.values()];
  expect(intents).toEqual([
    expect.objectContaining({ customer, amount: 120_000, currency: 'eur', status: 'processing' }),
  ]);
  expect(await hours()).toEqual([1, 0]);
  await pass(5);
  expect(await hours()).toEqual([11, 0]);
  expect(stripe.state.intents.size).toBe(1);
  expect(psa.state.listInvoices()).toHaveLength(1);
  expect(notes().filter((text) => /your next block of 10 h is on its way/.test(text))).toHaveLength(
    1,
  );
  expect(notes().filter((text) => /We have collected €1,200\.00/.test(text))).toHaveLength(1);
  expect(subjects().filter((text) => /please book it/.test(text))).toHaveLength(1);
  expect(await payments()).toMatchObject({
    recharges: [{ state: 'collected', charge: intents[0]?.id }],
    mandates: [{ scheme: 'sepa_debit', status: 'usable' }],
  });
  expect(await ask(folder, ['verify'])).toMatchObject({ ok: true });
});

test('a charge that the bank returns weeks later is taken back and not repeated', async () => {
  setUp({ disputed: { afterDays: 20, reason: 'debit_not_authorized' } });
  await charge();
  await pass(5);
  expect(await hours()).toEqual([11, 0]);
  await pass(25);
  expect(await hours()).toEqual([1, 0]);
  expect(stripe.state.intents.size).toBe(1);
  expect(
    notes().filter((text) => /We will not|we will not collect anything again/.test(text)),
  ).toHaveLength(1);
  expect((await payments()).recharges).toMatchObject([{ state: 'returned' }]);
  expect(await ask(folder, ['verify'])).toMatchObject({ ok: true });
});

test('a charge without funds is repeated after its notice, under another key', async () => {
  setUp({ failsWith: 'insufficient_funds' });
  await charge();
  await pass(5);
  expect(notes().filter((text) => /we collect it again on/.test(text))).toHaveLength(1);
  await pass(6);
  expect(stripe.state.intents.size).toBe(2);
  expect(await hours()).toEqual([1, 0]);
});

test('a charge whose answer is lost is found by its key, even after Stripe forgot that', async () => {
  setUp();
  stripe.faults.add('lost-answer', { isWrite: true });
  await charge();
  stripe.keys.stored.clear();
  await pass(6);
  expect(stripe.state.intents.size).toBe(1);
  expect(await hours()).toEqual([11, 0]);
});
