import { expect, test } from '@jest/globals';
import type { Charge, Store } from '../../src/store/port.ts';
import {
  at,
  block,
  charge,
  debits,
  group,
  openBench,
  page,
  posting,
  postOneCharge,
  purchase,
  replenishment,
  ticket,
  timeEntry,
} from './store-bench.ts';

const march = '2026-03-01T00:00:00.000Z';
const april = '2026-04-01T00:00:00.000Z';
const inApril = '2026-04-02T09:00:00.000Z';

async function collect<Row>(pages: AsyncIterable<Row[]>): Promise<Row[][]> {
  const all: Row[][] = [];
  for await (const one of pages) all.push(one);
  return all;
}

/** 2,500 charges of 1 s, each with its entry in the ledger. */
async function postMany(store: Store): Promise<void> {
  await store.writeReplenish(replenishment(0, { blocks: [block()], postings: [purchase()] }));
  const charges: Charge[] = Array.from({ length: 2500 }, (_, index) =>
    charge({ groupKey: `g${index}`, seconds: 1 }),
  );
  const postings = charges.map(({ id }) => posting({ key: `${id}/1`, chargeId: id, seconds: 1 }));
  const groups = charges.map(({ id, groupKey }) => group({ groupKey, chargeId: id, revision: 1 }));
  await store.writeDebits(debits(1, { charges, postings, groups }));
}

test('ledger and charges come in pages, each row once, in order, while others write between', async () => {
  const { store } = await openBench();
  await postMany(store);
  const sizes: number[] = [];
  const keys = new Set<string>();
  for await (const entries of store.streamLedger('dupont', null, null)) {
    sizes.push(entries.length);
    for (const { key } of entries) keys.add(key);
    await store.writeMemory('psa', 'k', String(sizes.length), at);
  }
  expect(sizes).toEqual([1000, 1000, 501]);
  expect(keys.size).toBe(2501);
  const charges = await collect(store.streamCharges('dupont', march, april));
  expect(charges.map((one) => one.length)).toEqual([1000, 1000, 500]);
  expect(new Set(charges.flat().map(({ id }) => id)).size).toBe(2500);
});

test('a period holds what was posted from its first instant to before its last', async () => {
  const { store } = await openBench();
  await postOneCharge(store);
  const second = charge({ revision: 2, seconds: 7200 });
  const back = { reason: 'reversal', side: 'credit', reverses: 't:psa:t1#1/1' } as const;
  const postings = [
    posting({ key: 'rev:1', chargeId: 't:psa:t1#1', ...back }),
    posting({ key: 'u2', chargeId: second.id, seconds: 7200 }),
    posting({ key: 'o1', reason: 'overage', blockId: null }),
  ];
  await store.writeDebits(debits(2, { at: inApril, charges: [second], postings }));
  const keysIn = async (from: string | null, to: string | null) =>
    (await collect(store.streamLedger('dupont', from, to))).flat().map(({ key }) => key);
  expect(await keysIn(march, april)).toEqual(['purchase:b-1', 't:psa:t1#1/1']);
  expect(await keysIn(april, null)).toEqual(['rev:1', 'u2', 'o1']);
  expect(await keysIn(null, at)).toEqual([]);
  const hours = { openingMinor: null, closingMinor: null };
  expect(await store.readBalancesAt('dupont', at, april)).toEqual([
    { blockId: 'b-1', openingSeconds: 0, closingSeconds: 32_400, ...hours },
  ]);
  expect(await store.readBalancesAt('dupont', april, '2027-01-01')).toEqual([
    { blockId: null, openingSeconds: 0, closingSeconds: -3600, ...hours },
    { blockId: 'b-1', openingSeconds: 32_400, closingSeconds: 28_800, ...hours },
  ]);
  const standing = async (before: string) =>
    (await store.readChargesBefore(['t:psa:t1', 'other'], before)).map(({ revision }) => revision);
  expect(await standing(at)).toEqual([]);
  expect(await standing(april)).toEqual([1]);
  expect(await standing('2027-01-01')).toEqual([2]);
  const history = await store.readChargeHistory('t:psa:t1');
  expect(history.map(({ revision, postedAt }) => [revision, postedAt])).toEqual([
    [1, at],
    [2, inApril],
  ]);
  const entries = await store.readChargeEntries(['t:psa:t1#1', second.id]);
  expect(entries.map(({ key }) => key)).toEqual(['t:psa:t1#1/1', 'rev:1', 'u2']);
});

test('a group is found by its entry, its ticket’s id or number, its charge or its key', async () => {
  const { store } = await openBench();
  await store.writePage(page({ stream: 'tickets', rows: [ticket()] }));
  await store.writePage(page({ stream: 'timeEntries', rows: [timeEntry()] }));
  await postOneCharge(store);
  const entryGroups = [{ connection: 'psa', entryId: 'e1', groupKey: 't:psa:t1', isCharged: true }];
  await store.writeDebits(debits(2, { entryGroups }));
  const find = async (id: string, connection: string | null = null) =>
    (await store.findGroups(id, connection)).map(({ groupKey }) => groupKey);
  for (const id of ['e1', 't1', '1001', 't:psa:t1#1', 't:psa:t1']) {
    expect(await find(id)).toEqual(['t:psa:t1']);
  }
  expect(await find('e1', 'psa')).toEqual(['t:psa:t1']);
  expect(await find('e1', 'rmm')).toEqual([]);
  expect(await find('nothing')).toEqual([]);
});

test('open groups are those that are not fully posted', async () => {
  const { store } = await openBench();
  const groups = [group(), group({ groupKey: 'g2', status: 'pending', reason: 'ticket-open' })];
  await store.writeDebits(debits(0, { groups }));
  const open = await store.listOpenGroups('dupont');
  expect(open).toEqual([group({ groupKey: 'g2', status: 'pending', reason: 'ticket-open' })]);
});

test('runs are listed newest first, the unfinished one without a result', async () => {
  const { store } = await openBench();
  await store.startRun({ id: 'r1', command: 'run', mode: 'live', at });
  await store.finishRun('r1', inApril, '{"ok":true}');
  await store.startRun({ id: 'r2', command: 'run', mode: 'observe', at: inApril });
  const run = { command: 'run', startedAt: inApril, finishedAt: null, result: null };
  expect(await store.listRuns(1)).toEqual([{ id: 'r2', mode: 'observe', ...run }]);
  expect((await store.listRuns(5)).map(({ result }) => result)).toEqual([null, '{"ok":true}']);
});
