import { beforeEach, describe, expect, test } from '@jest/globals';
import type { Posting } from '../../src/domain/ledger/ledger.ts';
import { isOnPostgres } from '../support/databases.ts';
import {
  at,
  type Bench,
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
  timeEntry,
} from './store-bench.ts';

let bench: Bench;
beforeEach(async () => {
  bench = await openBench();
});

async function readLedger() {
  const [ledger] = await bench.store.readLedgers(['dupont'], { isAllBlocks: true });
  return ledger;
}

function countRows(table: string): unknown {
  return bench.raw.prepare(`SELECT count(*) AS n FROM ${table}`).get()?.n;
}

test('a charge is posted with its slices, its group and its balances in one go', async () => {
  await postOneCharge(bench.store);
  expect(await readLedger()).toMatchObject({
    clientSeq: 2,
    overageSeconds: 0,
    blocks: [{ id: 'b-1', remainingSeconds: 32_400 }],
  });
  const [entry] = await bench.store.readLiveSlices(['t:psa:t1#1']);
  expect(entry).toMatchObject({ key: 't:psa:t1#1/1', clientSeq: 2, postedAt: at, runId: 'r1' });
  expect(await bench.store.readCharges(['t:psa:t1#1'])).toEqual([
    { ...charge(), postedAt: at, runId: 'r1' },
  ]);
  expect(await bench.store.verify()).toBeNull();
});

test('a reversal gives back exactly what it undoes, and only once', async () => {
  await postOneCharge(bench.store);
  const [slice] = await bench.store.readLiveSlices(['t:psa:t1#1']);
  const reversal: Posting = posting({
    ...slice,
    key: 'rev:1',
    side: 'credit',
    reason: 'reversal',
    reverses: 't:psa:t1#1/1',
  });
  const write = (change: Partial<Posting>, clientSeq = 2) =>
    bench.store.writeDebits(debits(clientSeq, { postings: [{ ...reversal, ...change }] }));
  await expect(write({ seconds: 3599 })).rejects.toThrow(/another length/);
  await expect(write({ blockId: null })).rejects.toThrow(/another block/);
  await expect(write({ side: 'debit' })).rejects.toThrow(/same side/);
  await expect(write({ reverses: 'nothing' })).rejects.toThrow(/not in the ledger/);
  await write({});
  expect(await bench.store.readLiveSlices(['t:psa:t1#1'])).toEqual([]);
  await expect(write({ key: 'rev:2' }, 3)).rejects.toThrow(/rev:2 would leave|rev:2 was rejected/);
  await expect(write({ key: 'rev:3', reverses: 'rev:1' }, 3)).rejects.toThrow(/reversal itself/);
  expect((await readLedger())?.blocks[0]?.remainingSeconds).toBe(36_000);
});

test('a ledger that moved meanwhile refuses the whole batch, to be decided anew', async () => {
  await postOneCharge(bench.store);
  await bench.store.writePage(page({ stream: 'timeEntries', rows: [timeEntry()] }));
  const [dirty] = await bench.store.takeDirty(1);
  const stale = debits(1, { postings: [posting({ key: 'u2' })], dirtySeqs: [dirty?.seq ?? 0] });
  await expect(bench.store.writeDebits(stale)).rejects.toMatchObject({ kind: 'transient' });
  expect(await bench.store.takeDirty(9)).toHaveLength(1);
  await bench.store.writeDebits({ ...stale, expected: [{ clientId: 'dupont', clientSeq: 2 }] });
  expect(await bench.store.takeDirty(9)).toHaveLength(0);
});

describe('a defect writes nothing and is loud', () => {
  test.each<[string, Partial<Posting>, RegExp]>([
    ['an existing key', { key: 'purchase:b-1' }, /purchase:b-1 was rejected/],
    ['a block below zero', { seconds: 32_401 }, /block b-1 is left with -1 s/],
    ['overage below zero', { blockId: null, side: 'credit', reason: 'refund' }, /overdrawn/],
    ['a block of nobody', { blockId: 'b-9' }, /does not have/],
    ['no seconds', { seconds: 0 }, /was rejected by the database/],
    ['a reversal of nothing', { reason: 'reversal' }, /was rejected by the database/],
    ['a client that was not read', { clientId: 'martin' }, /not stated/],
  ])('%s', async (_, change, message) => {
    await postOneCharge(bench.store);
    const batch = debits(2, {
      charges: [charge({ groupKey: 'g2' })],
      postings: [
        posting({ key: 'fine', blockId: null, reason: 'overage', seconds: 1 }),
        posting({ key: 'bad', ...change }),
      ],
    });
    await expect(bench.store.writeDebits(batch)).rejects.toThrow(message);
    expect(countRows('ledger')).toBe(2);
    expect(countRows('charge')).toBe(1);
    expect((await readLedger())?.blocks[0]?.remainingSeconds).toBe(32_400);
  });
});

test('the database itself refuses to change, remove or replace what is posted', async () => {
  await postOneCharge(bench.store);
  for (const table of ['ledger', 'charge']) {
    const copied = isOnPostgres ? 'INSERT INTO' : 'INSERT OR REPLACE INTO';
    for (const sql of [
      `UPDATE ${table} SET seconds = 1`,
      `DELETE FROM ${table}`,
      `${copied} ${table} SELECT * FROM ${table}`,
    ]) {
      expect(() => bench.raw.exec(sql)).toThrow(/append-only|permission denied|duplicate key/);
    }
  }
});

test('a clock put back adds nothing before what is posted', async () => {
  await postOneCharge(bench.store);
  const zero = charge({ groupKey: 'g2', seconds: 0 });
  const earlier = '2026-02-27T09:00:00.000Z';
  const later = '2026-03-04T09:00:00.000Z';
  await bench.store.writeDebits(debits(2, { at: later, charges: [zero] }));
  const postings = [posting({ key: 'u2' })];
  const charges = [charge({ groupKey: 'g3', seconds: 0 })];
  await bench.store.writeDebits(debits(2, { at: earlier, postings, charges }));
  const timestamps = bench.raw
    .prepare("SELECT posted_at FROM ledger WHERE key = 'u2' UNION ALL SELECT posted_at FROM charge")
    .all();
  expect(timestamps.map((row) => row.posted_at)).toEqual([later, at, later, later]);
  expect(await bench.store.verify()).toBeNull();
});

test('emptied caches change nothing but the cost', async () => {
  await postOneCharge(bench.store);
  await bench.store.writeDebits(
    debits(2, { postings: [posting({ key: 'o1', reason: 'overage', blockId: null })] }),
  );
  const before = await readLedger();
  bench.raw.exec('DELETE FROM block_balance');
  expect(await readLedger()).toEqual(before);
  bench.raw.exec('DELETE FROM client_balance');
  expect(await readLedger()).toEqual(before);
  await bench.store.writeDebits(debits(3, { postings: [posting({ key: 'u2' })] }));
  expect(await readLedger()).toMatchObject({
    clientSeq: 4,
    overageSeconds: 3600,
    blocks: [{ remainingSeconds: 28_800 }],
  });
  expect(countRows('block_balance')).toBe(1);
  expect(await bench.store.verify()).toBeNull();
});

test('blocks that are empty, ordered or void are shown only when all are asked for', async () => {
  await bench.store.writeReplenish(
    replenishment(0, {
      blocks: [
        block(),
        block({ id: 'b-2', status: 'ordered' }),
        block({ id: 'b-3', seconds: 60 }),
        block({ id: 'b-4' }),
      ],
      postings: [
        purchase(),
        purchase({ blockId: 'b-3', seconds: 60 }),
        purchase({ blockId: 'b-4' }),
        posting({ blockId: 'b-3', seconds: 60 }),
      ],
    }),
  );
  await bench.store.writeReplenish(
    replenishment(4, { blockStatuses: [{ blockId: 'b-4', status: 'void' }] }),
  );
  const [usable] = await bench.store.readLedgers(['dupont']);
  expect(usable?.blocks.map(({ id }) => id)).toEqual(['b-1']);
  expect((await readLedger())?.blocks.map(({ id }) => id)).toEqual(['b-1', 'b-2', 'b-3', 'b-4']);
  expect(await bench.store.readLedgers(['nobody'])).toEqual([
    { clientId: 'nobody', blocks: [], sharedUse: [], overageSeconds: 0, clientSeq: 0 },
  ]);
});

test('an entry leaves its group, and an empty group goes unless it was ever charged', async () => {
  await postOneCharge(bench.store);
  const place = { connection: 'psa', entryId: 'e1' };
  const groups = [group({ groupKey: 'g2', status: 'pending', pendingSeconds: 60 })];
  const entryGroups = [{ ...place, groupKey: 'g2', isCharged: false }];
  await bench.store.writeDebits(debits(2, { groups, entryGroups }));
  expect((await bench.store.readPending(['dupont'])).get('dupont')).toBe(60);
  const emptied = {
    entryGroups: [{ ...place, groupKey: null, isCharged: false }],
    removedGroupKeys: ['g2'],
  };
  await bench.store.writeDebits(debits(2, emptied));
  expect(countRows('entry_group')).toBe(0);
  expect((await bench.store.readPending(['dupont'])).get('dupont')).toBe(0);
  const charged = debits(2, { removedGroupKeys: ['t:psa:t1'] });
  await expect(bench.store.writeDebits(charged)).rejects.toThrow(/has charges/);
});
