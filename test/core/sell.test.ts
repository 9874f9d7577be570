import { afterEach, describe, expect, test } from '@jest/globals';
import type { ConfiguredClient } from '../../src/config/loaded.ts';
import type { Agreement, Offer, RechargeTerms } from '../../src/domain/agreements/terms.ts';
import { decideOrder } from '../../src/replenish/by-hand.ts';
import { type SellRequest, sellBlock } from '../../src/service/corrections/sell.ts';
import { replenishContext } from '../../src/service/run/replenish-step.ts';
import { agreementOf, CoreBench, clientOf, openingOf, ten } from '../support/core-bench.ts';

let bench: CoreBench;
afterEach(() => bench.close());

const noLimits = { chargeMinor: null, dayMinor: null, monthMinor: null };
const psa: RechargeTerms = {
  collect: 'psa',
  autopayUpToMinor: null,
  noticeDays: 3,
  chaseAfterDays: 7,
  limits: noLimits,
  limitsOfAll: noLimits,
};
const low = { balance: 'settled', secondsLeft: 7200 } as const;
const both = ['msp', 'client'] as const;
const rule = { when: low, do: ['alert', 'invoice'], offer: ten, tell: both } as const;

interface Opening {
  terms?: Partial<Agreement>;
  client?: Partial<ConfiguredClient>;
  mode?: 'live' | 'observe';
  offer?: Offer;
}

/** A client that never had a block. */
async function open({ terms, client, mode = 'live', offer = ten }: Opening = {}): Promise<void> {
  const agreement = agreementOf({ replenish: [rule], ...terms });
  const clients = [clientOf({ agreement, openingBlocks: [], ...client })];
  bench = await CoreBench.open({ mode, clients });
  offerAs('ten', offer);
  await bench.run();
}

function offerAs(name: string, offer: Offer): void {
  const { config } = bench.app;
  bench.app.config = { ...config, offers: new Map([...config.offers, [name, offer]]) };
}

function sell(request: Partial<SellRequest> = {}) {
  bench.advance(60);
  return sellBlock(bench.app, {
    client: bench.client(),
    offer: 'ten',
    quantity: 1,
    isRecharge: false,
    reason: null,
    isDone: true,
    ...request,
  });
}

const sent = () =>
  bench.psa.sent.map(({ kind }) => kind).filter((kind) => kind !== 'balance-field');
const invoices = () => bench.psa.sentOf('invoice');
const hoursLeft = async () => (await bench.balance()).settledSeconds / 3600;

test('the first block of a client is ordered, invoiced once, and usable', async () => {
  await open();
  const { block, run } = await sell({ reason: 'First block' });
  expect(run).toMatch(/^m-/);
  await bench.run();
  await bench.run();
  expect(sent()).toEqual(['invoice', 'alert-ticket', 'ticket-note']);
  expect(invoices()[0]?.message).toMatchObject({ quantity: 1, totalMinor: 120_000, offer: 'ten' });
  expect(await bench.story()).toEqual(['+10 purchase']);
  const [ledger] = await bench.app.store.readLedgers([bench.clientId()], { isAllBlocks: true });
  expect(ledger?.blocks).toMatchObject([{ id: block, status: 'active', source: 'purchase' }]);
});

test('a dry run shows the sale and writes nothing', async () => {
  await open();
  const before = bench.dump();
  const shown = await sell({ isDone: false, quantity: 2 });
  expect(shown).toMatchObject({
    run: null,
    connection: 'psa',
    activate: 'on-invoice',
    sale: { quantity: 2, totalMinor: 240_000 },
    needsApproval: false,
  });
  expect(shown.messages.map(({ kind }) => kind)).toEqual([
    'invoice',
    'alert-ticket',
    'ticket-note',
  ]);
  expect(bench.dump()).toEqual(before);
});

test('its texts say that it was agreed, not that hours run low', async () => {
  await open();
  await sell({ reason: 'First block' });
  await bench.run();
  const texts = bench.psa.sent.map(({ message }) => `${message.subject}\n${message.body}`);
  expect(texts.join('\n')).not.toMatch(/Threshold|run out|hours left|low/);
});

test('hours to be paid first wait for the payment, and are valid from then on', async () => {
  await open({ terms: { activate: 'on-payment' }, offer: { ...ten, validForMonths: 12 } });
  await sell();
  await bench.run();
  expect(await hoursLeft()).toBe(0);
  bench.at('2026-03-20T08:00:00.000Z');
  const [invoice] = invoices();
  if (invoice === undefined) throw new Error('no invoice');
  const paid = { totalMinor: 120_000, netMinor: 120_000, paidMinor: 120_000, creditedMinor: 0 };
  bench.psa.showInvoice(invoice, { ...paid, isPaid: true });
  await bench.run();
  const [ledger] = await bench.app.store.readLedgers([bench.clientId()], { isAllBlocks: true });
  expect(ledger?.blocks).toMatchObject([
    { status: 'active', purchasedOn: '2026-03-20', expiresOn: '2027-03-19' },
  ]);
});

test('a client whose rules name no reader gets the invoice alone', async () => {
  await open({ terms: { replenish: [] } });
  await sell();
  await bench.run();
  expect(sent()).toEqual(['invoice']);
});

test('an undo before the push cancels all of it, and the next sale is another one', async () => {
  await open();
  const { run } = await sell();
  const undone = await bench.undo(run ?? '');
  expect(undone.cancelled).toHaveLength(3);
  await bench.run();
  expect(sent()).toEqual([]);
  await sell();
  await bench.run();
  expect(invoices()).toHaveLength(1);
  expect(await hoursLeft()).toBe(10);
});

test('an undo after the push withdraws the hours and what the PSA has', async () => {
  await open();
  const { run } = await sell();
  await bench.run();
  expect(await hoursLeft()).toBe(10);
  const undone = await bench.undo(run ?? '');
  const handled = [...undone.withdrawn, ...undone.byHand].map(({ kind }) => kind);
  expect(handled).toContain('invoice');
  expect(await hoursLeft()).toBe(0);
  await bench.run();
  expect([await hoursLeft(), invoices().length]).toEqual([0, 1]);
});

test('a later low balance sells the next block, and its own alert says why', async () => {
  await open();
  await sell();
  await bench.run();
  bench.psa.ticket('1');
  bench.psa.log('1', '1', '2026-03-02T09:00:00.000Z', 9 * 60);
  bench.psa.close('1');
  await bench.run();
  await bench.run();
  expect(invoices()).toHaveLength(2);
  expect(await hoursLeft()).toBe(11);
});

test('a price that changes before the push is the price of invoice and block', async () => {
  await open();
  await sell();
  offerAs('ten', { ...ten, rateMinor: 13_000 });
  await bench.run();
  expect(invoices()[0]?.message).toMatchObject({ totalMinor: 130_000 });
  const [ledger] = await bench.app.store.readLedgers([bench.clientId()], { isAllBlocks: true });
  expect(ledger?.blocks).toMatchObject([{ rateMinor: 13_000, status: 'active' }]);
});

test('in observe mode the messages are withheld, and going live sends none of them', async () => {
  await open({ mode: 'observe' });
  const { block, messages } = await sell();
  expect(block).toBeNull();
  expect(messages.map(({ status }) => status)).toEqual(['withheld', 'withheld', 'withheld']);
  await bench.run();
  bench.setMode('live');
  await bench.run();
  expect([sent(), await hoursLeft()]).toEqual([[], 0]);
});

test('before the first live run nothing is sold: a rehearsal that is rebuilt would lose it', async () => {
  await open({ mode: 'observe' });
  bench.setMode('live');
  await expect(sell()).rejects.toMatchObject({ kind: 'config', fix: /prepaid-hours run/ });
});

describe('a recharge by hand', () => {
  test('waits for approval, is announced, and is collected by the agreement’s terms', async () => {
    await open({ terms: { recharge: psa } });
    const shown = await sell({ isRecharge: true });
    expect(shown).toMatchObject({ collect: 'psa', needsApproval: true });
    await bench.run();
    expect(sent()).toEqual(['alert-ticket']);
    const waiting = await bench.app.store.listMessages({ statuses: ['unapproved'] });
    await bench.app.store.approveRecharge(waiting[0]?.key ?? '');
    await bench.run();
    expect(sent()).toEqual(['alert-ticket', 'invoice', 'ticket-note']);
    expect(bench.psa.sentOf('ticket-note')[0]?.message.body).toContain('As agreed with you');
    expect((await bench.app.store.readRecharges('all')).map(({ state }) => state)).toEqual([
      'submitted',
    ]);
  });

  test('is refused without such terms, or beyond a limit', async () => {
    await open();
    await expect(sell({ isRecharge: true })).rejects.toThrow(/no `recharge` terms/);
    const limits = { ...noLimits, monthMinor: 200_000 };
    const agreement = agreementOf({ replenish: [rule], recharge: { ...psa, limits } });
    await bench.configure([clientOf({ agreement, openingBlocks: [] })]);
    await expect(sell({ isRecharge: true, quantity: 2 })).rejects.toThrow(
      'Nothing is recharged: it would exceed this client’s limit of €2,000.00 per month. Sell the block without a recharge, or raise the limit.',
    );
    await sell({ isRecharge: true });
  });
});

describe('refused is a sale', () => {
  test('while an order is open, with what settles it', async () => {
    await open({ terms: { activate: 'on-payment' } });
    const { block } = await sell();
    const key = (await bench.app.store.listMessages({}))[0]?.key;
    await expect(sell()).rejects.toMatchObject({
      message: `Dupont has an open order already (invoice ${key}).`,
      fix: expect.stringContaining(`outbox cancel ${key}`),
    });
    await bench.run();
    await expect(sell()).rejects.toMatchObject({
      fix: expect.stringContaining(`block void ${block}`),
    });
    expect(invoices()).toHaveLength(1);
  });

  test('after the agreement’s last day, or if it ends before the hours are used', async () => {
    await open({ terms: { until: '2026-03-01' } });
    await expect(sell()).rejects.toThrow(/No sale: the agreement ended on/);
    const agreement = agreementOf({ until: '2026-03-10' });
    await bench.configure([clientOf({ agreement, openingBlocks: [] })]);
    await expect(sell()).rejects.toThrow(
      /ends on 10 March 2026, before these hours could be used up/,
    );
  });

  test('to a client on hold', async () => {
    await open();
    const { run } = await bench.run('debit');
    await bench.app.store.writeReplenish({
      ...{ at: new Date(bench.nowMs).toISOString(), runId: run, expected: [], blocks: [] },
      ...{ blockStatuses: [], postings: [], episodes: [], messages: [], superseded: [] },
      salesHolds: [{ clientId: bench.clientId(), reason: 'INV-1' }],
    });
    await expect(sell()).rejects.toMatchObject({ fix: expect.stringContaining('block resume') });
  });

  test('of more blocks than the offer allows, of an unknown offer, of money without rates', async () => {
    await open();
    await expect(sell({ quantity: 11 })).rejects.toThrow(/has 10 at most/);
    await expect(sell({ offer: 'nine' })).rejects.toMatchObject({ fix: 'Offers: ten.' });
    offerAs('money', { ...ten, seconds: 0, amountMinor: 50_000, rateMinor: 0 });
    await expect(sell({ offer: 'money' })).rejects.toThrow(/has no rates/);
  });

  test('of a block for a kind of hours only if that kind has an open order', async () => {
    await open({ terms: { activate: 'on-payment' } });
    offerAs('remote', { ...ten, name: 'remote', workTypes: ['Remote'] });
    await sell({ offer: 'remote' });
    await sell();
    await expect(sell({ offer: 'remote' })).rejects.toThrow(/open order/);
  });
});

test('a client gets one order where a sale by hand and a low balance meet', async () => {
  await open({ client: { openingBlocks: [openingOf(10)] }, terms: { activate: 'on-payment' } });
  const at = new Date(bench.nowMs).toISOString();
  const stop = new AbortController().signal;
  const context = await replenishContext({ ...bench.app, runId: 'm-2', startedAt: at, stop });
  const order = { offer: ten, quantity: 1, reason: null, isRecharge: false };
  const { sold } = await decideOrder(context, bench.client(), order);
  if (sold === null) throw new Error('the sale was refused');
  await bench.app.store.startRun({ id: 'm-2', command: 'sell', mode: 'live', at });
  bench.psa.ticket('1');
  bench.psa.log('1', '1', '2026-03-02T09:00:00.000Z', 9 * 60);
  bench.psa.close('1');
  await bench.run();
  const late = { ...sold.batch, expected: [] };
  await expect(bench.app.store.writeReplenish(late)).rejects.toMatchObject({ kind: 'transient' });
  expect(invoices()).toHaveLength(1);
});
