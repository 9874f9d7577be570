import { expect, test } from '@jest/globals';
import type { InvoiceRow } from '../../src/contract/connector.ts';
import type { Episode, NewMessage } from '../../src/store/port.ts';
import { orderState } from '../../src/store/port.ts';
import {
  at,
  block,
  debits,
  openBench,
  page,
  posting,
  purchase,
  replenishment,
} from './store-bench.ts';

function message(change: Partial<NewMessage> = {}): NewMessage {
  return {
    key: 'ph:invoice:dupont:1',
    kind: 'invoice',
    clientId: 'dupont',
    connection: 'psa',
    payload: '{"total":1}',
    afterKey: null,
    status: 'pending',
    ...change,
  };
}

function invoice(change: Partial<InvoiceRow> = {}): InvoiceRow {
  return {
    sourceId: 'i1',
    number: '42',
    clientId: '1234',
    reference: null,
    currency: 'EUR',
    totalMinor: 120_000,
    saleId: null,
    netMinor: null,
    paidMinor: null,
    creditedMinor: null,
    isPaid: true,
    isVoid: false,
    issuedOn: '2026-03-02',
    paidOn: null,
    lines: null,
    updatedAt: at,
    ...change,
  };
}

test('cause and effect go in together: postings, episode, message, or none of them', async () => {
  const { store } = await openBench();
  const episode: Episode = {
    clientId: 'dupont',
    threshold: 'settled:7200',
    number: 1,
    isFired: true,
    firedClientSeq: 1,
    firedMode: 'live',
    firedAt: at,
    pendingSeconds: 0,
  };
  const batch = replenishment(0, {
    blocks: [block()],
    postings: [purchase(), posting({ seconds: 36_001 })],
    episodes: [episode],
    messages: [message()],
  });
  await expect(store.writeReplenish(batch)).rejects.toThrow(/is left with/);
  expect(await store.readEpisodes(['dupont'])).toEqual([]);
  expect(await store.listMessages({})).toEqual([]);
  await store.writeReplenish({ ...batch, postings: [purchase()] });
  expect(await store.readEpisodes(['dupont'])).toEqual([episode]);
  const again = { ...episode, number: 2, isFired: false };
  await store.writeReplenish(replenishment(1, { episodes: [again] }));
  expect(await store.readEpisodes(['dupont'])).toEqual([again]);
  expect((await store.listMessages({})).map(({ key }) => key)).toEqual([message().key]);
});

test('a block or a message is written once; the same key with another content is a defect', async () => {
  const { store } = await openBench();
  const batch = replenishment(0, { blocks: [block()], messages: [message()] });
  await store.writeReplenish(batch);
  await store.writeReplenish(batch);
  expect(await store.listMessages({})).toHaveLength(1);
  const otherBlock = replenishment(0, { blocks: [block({ seconds: 60 })] });
  await expect(store.writeReplenish(otherBlock)).rejects.toThrow(/opening:b-1 already exists/);
  const otherMessage = replenishment(0, { messages: [message({ payload: '{"total":2}' })] });
  await expect(store.writeReplenish(otherMessage)).rejects.toThrow(/already exists/);
});

test('a newer message takes the place of those not yet settled, and of no other kind', async () => {
  const { store } = await openBench();
  const field = (key: string, status: NewMessage['status'] = 'pending') =>
    message({ key, kind: 'balance-field', status });
  const messages = [field('f1'), field('f2', 'withheld'), message()];
  await store.writeReplenish(replenishment(0, { messages: [field('f0')] }));
  await store.claimMessages({
    owner: 'me',
    at,
    staleBefore: at,
    latest: '9999',
    connections: ['psa'],
    limit: 1,
  });
  await store.writeReplenish(replenishment(0, { messages }));
  const superseded = [{ clientId: 'dupont', kind: 'balance-field', exceptKey: 'f3' }];
  await store.writeReplenish(replenishment(0, { messages: [field('f3')], superseded }));
  const states = (await store.listMessages({})).map(({ key, status }) => [key, status]);
  expect(Object.fromEntries(states)).toEqual({
    f0: 'cancelled',
    f1: 'cancelled',
    f2: 'cancelled',
    f3: 'pending',
    [message().key]: 'pending',
  });
  expect((await store.readLatestMessages('balance-field')).get('dupont')?.key).toBe('f3');
});

test('the last credit is a purchase or an upward adjustment, never a reversal', async () => {
  const { store } = await openBench();
  const up = posting({ key: 'a1', reason: 'adjustment', side: 'credit' });
  const down = posting({ key: 'a2', reason: 'adjustment' });
  const usage = posting({ key: 'u1' });
  const back = posting({ key: 'rev:u1', reason: 'reversal', side: 'credit', reverses: 'u1' });
  const blocks = [block()];
  const postings = [purchase(), up, usage, down, back];
  await store.writeReplenish(replenishment(0, { blocks, postings }));
  const credits = await store.readLastCredits(['dupont', 'nobody']);
  expect([...credits]).toEqual([
    ['dupont', 2],
    ['nobody', 0],
  ]);
});

test('overage is open until it is reversed, oldest first', async () => {
  const { store } = await openBench();
  const overage = (key: string) => posting({ key, reason: 'overage', blockId: null });
  await store.writeDebits(debits(0, { postings: [overage('o1'), overage('o2'), overage('o3')] }));
  const back = { reason: 'reversal', side: 'credit', blockId: null, reverses: 'o2' } as const;
  await store.writeDebits(debits(3, { postings: [posting({ key: 'rev:o2', ...back })] }));
  expect((await store.readOpenOverage('dupont')).map(({ key }) => key)).toEqual(['o1', 'o3']);
  expect((await store.readLedgers(['dupont']))[0]?.overageSeconds).toBe(7200);
});

test.each<[string, Partial<InvoiceRow>, boolean]>([
  ['by our key on the invoice', { reference: 'ph:invoice:dupont:1' }, true],
  ['not while it is unpaid', { reference: 'ph:invoice:dupont:1', isPaid: false }, false],
  ['not once it is void', { reference: 'ph:invoice:dupont:1', isVoid: true }, false],
  // The message may have become a ticket, whose number an unrelated invoice may bear too.
  ['not by an id that another kind of record may have', { sourceId: 'i7' }, false],
  ['by the sale’s own id, whatever its reference says now', { saleId: 'i7' }, true],
])('an order is paid %s', async (_, change, isPaid) => {
  const { store } = await openBench();
  const ordered = block({ status: 'ordered', activate: 'on-payment', invoiceKey: message().key });
  const without = block({ id: 'b-2', status: 'ordered' });
  const blocks = [ordered, without, block({ id: 'b-3' })];
  await store.writeReplenish(replenishment(0, { blocks, messages: [message()] }));
  const claim = { owner: 'me', at, staleBefore: at, connections: ['psa'], limit: 1 };
  await store.claimMessages({ ...claim, latest: '9999' });
  const delivered = { status: 'delivered', remoteId: 'i7', remoteLabel: null } as const;
  await store.settleMessage(message().key, 'me', at, delivered);
  const watermark = { since: at, clientIds: ['1234'], pass: null };
  await store.writePage(page({ stream: 'invoices', rows: [invoice(change)] }, { watermark }));
  const orders = await store.readOrders();
  expect(orders.map(({ block: { id } }) => id)).toEqual([ordered.id, without.id]);
  expect(orders[0]).toMatchObject({ messageStatus: 'delivered', label: 'i7' });
  const [order] = orders;
  expect(order && orderState(order).state === 'usable').toBe(isPaid);
});

test('a crossing that another process decided otherwise is refused for now; other content is a bug', async () => {
  const { store } = await openBench();
  const episode: Episode = {
    clientId: 'dupont',
    threshold: 'settled:7200',
    number: 1,
    isFired: true,
    firedClientSeq: 0,
    firedMode: 'live',
    firedAt: at,
    pendingSeconds: 0,
  };
  await store.writeReplenish(replenishment(0, { episodes: [episode], messages: [message()] }));
  const other = message({ payload: '{"total":2}' });
  const late = store.writeReplenish(replenishment(0, { episodes: [episode], messages: [other] }));
  await expect(late).rejects.toMatchObject({ kind: 'transient' });
  const wrong = store.writeReplenish(replenishment(0, { messages: [other] }));
  await expect(wrong).rejects.toThrow('already exists with different content');
  expect((await store.readMessage(other.key))?.payload).toBe('{"total":1}');
});
