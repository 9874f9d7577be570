/** Whole messages, as the PSA gets them. */
import { readFileSync } from 'node:fs';
import { afterEach, expect, test } from '@jest/globals';
import type { Agreement, Offer, ReplenishRule } from '../../src/domain/agreements/terms.ts';
import { toFormatOptions } from '../../src/domain/format.ts';
import type { ReplenishContext } from '../../src/replenish/context.ts';
import { alertOnOrder, type OrderEvent } from '../../src/replenish/orders/order-alert.ts';
import { sellBlock } from '../../src/service/corrections/sell.ts';
import { ensurePageName } from '../../src/service/publish/page-names.ts';
import { agreementOf, CoreBench, clientOf, openingOf, ten } from '../support/core-bench.ts';

let bench: CoreBench;
afterEach(() => bench.close());

const american = toFormatOptions('en-US');
const french = toFormatOptions('fr');
const sender = {
  name: 'Meridian IT',
  address: [],
  email: 'support@meridian-it.example',
  phone: '+32 2 555 01 00',
  website: null,
  logo: null,
};

const yearly: Offer = { ...ten, validForMonths: 12 };
const both = ['msp', 'client'] as const;
const selling: ReplenishRule = {
  when: { balance: 'settled', secondsLeft: 2 * 3600 },
  do: ['alert', 'invoice'],
  offer: yearly,
  tell: both,
};
const offering: ReplenishRule = { ...selling, do: ['alert'] };
const early: ReplenishRule = {
  when: { balance: 'projected', secondsLeft: 4 * 3600 },
  do: ['alert'],
  offer: null,
  tell: both,
};
const expiring: ReplenishRule = {
  when: { balance: 'settled', expiresWithinDays: 30 },
  do: ['alert'],
  offer: null,
  tell: both,
};

interface Case {
  reader: typeof american;
  rules: ReplenishRule[];
  terms?: Partial<Agreement>;
  openings?: ReturnType<typeof openingOf>[];
  /** Hours of closed tickets, and of an open one. */
  used: number;
  open?: number;
}

/** Runs once and returns all that the PSA got, in order. */
async function send({ reader, rules, terms, openings, used, open = 0 }: Case): Promise<string> {
  const agreement = agreementOf({ replenish: rules, ...terms });
  const client = clientOf({
    name: 'Cabinet Martin',
    agreement,
    ...reader,
    openingBlocks: openings ?? [openingOf(10)],
  });
  bench = await CoreBench.open({ clients: [client], sender, reader });
  bench.psa.labels.set('invoice', 'INV-1041');
  if (used > 0) work('1', '2026-02-09T09:00:00.000Z', used / 2, true);
  if (used > 0) work('2', '2026-02-23T09:00:00.000Z', used / 2, true);
  if (open > 0) work('3', '2026-03-01T09:00:00.000Z', open, false);
  await bench.run();
  return shown();
}

function work(id: string, startedAt: string, hours: number, isClosed: boolean): void {
  bench.psa.ticket(id, { summary: 'New laptops' });
  bench.psa.log(id, id, startedAt, hours * 60);
  if (isClosed) bench.psa.close(id);
}

function shown(): string {
  const texts = bench.psa.sent.splice(0).map(({ kind, message }) => {
    const { subject = message.title, body, quantity } = message;
    const count = quantity === undefined ? '' : `${quantity} × `;
    return `[${kind}] ${count}${subject}\n${body}`;
  });
  return texts.join('\n\n');
}

const sellingEarlier: ReplenishRule = {
  ...selling,
  when: { balance: 'settled', secondsLeft: 14_400 },
};
const billed = {
  when: 'at-once',
  daysAfter: 0,
  rateMinor: 15_000,
  currency: 'EUR',
  product: null,
} as const;
const soonEnding = [openingOf(10, { expiresOn: '2026-03-20' })];
const limited = [openingOf(3), openingOf(2, { workTypes: ['Remote'] })];

const cases: Record<string, Omit<Case, 'reader'>> = {
  'Sold, with overage and open work, to be paid first': {
    rules: [selling, sellingEarlier],
    terms: { activate: 'on-payment' },
    used: 12.25,
    open: 2,
  },
  'Sold, usable at once; the MSP alone is told': {
    rules: [{ ...selling, tell: ['msp'] }],
    used: 8.5,
  },
  'Sold up to the maximum of a sale': {
    rules: [{ ...selling, offer: { ...yearly, maxPerSale: 2 } }],
    used: 34,
  },
  'Proposed, enough for overage and open work': { rules: [offering], used: 12.25, open: 9 },
  'Nothing left, the offer is for the MSP to make': {
    rules: [{ ...offering, tell: ['msp'] }],
    used: 10,
  },
  'Low with open work, before a lower level that sells': {
    rules: [selling, early],
    used: 5,
    open: 2.5,
  },
  'Low, without an offer': { rules: [{ ...offering, offer: null }], used: 9 },
  'Several kinds of hours': { rules: [offering], openings: limited, used: 6 },
  'Hours that expire': { rules: [expiring], openings: soonEnding, used: 3 },
  'Idle hours, of which some expire': {
    rules: [{ ...expiring, when: { balance: 'settled', idleDays: 5 } }],
    openings: [openingOf(10, { expiresOn: '2026-06-30' })],
    used: 2.5,
  },
  'Hours that were never used': {
    rules: [{ ...expiring, when: { balance: 'settled', idleDays: 60 }, tell: ['msp'] }],
    used: 0,
  },
  'After the agreement’s last day': { rules: [selling], terms: { until: '2026-03-01' }, used: 9 },
  'Overage that is billed': { rules: [], terms: { overage: billed }, used: 12.25 },
};

/** Every case in one text, each message under the kind of record that it becomes. */
async function readAll(reader: typeof american): Promise<string> {
  const parts: string[] = [];
  for (const [title, one] of Object.entries(cases)) {
    parts.push(`### ${title}`, await send({ ...one, reader }));
    await bench.close();
  }
  const rules = [selling, sellingEarlier];
  await send({ reader, rules, terms: { activate: 'on-payment' }, used: 7 });
  work('8', '2026-03-01T09:00:00.000Z', 2, true);
  await bench.run();
  parts.push('### Low again while the order is open', shown());
  parts.push('### Orders whose invoice changed', ...(await readOrderAlerts(reader)));
  await bench.close();
  parts.push('### Sold by hand, the first block', await sellByHand(reader, {}));
  await bench.close();
  const paidFirst = { openings: [openingOf(10)], activate: 'on-payment' as const, used: 12.25 };
  parts.push('### Sold by hand, with overage', await sellByHand(reader, paidFirst));
  await bench.close();
  parts.push('### Hours worked within a window, and on one ticket', await readAlarms(reader));
  await bench.close();
  parts.push('### Onboarding that has ended', await readOnboarding(reader));
  return `${parts.join('\n\n')}\n`;
}

/** Two blocks, for a stated reason. */
async function sellByHand(
  reader: typeof american,
  {
    used = 0,
    openings = [],
    activate = 'on-invoice',
  }: { used?: number; openings?: ReturnType<typeof openingOf>[]; activate?: Agreement['activate'] },
): Promise<string> {
  await send({ reader, rules: [], openings, terms: { activate }, used });
  const agreement = agreementOf({ replenish: [selling], activate });
  const [client] = bench.app.config.clients;
  if (client === undefined) throw new Error('no client');
  await bench.configure([{ ...client, agreement }]);
  bench.app.config = { ...bench.app.config, offers: new Map([['ten', yearly]]) };
  await sellBlock(bench.app, {
    ...{ client: bench.client('Cabinet Martin'), offer: 'ten', quantity: 2, isRecharge: false },
    ...{ reason: 'Agreed by phone', isDone: true },
  });
  await bench.run('push');
  return shown();
}

/** Of blocks whose end is told in another way each. */
async function readOnboarding(reader: typeof american): Promise<string> {
  const onboarding = { followedBy: 'managed' };
  const openings = [
    openingOf(2.5, { onboarding }),
    openingOf(3, { onboarding, priority: 1 }),
    openingOf(4, { onboarding, expiresOn: '2026-02-28', priority: 2 }),
  ];
  const agreements = new Map([['managed', agreementOf({ name: 'managed', replenish: [selling] })]]);
  const client = clientOf({ name: 'Cabinet Martin', ...reader, openingBlocks: openings });
  bench = await CoreBench.open({ clients: [client], sender, reader });
  bench.app.config = { ...bench.app.config, agreements };
  work('1', '2026-02-09T09:00:00.000Z', 4, true);
  await bench.run();
  bench.at('2026-03-20T08:00:00.000Z');
  await bench.run();
  return shown();
}

/** Both of them, with what is told to the client too. */
async function readAlarms(reader: typeof american): Promise<string> {
  const alarms = [
    { usedSeconds: 8 * 3600, withinSeconds: 24 * 3600, tell: both },
    { ticketSeconds: 6 * 3600, tell: both },
  ];
  const client = clientOf({
    ...{ name: 'Cabinet Martin', ...reader, openingBlocks: [openingOf(20)] },
    agreement: agreementOf({ alarms, withoutTicket: 'hold' }),
  });
  bench = await CoreBench.open({ clients: [client], sender, reader });
  work('1', '2026-03-02T08:00:00.000Z', 6, false);
  work('2', '2026-03-02T09:00:00.000Z', 1.5, true);
  bench.psa.editEntry('2', { technician: 'Grace' });
  const call = { clientId: '1', technician: 'Grace' };
  bench.psa.log('3', null, '2026-03-02T13:00:00.000Z', 60, call);
  bench.at('2026-03-02T15:00:00.000Z');
  await bench.run();
  return shown();
}

async function readOrderAlerts(reader: typeof american): Promise<string[]> {
  const events: OrderEvent[] = [
    { kind: 'closed', why: 'void' },
    { kind: 'closed', why: 'gone' },
    { kind: 'review', netMinor: 110_000 },
    { kind: 'part' },
    { kind: 'returned', isWhole: true, wasUsable: true },
    { kind: 'returned', isWhole: false, wasUsable: true },
    { kind: 'stuck' },
  ];
  const [order] = await bench.app.store.readOrders();
  if (order === undefined) throw new Error('nothing is ordered');
  const part = { ...order, block: { ...order.block, seconds: 5 * 3600 } };
  const context = { ...bench.app, ...reader, mode: 'live', firstRunAt: bench.psa.now };
  const texts: string[] = [];
  for (const event of events) {
    const about = event.kind === 'part' ? part : order;
    const [alert] = await alertOnOrder(context as unknown as ReplenishContext, about, event, '');
    const { subject, body } = JSON.parse(alert?.payload ?? '{}') as Record<string, string>;
    texts.push(`[alert-ticket] ${subject}\n${body}`);
  }
  return texts;
}

test.each([
  ['en', american],
  ['fr', french],
] as const)('all messages read as written down (%s)', async (language, reader) => {
  const file = new URL(`messages.${language}.txt`, import.meta.url);
  const text = await readAll(reader);
  expect(text).toBe(readFileSync(file, 'utf8'));
});

test.each([
  ['en', american, 'You can see your balance at any time here: '],
  ['fr', french, 'Votre solde est consultable à tout moment ici : '],
] as const)(
  'where the client has a page, the messages have its address (%s)',
  async (_, reader, line) => {
    const agreement = agreementOf({ replenish: [offering] });
    const client = clientOf({ agreement, ...reader, openingBlocks: [openingOf(10)] });
    bench = await CoreBench.open({ clients: [client], reader });
    bench.app.config.publish = { cron: '', folder: '', url: 'https://hours.example.com' };
    const name = await ensurePageName(bench.app, bench.app.clients[0]?.id ?? '');
    work('1', '2026-02-23T09:00:00.000Z', 9, true);
    await bench.run();
    const address = `https://hours.example.com/${name}.html`;
    const [alert, note] = bench.psa.sent.map(({ message }) => message.body);
    expect(alert).toMatch(new RegExp(`^(Statement|Relevé\\s?): ${address}$`, 'm'));
    expect(note).toContain(`\n${line}${address}\n`);
  },
);
