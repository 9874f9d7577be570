import { afterEach, describe, expect, test } from '@jest/globals';
import type { InvoiceRow } from '../../src/contract/connector.ts';
import type { Agreement, RechargeTerms } from '../../src/domain/agreements/terms.ts';
import { resumeSales } from '../../src/service/corrections/release.ts';
import { agreementOf, CoreBench, clientOf, openingOf, ten } from '../support/core-bench.ts';
import type { Sent } from '../support/scripted-connector.ts';

let bench: CoreBench;
afterEach(() => bench.close());

const low = { balance: 'settled', secondsLeft: 7200 } as const;
const noLimits = { chargeMinor: null, dayMinor: null, monthMinor: null };
const psa: RechargeTerms = {
  collect: 'psa',
  autopayUpToMinor: null,
  noticeDays: 3,
  chaseAfterDays: 7,
  limits: noLimits,
  limitsOfAll: noLimits,
};

async function openWith(
  terms: Partial<Agreement> = {},
  recharge: Partial<RechargeTerms> = {},
): Promise<void> {
  const rule = { when: low, do: ['recharge'], offer: ten, tell: ['msp'] } as const;
  const all = { activate: 'on-payment', replenish: [rule], ...terms } as const;
  const agreement = agreementOf({ ...all, recharge: { ...psa, ...recharge } });
  const clients = [clientOf({ agreement, openingBlocks: [openingOf(10)] })];
  bench = await CoreBench.open({ mode: 'live', clients });
}

let tickets = 0;
function use(hours: number): void {
  tickets += 1;
  const id = String(tickets);
  bench.psa.ticket(id);
  bench.psa.log(id, id, '2026-03-02T09:00:00.000Z', hours * 60);
  bench.psa.close(id);
}

const sentOf = (kind: 'invoice' | 'alert-ticket' | 'ticket-note') => bench.psa.sentOf(kind);
const notes = () => sentOf('ticket-note').map(({ message }) => String(message.body));
const subjects = () => sentOf('alert-ticket').map(({ message }) => String(message.subject));
const hoursLeft = async () => (await bench.balance()).settledSeconds / 3600;

const full = { totalMinor: 120_000, netMinor: 120_000, paidMinor: 0, creditedMinor: 0 };
const unpaid = { ...full, isPaid: false };
const paid = { ...full, paidMinor: 120_000, isPaid: true };

async function show(sent: Sent, change: Partial<InvoiceRow>): Promise<void> {
  bench.psa.showInvoice(sent, change);
  await bench.run();
}

async function approve(): Promise<void> {
  for (const { key } of await bench.app.store.listMessages({ statuses: ['unapproved'] })) {
    await bench.app.store.approveRecharge(key);
  }
  await bench.run();
}

/** The same message with another balance. */
function asOther<Message extends { payload: string }>(message: Message): Message {
  return { ...message, payload: message.payload.replace('Hello', 'Other') };
}

/** Uses nine of ten hours, so that ten more are recharged, with a user's approval. */
async function recharge(): Promise<Sent> {
  use(9);
  await bench.run();
  await approve();
  const sent = sentOf('invoice').at(-1);
  if (sent === undefined) throw new Error('no invoice');
  return sent;
}

/** A first recharge, collected: later ones of its size need no approval. */
async function collectFirst(): Promise<void> {
  await show(await recharge(), paid);
}

const states = async () => (await bench.app.store.readRecharges('all')).map(({ state }) => state);

describe('the first recharge of a client', () => {
  test('waits for a user: no invoice, and the client is not told', async () => {
    await openWith();
    use(9);
    await bench.run();
    await bench.run();
    expect([sentOf('invoice'), notes()]).toEqual([[], []]);
    const [alert] = sentOf('alert-ticket');
    const waiting = await bench.app.store.listMessages({ statuses: ['unapproved'] });
    expect(waiting.map(({ kind, status }) => [kind, status])).toEqual([
      ['invoice', 'unapproved'],
      ['ticket-note', 'unapproved'],
    ]);
    const note = waiting.find(({ kind }) => kind === 'ticket-note');
    expect(alert?.message.body).toContain(`prepaid-hours outbox approve ${note?.key}`);
    expect(alert?.message.subject).toMatch(/10 h to approve$/);
  });

  test('is announced to the client with the approval, invoiced once, and added once paid', async () => {
    await openWith();
    const sent = await recharge();
    expect(notes()).toEqual([
      expect.stringContaining(
        'our invoice for €1,200.00 before tax. As agreed, it is collected automatically.',
      ),
    ]);
    expect(await hoursLeft()).toBe(1);
    await show(sent, unpaid);
    await show(sent, paid);
    await bench.run();
    expect(await hoursLeft()).toBe(11);
    expect(notes().slice(1)).toEqual([
      expect.stringMatching(
        /^Hello,\n\nWe have collected €1,200\.00 for invoice \S+, and your 10 h of support time are ready: you have 11 h left\.\nSince the block before, you used 9 h\./,
      ),
    ]);
    expect(sentOf('invoice')).toHaveLength(1);
    expect(await states()).toEqual(['collected']);
  });

  test('that is cancelled instead was never announced, and the threshold may sell again', async () => {
    await openWith();
    use(9);
    await bench.run();
    const at = new Date(bench.nowMs).toISOString();
    const [invoice] = (await bench.app.store.listMessages({ statuses: ['unapproved'] })).filter(
      ({ kind }) => kind === 'invoice',
    );
    await bench.app.store.cancelMessage(String(invoice?.key), at);
    await bench.run();
    await bench.run();
    expect(notes()).toEqual([]);
    expect(await states()).toEqual(['ended']);
    expect(await bench.app.store.listMessages({ statuses: ['pending', 'unapproved'] })).toEqual([]);
  });
});

describe('an approval', () => {
  const keyOf = async () => {
    const waiting = await bench.app.store.listMessages({ statuses: ['unapproved'] });
    return String(waiting.find(({ kind }) => kind === 'invoice')?.key);
  };

  async function reprice(rateMinor: number): Promise<void> {
    const rule = { when: low, do: ['recharge'], offer: { ...ten, rateMinor }, tell: [] } as const;
    const terms = { activate: 'on-payment', replenish: [rule], recharge: psaWith(limits) } as const;
    await bench.configure([clientOf({ agreement: agreementOf(terms) })]);
  }
  const limits = { chargeMinor: 135_000, dayMinor: null, monthMinor: null };
  const psaWith = (own: RechargeTerms['limits']) => ({ ...psa, limits: own });

  test('is given again for a price that has grown since', async () => {
    await openWith();
    use(9);
    await bench.run();
    expect(await bench.app.store.approveRecharge(await keyOf())).toBe(true);
    await reprice(13_000);
    await bench.run();
    await bench.run();
    expect([sentOf('invoice'), notes()]).toEqual([[], []]);
    expect(await bench.app.store.approveRecharge(await keyOf())).toBe(true);
    await bench.run();
    expect(sentOf('invoice')[0]?.message).toMatchObject({ totalMinor: 130_000 });
    expect(notes()).toEqual([expect.stringContaining('our invoice for €1,300.00')]);
  });

  test.each([false, true])(
    'that a higher price needs again is dropped with the recharge, whose end is told if it was announced: %s',
    async (isTold) => {
      await openWith();
      use(9);
      await bench.run();
      const key = await keyOf();
      await bench.app.store.approveRecharge(key);
      if (isTold) {
        bench.psa.fail('find invoice', 'permission');
        await bench.run();
      }
      await reprice(13_000);
      await bench.run();
      await bench.app.store.cancelMessage(key, new Date(bench.nowMs).toISOString());
      await bench.run();
      await bench.run();
      expect(notes().map((note) => /was cancelled/.test(note))).toEqual(
        isTold ? [false, true] : [],
      );
      const statuses = ['pending', 'claimed', 'unapproved'] as const;
      expect(await bench.app.store.listMessages({ statuses })).toEqual([]);
    },
  );

  test('names in the note the price of the invoice that has left', async () => {
    await openWith();
    use(9);
    await bench.run();
    await bench.app.store.approveRecharge(await keyOf());
    bench.psa.fail('find ticket-note', 'permission');
    await bench.run();
    expect([sentOf('invoice').length, notes()]).toEqual([1, []]);
    await reprice(13_000);
    bench.advance(600);
    await bench.run();
    expect(notes()).toEqual([expect.stringContaining('our invoice for €1,200.00')]);
  });

  test('keeps its price where today’s would exceed a limit', async () => {
    await openWith({}, { limits });
    use(9);
    await bench.run('pull', 'debit', 'replenish');
    await reprice(14_000);
    await bench.run();
    await approve();
    expect(sentOf('invoice')[0]?.message).toMatchObject({ totalMinor: 120_000 });
    expect(sentOf('alert-ticket')).toHaveLength(1);
    expect(sentOf('alert-ticket')[0]?.message.body).not.toContain('Nothing is recharged');
  });
});

describe('a request that is sent twice', () => {
  test('a recharge is invoiced once, however often it is decided or its answer is lost', async () => {
    await openWith();
    await collectFirst();
    use(10);
    bench.psa.loseAnswer('invoice');
    await bench.run();
    bench.advance(600);
    await bench.run();
    await bench.run();
    expect(sentOf('invoice')).toHaveLength(2);
  });

  test('of two processes that follow it at once, one informs the client', async () => {
    await openWith();
    const sent = await recharge();
    bench.psa.showInvoice(sent, paid);
    const { store } = bench.app;
    const write = store.writeReplenish.bind(store);
    let isBeaten = false;
    store.writeReplenish = async (batch) => {
      const [change] = batch.rechargeChanges ?? [];
      if (change?.state === 'collected' && !isBeaten) {
        isBeaten = true;
        await write({ ...batch, messages: batch.messages.map(asOther) });
      }
      await write(batch);
    };
    const { steps } = await bench.run();
    expect(steps.flatMap(({ error }) => error ?? [])).toEqual([
      expect.stringContaining('changed in the meantime'),
    ]);
    await bench.run();
    expect(notes().slice(1)).toEqual([expect.stringContaining('Other')]);
  });

  test('two processes that decide it at once write it once', async () => {
    await openWith();
    const { store } = bench.app;
    const write = store.writeReplenish.bind(store);
    store.writeReplenish = async (batch) => {
      await write(batch);
      if (batch.recharges?.length) await write(batch);
    };
    await recharge();
    expect([sentOf('invoice').length, await states()]).toEqual([1, ['submitted']]);
  });
});

describe('a client that stays low for weeks', () => {
  test('one recharge is in flight at a time, and covers the whole gap', async () => {
    await openWith();
    await collectFirst();
    use(20);
    use(5);
    for (let week = 0; week < 8; week += 1) {
      bench.advance(7 * 86_400);
      await bench.run();
      await approve();
    }
    expect(sentOf('invoice')).toHaveLength(2);
    // 11 − 25 = −14: two blocks lift it above the threshold.
    expect(sentOf('invoice')[1]?.message).toMatchObject({ quantity: 2, totalMinor: 240_000 });
  });

  test('an unusual amount waits for a user', async () => {
    await openWith();
    await collectFirst();
    use(18);
    use(18);
    await bench.run();
    expect(sentOf('invoice')).toHaveLength(1);
    await approve();
    expect(sentOf('invoice')[1]?.message).toMatchObject({ quantity: 3 });
  });
});

describe('a limit that a recharge would exceed', () => {
  test.each([
    [
      'per recharge',
      { chargeMinor: 100_000, dayMinor: null, monthMinor: null },
      '€1,000.00 per recharge',
    ],
    ['per day', { chargeMinor: null, dayMinor: 100_000, monthMinor: null }, '€1,000.00 per day'],
    [
      'per month',
      { chargeMinor: null, dayMinor: null, monthMinor: 100_000 },
      '€1,000.00 per month',
    ],
  ])('%s: it is refused whole, and the alert says so', async (_, limits, words) => {
    await openWith({}, { limits });
    use(9);
    await bench.run();
    expect(sentOf('alert-ticket')[0]?.message.body).toContain(words);
    expect([sentOf('invoice'), await states()]).toEqual([[], []]);
  });

  test('what was collected this month counts', async () => {
    await openWith({}, { limits: { chargeMinor: null, dayMinor: null, monthMinor: 150_000 } });
    await collectFirst();
    use(10);
    await bench.run();
    expect(sentOf('invoice')).toHaveLength(1);
    expect(sentOf('alert-ticket').at(-1)?.message.body).toContain('€1,500.00 per month');
  });

  test('the limit of all clients together is refused in the same way', async () => {
    await openWith({}, { limitsOfAll: { ...noLimits, dayMinor: 100_000 } });
    use(9);
    await bench.run();
    expect(sentOf('alert-ticket')[0]?.message.body).toContain('€1,000.00 per day for all clients');
  });

  test('a price above the collector’s own limit is said in the alert', async () => {
    await openWith({}, { autopayUpToMinor: 100_000 });
    use(9);
    await bench.run();
    expect(sentOf('alert-ticket')[0]?.message.body).toContain('ask the client to pay the invoice');
  });
});

describe('a payment that fails or comes back', () => {
  test.each(['on-payment', 'on-invoice'] as const)(
    '%s: a returned payment takes back what is unused, informs both and holds sales',
    async (activate) => {
      await openWith({ activate });
      const sent = await recharge();
      await show(sent, unpaid);
      await show(sent, paid);
      await bench.run();
      use(3);
      await bench.run();
      expect(await hoursLeft()).toBe(8);
      await show(sent, unpaid);
      await bench.run();
      await bench.run();
      expect([await hoursLeft(), (await bench.balance()).overageSeconds / 3600]).toEqual([0, 2]);
      expect(subjects().at(-1)).toMatch(/is no longer paid/);
      expect(notes().filter((note) => /has returned €1,200\.00/.test(note))).toHaveLength(1);
      expect(notes().at(-1)).toMatch(/we will not collect anything again until/);
      use(5);
      await bench.run();
      expect(sentOf('invoice')).toHaveLength(1);
      expect(await states()).toEqual(['returned']);
    },
  );

  test('paid again, the same hours come back once, and the client is informed again', async () => {
    await openWith();
    const sent = await recharge();
    for (const state of [paid, unpaid, paid]) await show(sent, state);
    await bench.run();
    expect(await hoursLeft()).toBe(11);
    expect(notes().filter((note) => /We have collected/.test(note))).toHaveLength(2);
    await resumeSales(bench.app, bench.clientId());
    use(10);
    await bench.run();
    expect(sentOf('invoice')).toHaveLength(2);
  });
});

describe('several recharges decided at once', () => {
  test('the limit of all clients holds for several decided in one run', async () => {
    const rule = { when: low, do: ['recharge'], offer: ten, tell: ['msp'] } as const;
    const recharge = { ...psa, limitsOfAll: { ...noLimits, dayMinor: 250_000 } };
    const agreement = agreementOf({ activate: 'on-payment', replenish: [rule], recharge });
    const openingBlocks = [openingOf(1)];
    const clients = ['1', '2', '3'].map((id) =>
      clientOf({
        name: `Client ${id}`,
        sourceIds: new Map([['psa', id]]),
        agreement,
        openingBlocks,
      }),
    );
    bench = await CoreBench.open({ mode: 'live', clients });
    await bench.run();
    expect(await states()).toEqual(['requested', 'requested']);
  });
});

describe('an unpaid recharge', () => {
  test('is chased once, by an alert and a note, and never sold again', async () => {
    await openWith();
    const sent = await recharge();
    await show(sent, unpaid);
    bench.advance(8 * 86_400);
    for (const _ of [1, 2, 3]) await bench.run();
    expect(subjects().filter((subject) => /still unpaid after 7 days/.test(subject))).toHaveLength(
      1,
    );
    expect(notes().filter((note) => /We have not received/.test(note))).toHaveLength(1);
    expect(sentOf('invoice')).toHaveLength(1);
    await show(sent, paid);
    await bench.run();
    expect([await hoursLeft(), await states()]).toEqual([11, ['collected']]);
  });

  test('is chased from the day on which it was sent, however long it waited for approval', async () => {
    await openWith();
    use(9);
    await bench.run();
    bench.advance(8 * 86_400);
    await approve();
    await bench.run();
    const [sent] = sentOf('invoice');
    if (sent === undefined) throw new Error('no invoice');
    await show(sent, unpaid);
    await bench.run();
    expect(notes().filter((note) => /We have not received/.test(note))).toEqual([]);
    bench.advance(8 * 86_400);
    await bench.run();
    expect(notes().filter((note) => /We have not received/.test(note))).toHaveLength(1);
  });

  test('that was paid, though not as ordered, is not chased', async () => {
    await openWith();
    const raised = { totalMinor: 240_000, netMinor: 240_000, paidMinor: 240_000 };
    await show(await recharge(), { ...unpaid, ...raised, isPaid: true });
    bench.advance(9 * 86_400);
    await bench.run();
    expect(notes().filter((note) => /have not received/.test(note))).toEqual([]);
  });

  test.each(['on-payment', 'on-invoice'] as const)(
    '%s: that is voided ends, is not chased, and leaves room for the next one',
    async (activate) => {
      await openWith({ activate });
      await show(await recharge(), { ...unpaid, isVoid: true });
      bench.advance(9 * 86_400);
      await bench.run();
      expect(notes().at(-1)).toMatch(/was cancelled\. Nothing is collected/);
      expect([await states(), await hoursLeft()]).toEqual([['ended'], 1]);
      const today = new Date(bench.nowMs).toISOString().slice(0, 10);
      const request = { today, currency: 'EUR' };
      const usage = await bench.app.store.readRechargeUsage(bench.clientId(), request);
      expect(usage).toMatchObject({ isInFlight: false, monthMinor: 0 });
    },
  );

  test.each([
    ['voided', { isVoid: true }],
    ['credited as a whole', { creditedMinor: 120_000 }],
  ])('that is %s ends, and the client is informed', async (_, change) => {
    await openWith();
    await show(await recharge(), { ...unpaid, ...change });
    await bench.run();
    expect(notes().at(-1)).toMatch(/was cancelled\. Nothing is collected/);
    expect(await states()).toEqual(['ended']);
  });
});

test('observing, nothing is ordered and the list shows what would be sold', async () => {
  await openWith();
  await bench.close();
  const rule = { when: low, do: ['recharge'], offer: ten, tell: ['msp'] } as const;
  const agreement = agreementOf({ replenish: [rule], recharge: psa });
  const openingBlocks = [openingOf(1)];
  bench = await CoreBench.open({
    mode: 'observe',
    clients: [clientOf({ agreement, openingBlocks })],
  });
  await bench.run();
  expect(await states()).toEqual([]);
  const withheld = await bench.app.store.listMessages({ statuses: ['withheld'] });
  expect(withheld.map(({ kind }) => kind).sort()).toEqual([
    'alert-ticket',
    'invoice',
    'ticket-note',
  ]);
});
