import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { PaymentRow } from '../../src/contract/connector.ts';
import type { Agreement } from '../../src/domain/agreements/terms.ts';
import { buildBalances } from '../../src/reports/balances/balances.ts';
import { voidBlock } from '../../src/service/corrections/blocks.ts';
import { resumeSales } from '../../src/service/corrections/release.ts';
import { agreementOf, CoreBench, clientOf, openingOf, ten } from '../support/core-bench.ts';
import type { Sent } from '../support/scripted-connector.ts';

const noLimits = { chargeMinor: null, dayMinor: null, monthMinor: null };

/** The bench's second vendor is the payment provider. */
let bench: CoreBench;
let tickets = 0;

const rechargeTerms = {
  collect: 'rmm',
  autopayUpToMinor: null,
  noticeDays: 3,
  chaseAfterDays: 7,
  limits: noLimits,
  limitsOfAll: noLimits,
};

function clientWith(terms: Partial<Agreement> = {}, customer: string | null = 'cus_1') {
  const rule = {
    when: { balance: 'settled', secondsLeft: 7200 },
    do: ['recharge'],
    offer: ten,
    tell: ['msp'],
  } as const;
  const all = {
    activate: 'on-payment',
    replenish: [rule],
    recharge: rechargeTerms,
    ...terms,
  } as const;
  const sourceIds = new Map([['psa', '1']]);
  if (customer !== null) sourceIds.set('rmm', customer);
  return clientOf({ sourceIds, agreement: agreementOf(all), openingBlocks: [openingOf(10)] });
}

async function openWith(terms: Partial<Agreement> = {}): Promise<void> {
  bench = await CoreBench.open({ mode: 'live', clients: [clientWith(terms)] });
  bench.rmm.mandate('cus_1');
}

beforeEach(() => openWith());
afterEach(() => bench.close());

function use(hours: number): void {
  tickets += 1;
  const id = String(tickets);
  bench.psa.ticket(id);
  bench.psa.log(id, id, '2026-03-02T09:00:00.000Z', hours * 60);
  bench.psa.close(id);
}

const day = 86_400;
const full = { totalMinor: 144_000, netMinor: 120_000, paidMinor: 0, creditedMinor: 0 };
const charges = () => bench.rmm.sentOf('recharge');
const notes = () => bench.psa.sentOf('ticket-note').map(({ message }) => String(message.body));
const subjects = () =>
  bench.psa.sentOf('alert-ticket').map(({ message }) => String(message.subject));
const hoursLeft = async () => (await bench.balance()).settledSeconds / 3600;
const states = async () => (await bench.app.store.readRecharges('all')).map(({ state }) => state);

/** Runs each day, so many days. */
async function pass(days: number): Promise<void> {
  for (let each = 0; each < days; each += 1) {
    bench.advance(day);
    await bench.run();
  }
}

/** Low, approved, invoiced with tax; nothing is charged yet. */
async function invoice(): Promise<Sent> {
  use(9);
  await bench.run();
  for (const { key } of await bench.app.store.listMessages({ statuses: ['unapproved'] })) {
    await bench.app.store.approveRecharge(key);
  }
  await bench.run();
  const sent = bench.psa.sentOf('invoice').at(-1);
  if (sent === undefined) throw new Error('no invoice');
  bench.psa.showInvoice(sent, { ...full, isPaid: false });
  await bench.run();
  return sent;
}

/** The last charge, once its notice is over. */
async function charge(): Promise<Sent> {
  await invoice();
  await pass(3);
  const sent = charges().at(-1);
  if (sent === undefined) throw new Error('no charge');
  return sent;
}

async function show(sent: Sent | undefined, change: Partial<PaymentRow>): Promise<void> {
  bench.rmm.showPayment(String(sent?.remoteId), change);
  await bench.run();
  await bench.run();
}

const declined = (failure: PaymentRow['failure'], reason: string) =>
  ({ status: 'failed', failure, reason }) as const;
const succeeded = { status: 'succeeded', settledOn: '2026-03-09' } as const;

describe('a charge', () => {
  test('waits for the days of its notice, then takes the invoice’s total once', async () => {
    await invoice();
    expect(notes()).toEqual([
      expect.stringContaining('we collect it from your account in 3 days at the earliest'),
    ]);
    await pass(2);
    expect(charges()).toEqual([]);
    await pass(5);
    expect(charges().map(({ message }) => message)).toEqual([
      expect.objectContaining({
        clientId: 'cus_1',
        amountMinor: 144_000,
        currency: 'EUR',
        description: '10 h support block',
      }),
    ]);
    expect(await states()).toEqual(['submitted']);
    expect(await hoursLeft()).toBe(1);
  });

  test('is not requested while the note could not be delivered', async () => {
    bench.psa.fail('create ticket-note', 'rejected', { times: 9 });
    await invoice();
    await pass(5);
    expect(charges()).toEqual([]);
  });

  test('that succeeds makes the hours usable, informs the client, and asks for its booking', async () => {
    await show(await charge(), succeeded);
    expect(await hoursLeft()).toBe(11);
    expect(notes().slice(1)).toEqual([
      expect.stringMatching(/We have collected €1,440\.00 .*: you have 11 h left\./),
    ]);
    expect(subjects().at(-1)).toMatch(/€1,440\.00 collected for invoice \S+, please book it$/);
    await pass(3);
    expect(notes()).toHaveLength(2);
    expect(await states()).toEqual(['collected']);
  });

  test('whose answer is lost is found by its key, not requested again', async () => {
    await invoice();
    bench.rmm.searchLagSeconds = 60;
    bench.rmm.loseAnswer('recharge');
    await pass(6);
    expect(charges()).toHaveLength(1);
    expect(bench.rmm.payments).toHaveLength(1);
  });

  test('is not requested if the client paid the invoice by hand meanwhile', async () => {
    const sent = await invoice();
    bench.psa.showInvoice(sent, { ...full, isPaid: true, paidMinor: 144_000 });
    await pass(6);
    expect(charges()).toEqual([]);
    expect([await hoursLeft(), await states()]).toEqual([11, ['collected']]);
  });

  test('under way while the client pays the invoice by hand is to be looked at', async () => {
    const sent = await charge();
    const [invoiced] = bench.psa.sentOf('invoice');
    if (invoiced === undefined) throw new Error('no invoice');
    bench.psa.showInvoice(invoiced, { ...full, isPaid: true, paidMinor: 144_000 });
    await bench.run();
    await show(sent, succeeded);
    expect(subjects().at(-1)).toMatch(/was charged, and the PSA shows it as paid already$/);
    expect([await hoursLeft(), await states()]).toEqual([11, ['collected']]);
  });

  test('takes only what is still owed', async () => {
    const sent = await invoice();
    bench.psa.showInvoice(sent, { ...full, isPaid: false, paidMinor: 44_000 });
    await pass(6);
    expect(charges()[0]?.message.amountMinor).toBe(100_000);
  });

  test('needs a usable mandate: without one the MSP is asked once, and it follows later', async () => {
    bench.rmm.mandate('cus_1', { status: 'ended', detail: 'cancelled by the payer' });
    await invoice();
    await pass(6);
    expect(charges()).toEqual([]);
    expect(subjects().filter((subject) => /no mandate/.test(subject))).toHaveLength(1);
    bench.rmm.mandate('cus_1');
    await pass(1);
    await bench.run();
    expect(charges()).toHaveLength(1);
  });
});

test('a charge is booked on the PSA’s invoice where the PSA takes payments, and no ticket asks for it', async () => {
  const vendor = { pushes: ['invoice-payment'] } as never;
  const connections = new Map([['psa', { name: 'psa', vendor, settings: {} }]]);
  bench.app.config = { ...bench.app.config, connections };
  const sent = await charge();
  await show(sent, succeeded);
  await pass(2);
  const [invoiced] = bench.psa.sentOf('invoice');
  expect(bench.psa.sentOf('invoice-payment').map(({ message }) => message)).toEqual([
    expect.objectContaining({
      invoiceId: invoiced?.remoteId,
      amountMinor: 144_000,
      paidOn: '2026-03-09',
      reference: sent.remoteId,
      method: 'rmm',
    }),
  ]);
  expect(subjects().filter((subject) => /please book it/.test(subject))).toEqual([]);
});

describe('a declined charge', () => {
  test('for lack of funds is repeated twice, each with a notice and under a key of its own', async () => {
    await charge();
    for (const _ of [1, 2, 3]) {
      await show(charges().at(-1), declined('funds', 'insufficient_funds'));
      await pass(4);
      await pass(3);
    }
    expect(charges()).toHaveLength(3);
    expect(new Set(charges().map(({ message }) => message.key)).size).toBe(3);
    expect(notes().filter((note) => /we collect it again on/.test(note))).toHaveLength(2);
    expect(notes().at(-1)).toMatch(/tell us how you would like to pay/);
    expect(subjects().at(-1)).toMatch(/declined \(insufficient_funds\)$/);
    expect(await states()).toEqual(['failed']);
    expect(await hoursLeft()).toBe(1);
  });

  test('because of the account waits for a user, who has it charged again after a new notice', async () => {
    await show(await charge(), declined('account', 'account_closed'));
    await pass(20);
    expect(charges()).toHaveLength(1);
    await resumeSales(bench.app, bench.clientId());
    await pass(2);
    expect(charges()).toHaveLength(1);
    await pass(3);
    expect(charges()).toHaveLength(2);
    await show(charges().at(-1), succeeded);
    expect([await hoursLeft(), await states()]).toEqual([11, ['collected']]);
  });

  test('for good holds sales at once, also in the run that reads it', async () => {
    await bench.close();
    await openWith({ activate: 'on-invoice' });
    const sent = await charge();
    use(10);
    await show(sent, declined('account', 'account_closed'));
    expect(await states()).toEqual(['failed']);
    expect(bench.psa.sentOf('invoice')).toHaveLength(1);
  });

  test('takes back hours that were given on invoice', async () => {
    await bench.close();
    await openWith({ activate: 'on-invoice' });
    const sent = await charge();
    expect(await hoursLeft()).toBe(11);
    await show(sent, declined('account', 'account_closed'));
    expect(await hoursLeft()).toBe(1);
  });

  test('that the provider does not accept at all is final, too', async () => {
    await invoice();
    bench.rmm.fail('create recharge', 'rejected', { times: 9 });
    await pass(6);
    expect(charges()).toEqual([]);
    expect(subjects().at(-1)).toMatch(/declined \(rejected\)$/);
  });
});

test('a charge that was rejected is not sent by hand once a user has resumed: another replaces it', async () => {
  await invoice();
  bench.rmm.fail('create recharge', 'rejected');
  await pass(4);
  const [dead] = (await bench.app.store.listMessages({ statuses: ['dead'] })).filter(
    ({ kind }) => kind === 'recharge',
  );
  const retry = () =>
    bench.app.store.retryMessage(String(dead?.key), new Date(bench.nowMs).toISOString());
  await resumeSales(bench.app, bench.clientId());
  await bench.run();
  expect(await retry()).toBe(false);
  await pass(4);
  expect(charges()).toHaveLength(1);
  expect(await retry()).toBe(false);
});

test('a declined charge that is repeated counts towards the limits', async () => {
  await show(await charge(), declined('funds', 'insufficient_funds'));
  const { store } = bench.app;
  const request = { today: '2026-03-02', currency: 'EUR' };
  expect(await store.readRechargeUsage(bench.clientId(), request)).toMatchObject({
    isInFlight: true,
    monthMinor: 120_000,
  });
});

test('a collected block that is voided by hand is not told to the client as cancelled', async () => {
  await show(await charge(), succeeded);
  const [recharge] = await bench.app.store.readRecharges('all');
  await voidBlock(bench.app, { blockId: String(recharge?.blockId), reason: 'goodwill' });
  await bench.run();
  expect(notes().filter((note) => /Nothing is collected/.test(note))).toEqual([]);
});

test('a charge that succeeds and comes back between two runs is told to both, and holds sales', async () => {
  const reversal = { reversedMinor: 144_000, reason: 'debit_not_authorized' };
  await show(await charge(), { ...succeeded, ...reversal });
  expect(await states()).toEqual(['returned']);
  expect(subjects().at(-1)).toMatch(/is no longer paid$/);
  const body = String(bench.psa.sentOf('alert-ticket').at(-1)?.message.body);
  expect(body).toContain('It came back before the 10 h were made available.');
  expect(notes().at(-1)).toMatch(/Your bank has returned €1,440\.00/);
  expect(await bench.app.store.readSalesHolds()).toHaveLength(1);
  await pass(10);
  expect([await hoursLeft(), charges().length]).toEqual([1, 1]);
});

describe('a charge that is reversed', () => {
  test('takes back what is unused and is never charged again by itself', async () => {
    const sent = await charge();
    await show(sent, succeeded);
    use(4);
    await bench.run();
    await show(sent, { reversedMinor: 144_000, reason: 'debit_not_authorized' });
    expect([await hoursLeft(), (await bench.balance()).overageSeconds / 3600]).toEqual([0, 3]);
    expect(notes().at(-1)).toMatch(/Your bank has returned €1,440\.00/);
    expect(await states()).toEqual(['returned']);
    await pass(30);
    expect(charges()).toHaveLength(1);
    expect(bench.psa.sentOf('invoice')).toHaveLength(1);
  });

  test('before it was seen to succeed takes back what was given on invoice', async () => {
    await bench.close();
    await openWith({ activate: 'on-invoice' });
    const sent = await charge();
    expect(await hoursLeft()).toBe(11);
    await show(sent, { ...succeeded, reversedMinor: 144_000, reason: 'insufficient_funds' });
    expect([await hoursLeft(), await states()]).toEqual([1, ['returned']]);
    expect(notes().at(-1)).toMatch(/Your bank has returned €1,440\.00/);
    use(5);
    await pass(30);
    expect([charges().length, bench.psa.sentOf('invoice').length]).toEqual([1, 1]);
  });

  test('and then won back gives the hours again, without a word about paying twice', async () => {
    const sent = await charge();
    await show(sent, succeeded);
    const [invoiced] = bench.psa.sentOf('invoice');
    if (invoiced === undefined) throw new Error('no invoice');
    bench.psa.showInvoice(invoiced, { ...full, isPaid: true, paidMinor: 144_000 });
    await show(sent, { reversedMinor: 144_000, reason: 'fraudulent' });
    await show(sent, { reversedMinor: 0, reason: null });
    expect([await hoursLeft(), await states()]).toEqual([11, ['collected']]);
    expect(subjects().filter((subject) => /as paid already/.test(subject))).toEqual([]);
  });

  test('in part leaves what is still paid for', async () => {
    const sent = await charge();
    await show(sent, succeeded);
    await show(sent, { reversedMinor: 72_000, reason: 'refund' });
    expect(await hoursLeft()).toBe(6);
    expect(await states()).toEqual(['collected']);
  });

  test('although the PSA still shows the invoice as paid', async () => {
    const sent = await charge();
    await show(sent, succeeded);
    const [invoiced] = bench.psa.sentOf('invoice');
    if (invoiced === undefined) throw new Error('no invoice');
    bench.psa.showInvoice(invoiced, { ...full, isPaid: true, paidMinor: 144_000 });
    await show(sent, { reversedMinor: 144_000, reason: 'insufficient_funds' });
    expect(await hoursLeft()).toBe(1);
  });
});

test('a charge that succeeds although its order was voided meanwhile is to be refunded', async () => {
  const sent = await charge();
  const { blocks } = (
    await bench.app.store.readLedgers([bench.clientId()], { isAllBlocks: true })
  )[0] ?? { blocks: [] };
  const ordered = blocks.find(({ status }) => status === 'ordered');
  await voidBlock(bench.app, { blockId: String(ordered?.id), reason: 'given up' });
  await show(sent, succeeded);
  expect(subjects().at(-1)).toMatch(/was charged although its order was closed$/);
  expect(await hoursLeft()).toBe(1);
  expect(notes().filter((note) => /are ready/.test(note))).toEqual([]);
});

test('a run whose sale is being charged is not undone', async () => {
  use(9);
  const sold = await bench.run();
  for (const { key } of await bench.app.store.listMessages({ statuses: ['unapproved'] })) {
    await bench.app.store.approveRecharge(key);
  }
  await bench.run();
  const [sent] = bench.psa.sentOf('invoice');
  if (sent === undefined) throw new Error('no invoice');
  bench.psa.showInvoice(sent, { ...full, isPaid: false });
  await pass(5);
  expect(charges()).toHaveLength(1);
  await expect(bench.undo(sold)).rejects.toThrow(/its charge is under way/);
});

test('a mandate that is missing, ended or about to end is reported before it is needed, each once', async () => {
  const notices = async () => {
    const { clients, store } = bench.app;
    const asOf = new Date(bench.nowMs).toISOString();
    return (await buildBalances(store, { shown: clients, all: clients, asOf })).salesQuestions;
  };
  const alerts = () => bench.psa.sentOf('alert-ticket').map(({ message }) => message);
  await bench.run();
  expect(await notices()).toEqual([]);
  bench.rmm.mandate('cus_1', { status: 'pending' });
  await bench.run();
  expect(await notices()).toEqual([
    '"Dupont" has a mandate (sepa_debit) that is not usable yet in "rmm".',
  ]);
  expect(alerts()).toEqual([]);
  bench.rmm.mandate('cus_1', { expiresOn: '2026-03-31' });
  await bench.run();
  expect(await notices()).toEqual(['"Dupont" has no usable mandate after 31 March 2026 in "rmm".']);
  bench.rmm.mandate('cus_1', { status: 'ended', detail: 'cancelled by the payer' });
  await bench.run();
  await bench.run();
  expect(await notices()).toEqual([
    '"Dupont" has no usable mandate any more (sepa_debit: cancelled by the payer) in "rmm".',
  ]);
  expect(alerts()).toMatchObject([
    {
      clientId: '1',
      subject: 'Prepaid hours – Dupont: the mandate in "rmm" ends on 31 March 2026',
      body: 'To do: ask the client for a new mandate, and set it up in "rmm". After 31 March 2026, no block can be collected.',
    },
    {
      subject: 'Prepaid hours – Dupont: the mandate in "rmm" has ended',
      body: 'To do: ask the client for a new mandate, and set it up in "rmm". Until there is one, no block can be collected.\n(sepa_debit: cancelled by the payer)',
    },
  ]);
});

test('a client without any mandate is reported, in the language of the MSP, once the provider was read', async () => {
  bench.app.config = { ...bench.app.config, locale: 'fr' };
  bench.rmm.mandates.length = 0;
  bench.rmm.fail('mandates', 'transient');
  await bench.run();
  expect(subjects()).toEqual([]);
  await bench.run();
  expect(subjects()).toEqual(['Heures prépayées – Dupont : aucun mandat dans « rmm »']);
});

describe('an invoice that changes in the PSA, before its charge or after it', () => {
  test('half credited before the charge: half the hours', async () => {
    const sent = await invoice();
    bench.psa.showInvoice(sent, { ...full, isPaid: false, creditedMinor: 72_000 });
    await pass(4);
    expect(charges()[0]?.message.amountMinor).toBe(72_000);
    await show(charges()[0], succeeded);
    expect(await hoursLeft()).toBe(6);
  });

  test('lowered to half before the charge: half the hours', async () => {
    const sent = await invoice();
    bench.psa.showInvoice(sent, { ...full, totalMinor: 72_000, netMinor: 60_000, isPaid: false });
    await pass(4);
    expect(charges()[0]?.message.amountMinor).toBe(72_000);
    await show(charges()[0], succeeded);
    expect(await hoursLeft()).toBe(6);
  });

  test('lowered to half before the charge, then shown as paid: half the hours', async () => {
    const sent = await invoice();
    bench.psa.showInvoice(sent, { ...full, totalMinor: 72_000, netMinor: 60_000, isPaid: false });
    await pass(4);
    await show(charges()[0], succeeded);
    bench.psa.showInvoice(sent, {
      ...full,
      totalMinor: 72_000,
      netMinor: 60_000,
      paidMinor: 72_000,
      isPaid: true,
    });
    await bench.run();
    await bench.run();
    expect(await hoursLeft()).toBe(6);
  });

  test('raised before the charge: not more is charged than was approved, and a person decides', async () => {
    const sent = await invoice();
    bench.psa.showInvoice(sent, { ...full, totalMinor: 288_000, netMinor: 240_000, isPaid: false });
    await pass(4);
    expect(charges().map(({ message }) => message.amountMinor)).toEqual([]);
    expect(subjects().at(-1)).toMatch(/was changed, please check/);
  });

  test('raised while the charge is under way: waits for a person', async () => {
    const sent = await invoice();
    await pass(4);
    bench.psa.showInvoice(sent, { ...full, totalMinor: 288_000, netMinor: 240_000, isPaid: false });
    await bench.run();
    await show(charges()[0], succeeded);
    expect(await hoursLeft()).toBe(1);
    expect(subjects()).toContainEqual(expect.stringMatching(/was changed, please check/));
  });

  test('half by hand, the rest charged, a quarter of the whole refunded: three quarters stay', async () => {
    const sent = await invoice();
    bench.psa.showInvoice(sent, { ...full, isPaid: false, paidMinor: 72_000 });
    await pass(4);
    expect(charges()[0]?.message.amountMinor).toBe(72_000);
    await show(charges()[0], succeeded);
    expect(await hoursLeft()).toBe(11);
    bench.psa.showInvoice(sent, { ...full, isPaid: true, paidMinor: 144_000 });
    await bench.run();
    await show(charges()[0], { reversedMinor: 36_000, reason: 'refund' });
    expect(await hoursLeft()).toBe(8.5);
  });

  test.each([
    ['its provider is left', { recharge: { ...rechargeTerms, collect: 'psa' } }, null],
    ['the agreement collects no more', { recharge: null, replenish: [] }, 'cus_1'],
  ])('once %s, a charge that was due is asked about', async (_, terms, customer) => {
    await invoice();
    await bench.configure([clientWith(terms, customer)]);
    const before = subjects().length;
    await pass(5);
    expect(charges()).toEqual([]);
    expect(subjects()).toHaveLength(before + 1);
  });
});
