/** Orders that were closed without hours, and whose invoice is paid all the same. */
import { afterEach, expect, test } from '@jest/globals';
import type { InvoiceRow } from '../../src/contract/connector.ts';
import { buildBalances } from '../../src/reports/balances/balances.ts';
import { voidBlock } from '../../src/service/corrections/blocks.ts';
import { acceptOrder } from '../../src/service/corrections/release.ts';
import { agreementOf, CoreBench, clientOf, ten } from '../support/core-bench.ts';
import type { Sent } from '../support/scripted-connector.ts';

let bench: CoreBench;
afterEach(() => bench.close());

const full = { totalMinor: 120_000, netMinor: 120_000, paidMinor: 0, creditedMinor: 0 };
const unpaid = { ...full, isPaid: false };
const paid = { ...full, paidMinor: 120_000, isPaid: true };

const settled = async () => (await bench.balance()).settledSeconds / 3600;
const lateAlerts = () =>
  bench.psa
    .sentOf('alert-ticket')
    .map(({ message }) => String(message.subject))
    .filter((subject) => subject.includes('was paid although its order was closed'));

async function report() {
  const { clients, store } = bench.app;
  const asOf = new Date(bench.nowMs).toISOString();
  return buildBalances(store, { shown: clients, all: clients, asOf });
}

async function orderedId(): Promise<string> {
  const { clients } = await report();
  return clients[0]?.blocks.find(({ source }) => source === 'purchase')?.id ?? '';
}

async function order(): Promise<Sent> {
  const when = { balance: 'settled', secondsLeft: 7200 } as const;
  const rule = { when, do: ['alert', 'invoice'], offer: ten, tell: ['msp'] } as const;
  const agreement = agreementOf({ activate: 'on-payment', replenish: [rule] });
  bench = await CoreBench.open({ mode: 'live', clients: [clientOf({ agreement })] });
  bench.psa.ticket('1');
  bench.psa.log('1', '1', '2026-03-02T09:00:00.000Z', 540);
  bench.psa.close('1');
  await bench.run();
  const [sent] = bench.psa.sentOf('invoice');
  if (sent === undefined) throw new Error('no invoice');
  await show(sent, unpaid);
  return sent;
}

async function show(sent: Sent, change: Partial<InvoiceRow>): Promise<void> {
  bench.psa.showInvoice(sent, change);
  await bench.run();
}

const ways: [string, (sent: Sent) => Promise<unknown>][] = [
  ['voided and opened again', (sent) => show(sent, { ...unpaid, isVoid: true })],
  ['missed twice and found again', miss],
  [
    'given up by hand',
    async () => voidBlock(bench.app, { blockId: await orderedId(), reason: 'given up' }),
  ],
];

async function miss({ remoteId }: Sent): Promise<void> {
  bench.psa.standings.set(remoteId, null);
  for (const seconds of [0, 7200]) {
    bench.advance(seconds);
    await bench.run('reconcile');
  }
  await bench.run();
  bench.psa.standings.delete(remoteId);
}

test.each(ways)(
  'an invoice that was %s, and is paid, is told and listed until it is settled',
  async (_, close) => {
    const sent = await order();
    await close(sent);
    expect((await report()).clients[0]?.blocks.at(-1)?.status).toBe('void');
    expect(lateAlerts()).toEqual([]);
    await show(sent, paid);
    await bench.run();
    expect(await settled()).toBe(1);
    expect(lateAlerts()).toHaveLength(1);
    const blockId = await orderedId();
    expect((await report()).salesQuestions).toEqual([
      expect.stringContaining(`prepaid-hours block accept ${blockId}, or credit the invoice`),
    ]);
    await acceptOrder(bench.app, blockId);
    await bench.run();
    expect(await settled()).toBe(11);
    expect((await report()).salesQuestions).toEqual([]);
    expect(lateAlerts()).toHaveLength(1);
  },
);

test('one that is credited is settled', async () => {
  const sent = await order();
  await show(sent, { ...unpaid, isVoid: true });
  await show(sent, paid);
  await show(sent, { ...paid, creditedMinor: 120_000 });
  expect((await report()).salesQuestions).toEqual([]);
  await expect(acceptOrder(bench.app, await orderedId())).rejects.toMatchObject({ kind: 'config' });
});

test('one that is opened again and not paid is not told', async () => {
  const sent = await order();
  await show(sent, { ...unpaid, isVoid: true });
  await show(sent, { ...unpaid, paidMinor: 60_000 });
  expect(lateAlerts()).toEqual([]);
});

test('hours that a person took back are not told', async () => {
  const sent = await order();
  await show(sent, paid);
  await voidBlock(bench.app, { blockId: await orderedId(), reason: 'a favour' });
  await bench.run();
  expect(lateAlerts()).toEqual([]);
  expect((await report()).salesQuestions).toEqual([]);
});

test('a purchase that was undone is not told: the undo withdraws its invoice', async () => {
  const sent = await order();
  const { runId } = (await bench.app.store.readMessage(sent.message.key)) ?? { runId: '' };
  await bench.undo(runId);
  expect((await report()).clients[0]?.blocks.at(-1)?.status).toBe('void');
  await show(sent, paid);
  expect(lateAlerts()).toEqual([]);
  expect((await report()).salesQuestions).toEqual([]);
});
