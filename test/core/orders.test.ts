import { afterEach, describe, expect, test } from '@jest/globals';
import type { InvoiceRow } from '../../src/contract/connector.ts';
import type { Agreement, Offer } from '../../src/domain/agreements/terms.ts';
import { buildBalances } from '../../src/reports/balances/balances.ts';
import { adjustBalance } from '../../src/service/corrections/adjust.ts';
import { addBlock, voidBlock } from '../../src/service/corrections/blocks.ts';
import { acceptOrder, resumeSales } from '../../src/service/corrections/release.ts';
import { agreementOf, CoreBench, clientOf, openingOf, ten } from '../support/core-bench.ts';
import type { Sent } from '../support/scripted-connector.ts';

let bench: CoreBench;
afterEach(() => bench.close());

const low = { balance: 'settled', secondsLeft: 7200 } as const;

async function openWith(terms: Partial<Agreement> = {}, offer: Offer = ten): Promise<void> {
  const rule = { when: low, do: ['alert', 'invoice'], offer, tell: ['msp'] } as const;
  const agreement = agreementOf({ activate: 'on-payment', replenish: [rule], ...terms });
  bench = await CoreBench.open({ mode: 'live', clients: [clientOf({ agreement })] });
}

let tickets = 0;
function use(hours: number): void {
  tickets += 1;
  const id = String(tickets);
  bench.psa.ticket(id);
  bench.psa.log(id, id, '2026-03-02T09:00:00.000Z', hours * 60);
  bench.psa.close(id);
}

const invoices = () => bench.psa.sentOf('invoice');
const alerts = () => bench.psa.sentOf('alert-ticket').map(({ message }) => String(message.subject));
const settled = async () => (await bench.balance()).settledSeconds / 3600;
const overage = async () => (await bench.balance()).overageSeconds / 3600;
const report = () => {
  const { clients, store } = bench.app;
  const asOf = new Date(bench.nowMs).toISOString();
  return buildBalances(store, { shown: clients, all: clients, asOf });
};
const blocks = async () => (await report()).clients[0]?.blocks ?? [];

/** Uses nine of ten hours, so that ten more are ordered. */
async function order(): Promise<Sent> {
  use(9);
  await bench.run();
  const [sent] = invoices();
  if (sent === undefined) throw new Error('no invoice');
  return sent;
}

/** The invoice of the sale as the vendor shows it next, before any tax unless given. */
async function show(sent: Sent, change: Partial<InvoiceRow>): Promise<void> {
  bench.psa.showInvoice(sent, change);
  await bench.run();
}

const full = { totalMinor: 120_000, netMinor: 120_000, paidMinor: 0, creditedMinor: 0 };
const unpaid = { ...full, isPaid: false };
const paid = { ...full, paidMinor: 120_000, isPaid: true };

describe('an order', () => {
  test('is paid by its invoice’s id, though a bookkeeper has edited the reference', async () => {
    await openWith();
    const sent = await order();
    await show(sent, { ...paid, reference: 'PO 4711' });
    expect(await settled()).toBe(11);
  });

  test('is not paid by another invoice with its reference, once its own is known', async () => {
    await openWith();
    const sent = await order();
    await show(sent, unpaid);
    bench.psa.showInvoice(sent, { ...paid, sourceId: 'copy', saleId: 'copy' });
    await bench.run();
    expect(await settled()).toBe(1);
  });

  test('waits for the whole: a part payment and a credit are no payment', async () => {
    await openWith();
    const sent = await order();
    await show(sent, { ...unpaid, paidMinor: 60_000 });
    await show(sent, { ...unpaid, creditedMinor: 60_000 });
    expect(await settled()).toBe(1);
  });

  test.each([
    ['the rest was credited', { ...full, isPaid: false, paidMinor: 60_000, creditedMinor: 60_000 }],
    ['it was lowered', { ...paid, totalMinor: 60_000, netMinor: 60_000, paidMinor: 60_000 }],
    ['it was lowered, with tax', { ...paid, totalMinor: 72_000, netMinor: 60_000 }],
  ])('holds what was paid in money where %s, and the MSP is told', async (_, change) => {
    await openWith();
    await show(await order(), change);
    expect(await settled()).toBe(6);
    expect(alerts().at(-1)).toMatch(/5 h instead of 10 h/);
    await bench.run();
    expect(alerts()).toHaveLength(2);
    expect(await settled()).toBe(6);
  });

  test('whose invoice was raised waits for a person, who accepts it as ordered', async () => {
    await openWith();
    const raised = { totalMinor: 240_000, netMinor: 240_000, paidMinor: 240_000 };
    await show(await order(), { ...paid, ...raised });
    await bench.run();
    expect(await settled()).toBe(1);
    expect(alerts().filter((subject) => /was changed, please check/.test(subject))).toHaveLength(1);
    const { salesQuestions } = await report();
    expect(salesQuestions).toEqual([expect.stringMatching(/block accept b-/)]);
    const [block] = (await blocks()).filter(({ status }) => status === 'ordered');
    await acceptOrder(bench.app, String(block?.id));
    await bench.run();
    await bench.run();
    expect(await settled()).toBe(11);
  });

  test.each([
    ['voided', { ...unpaid, isVoid: true }],
    ['credited as a whole, unpaid', { ...unpaid, creditedMinor: 120_000 }],
    ['credited as a whole, which its PSA calls paid', { ...paid, creditedMinor: 120_000 }],
  ])(
    'whose invoice was %s is closed and told; the next crossing sells again',
    async (_, change) => {
      await openWith();
      await show(await order(), change);
      expect(alerts().at(-1)).toMatch(/was voided or credited/);
      await addBlock(bench.app, {
        clientId: bench.clientId(),
        seconds: 36_000,
        amountMinor: null,
        rateMinor: 12_000,
        priority: 0,
        purchasedOn: '2026-03-02',
        expiresOn: null,
        reason: 'sold',
      });
      await bench.run();
      use(10);
      await bench.run();
      expect(invoices()).toHaveLength(2);
    },
  );

  test('whose invoice was deleted is closed once two comparisons an hour apart miss it', async () => {
    await openWith();
    const sent = await order();
    await show(sent, unpaid);
    bench.psa.standings.set(sent.remoteId, null);
    await bench.run('reconcile');
    await bench.run();
    expect((await blocks()).at(-1)?.status).toBe('ordered');
    bench.advance(7200);
    await bench.run('reconcile');
    await bench.run();
    expect((await blocks()).at(-1)?.status).toBe('void');
    expect(alerts().at(-1)).toMatch(/no longer exists/);
  });
});

describe('a payment that does not last', () => {
  async function payAndUse(hours: number): Promise<Sent> {
    await openWith();
    const sent = await order();
    await show(sent, paid);
    use(hours);
    await bench.run();
    return sent;
  }

  test.each([
    ['bounces', unpaid],
    ['is refunded by a void', { ...unpaid, isVoid: true }],
  ])('and %s takes back unused hours and makes the used ones overage', async (_, change) => {
    const sent = await payAndUse(5);
    expect(await settled()).toBe(6);
    await show(sent, change);
    expect(await settled()).toBe(0);
    expect(await overage()).toBe(4);
    expect(alerts().at(-1)).toMatch(/no longer paid/);
    await bench.run();
    expect(await overage()).toBe(4);
    expect(alerts()).toHaveLength(2);
    await show(sent, paid);
    await bench.run();
    expect([await settled(), await overage()]).toEqual([6, 0]);
  });

  test('holds automatic sales until a person resumes them', async () => {
    const sent = await payAndUse(0.5);
    await show(sent, { ...unpaid, isVoid: true });
    const block = {
      clientId: bench.clientId(),
      seconds: 36_000,
      amountMinor: null,
      rateMinor: 12_000,
      priority: 0,
      purchasedOn: '2026-03-02',
      expiresOn: null,
      reason: 'sold',
    };
    await addBlock(bench.app, block);
    use(9);
    await bench.run();
    expect(invoices()).toHaveLength(1);
    expect((await report()).salesQuestions).toEqual([expect.stringMatching(/on hold/)]);
    await resumeSales(bench.app, bench.clientId());
    await addBlock(bench.app, block);
    use(10);
    await bench.run();
    expect(invoices()).toHaveLength(2);
  });

  test('leaves work that hours given by hand paid, and a correction of it', async () => {
    await openWith();
    const sent = await order();
    await show(sent, paid);
    const [, bought] = await blocks();
    const { id: clientId = '' } = bench.app.clients[0] ?? {};
    const gift = { clientId, seconds: 2 * 3600, blockId: bought?.id ?? null, reason: 'goodwill' };
    await adjustBalance(bench.app, gift);
    // One hour of the first block is left; two of the bought one, then nine.
    use(3);
    await bench.run();
    use(9);
    await bench.run();
    expect([await settled(), await overage()]).toEqual([1, 0]);
    await show(sent, unpaid);
    expect(await overage()).toBe(9);
    bench.psa.log('2', '2', '2026-03-02T09:00:00.000Z', 60);
    expect((await bench.run()).ok).toBe(true);
    expect([await settled(), await overage()]).toEqual([0, 9]);
  });

  test('and, once resumed, sells again though nothing was bought since', async () => {
    const sent = await payAndUse(5);
    await show(sent, { ...unpaid, isVoid: true });
    use(1);
    await bench.run();
    expect(invoices()).toHaveLength(1);
    await resumeSales(bench.app, bench.clientId());
    await bench.run();
    expect(invoices()).toHaveLength(2);
  });

  test('tells no level again where another block pays what was used', async () => {
    const sent = await payAndUse(3);
    await addBlock(bench.app, {
      clientId: bench.clientId(),
      seconds: 10_800,
      amountMinor: null,
      rateMinor: 12_000,
      priority: 0,
      purchasedOn: '2026-03-02',
      expiresOn: null,
      reason: 'sold',
    });
    await show(sent, { ...unpaid, isVoid: true });
    expect([await settled(), await overage()]).toEqual([1, 0]);
    expect(alerts().map((subject) => /no longer paid/.test(subject))).toEqual([false, true]);
    use(0.5);
    await bench.run();
    expect(alerts()).toHaveLength(3);
  });

  test('is not asked about where an unpaid invoice was lowered', async () => {
    await openWith({ activate: 'on-invoice' });
    const sent = await order();
    await bench.run();
    expect(await settled()).toBe(11);
    await show(sent, { ...unpaid, totalMinor: 60_000, netMinor: 60_000 });
    await bench.run();
    expect(await settled()).toBe(6);
    expect(alerts().at(-1)).toMatch(/5 h instead of 10 h on invoice/);
    expect((await report()).salesQuestions).toEqual([]);
  });

  test.each([
    ['paid', { ...paid, creditedMinor: 60_000 }],
    ['partly paid', { ...unpaid, paidMinor: 30_000, creditedMinor: 60_000 }],
  ])(
    'holds sales where hours are usable on invoice, and a %s one was credited',
    async (_, change) => {
      await openWith({ activate: 'on-invoice' });
      const sent = await order();
      await bench.run();
      await show(sent, change);
      await bench.run();
      expect(await settled()).toBe(6);
      expect(alerts().at(-1)).toMatch(/now only partly paid/);
      expect((await report()).salesQuestions).toEqual([expect.stringContaining('block resume')]);
    },
  );

  test('in part leaves the hours that are still paid for', async () => {
    const sent = await payAndUse(2);
    await show(sent, { ...paid, creditedMinor: 60_000, paidMinor: 60_000, isPaid: false });
    // Ten opening hours less nine, and five of the ten bought less what both had to pay.
    expect([await settled(), await overage()]).toEqual([4, 0]);
    expect(alerts().at(-1)).toMatch(/now only partly paid/);
  });
});

describe('validity', () => {
  const monthly: Offer = { ...ten, validForMonths: 1 };

  test('counts from the payment, by the PSA’s day where it shows one', async () => {
    await openWith({}, monthly);
    const sent = await order();
    bench.at('2026-04-07T12:00:00.000Z');
    await show(sent, { ...paid, paidOn: '2026-04-05' });
    const [, bought] = await blocks();
    expect(bought).toMatchObject({ purchasedOn: '2026-04-05', expiresOn: '2026-05-04' });
    expect(await settled()).toBe(11);
    expect(invoices()).toHaveLength(1);
  });

  test('counts from the day on which a payment long ago was seen, if none would be left', async () => {
    await openWith({}, monthly);
    const sent = await order();
    bench.at('2026-06-10T12:00:00.000Z');
    await show(sent, { ...paid, paidOn: '2026-03-05' });
    const [, bought] = await blocks();
    expect(bought).toMatchObject({ purchasedOn: '2026-06-10', expiresOn: '2026-07-09' });
    expect(await settled()).toBe(11);
  });
});

describe('an order of a client that is left out of the config', () => {
  async function leave(change: Partial<InvoiceRow>): Promise<() => Promise<void>> {
    await openWith({}, { ...ten, validForMonths: 1 });
    const sent = await order();
    const clients = [...bench.app.config.clients];
    const other = clientOf({
      name: 'Other',
      sourceIds: new Map([['psa', '5']]),
      openingBlocks: [],
    });
    await bench.configure([other]);
    bench.at('2026-03-28T12:00:00.000Z');
    await show(sent, change);
    await bench.run();
    expect((await report()).leftClients).toMatchObject([{ name: 'Dupont', hasOrder: true }]);
    return async () => {
      bench.at('2026-04-10T12:00:00.000Z');
      await bench.configure(clients);
      await bench.run();
    };
  }

  test('waits until it is back, and is then valid from the payment', async () => {
    const comeBack = await leave({ ...paid, paidOn: '2026-03-28' });
    await comeBack();
    const [, bought] = await blocks();
    expect(bought).toMatchObject({ purchasedOn: '2026-03-28', expiresOn: '2026-04-27' });
    expect(await settled()).toBe(11);
    expect(invoices()).toHaveLength(1);
  });

  test('and whose invoice was voided is closed, and told, then', async () => {
    const comeBack = await leave({ ...unpaid, isVoid: true });
    expect(alerts()).toHaveLength(1);
    await comeBack();
    expect(alerts().at(-1)).toMatch(/order closed/);
    expect(await settled()).toBe(1);
  });
});

describe('a block whose first day is still to come', () => {
  const future = openingOf(10, { purchasedOn: '2026-04-01', expiresOn: '2026-06-30' });

  async function openFuture(): Promise<void> {
    const rule = { when: low, do: ['alert'], offer: null, tell: ['msp'] } as const;
    const agreement = agreementOf({ replenish: [rule] });
    const openingBlocks = [openingOf(2), future];
    const clients = [clientOf({ agreement, openingBlocks })];
    bench = await CoreBench.open({ mode: 'live', clients });
  }

  test('is neither spent nor counted, and pays earlier overage on its day', async () => {
    await openFuture();
    use(3);
    await bench.run();
    expect([await settled(), await overage()]).toEqual([0, 1]);
    expect(alerts()).toHaveLength(1);
    const [, waiting] = await blocks();
    expect(waiting).toMatchObject({ shownStatus: 'future', remainingSeconds: 36_000 });
    bench.at('2026-04-01T08:00:00.000Z');
    await bench.run();
    await bench.run();
    expect([await settled(), await overage()]).toEqual([9, 0]);
  });

  test('is added by hand like any other, and voided before it begins', async () => {
    await openFuture();
    await bench.run();
    const { blockId } = await addBlock(bench.app, {
      clientId: bench.clientId(),
      seconds: 3600,
      amountMinor: null,
      rateMinor: 0,
      priority: 0,
      purchasedOn: '2026-03-20',
      expiresOn: null,
      reason: 'sold',
    });
    expect(await settled()).toBe(2);
    bench.at('2026-03-20T12:00:00.000Z');
    await bench.run();
    expect(await settled()).toBe(3);
    const [, , waiting] = await blocks();
    await voidBlock(bench.app, { blockId: waiting?.id ?? '', reason: 'no' });
    bench.at('2026-04-01T12:00:00.000Z');
    await bench.run();
    expect(await settled()).toBe(3);
    expect(blockId).toMatch(/^b-/);
  });
});
