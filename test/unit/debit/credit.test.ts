import { expect, test } from '@jest/globals';
import { applyOpeningBlocks } from '../../../src/debit/opening-blocks.ts';
import type { Client } from '../../../src/domain/agreements/terms.ts';
import type { OpenOverage } from '../../../src/domain/ledger/postings.ts';
import type { ClientLedger, ReplenishBatch, Store } from '../../../src/store/port.ts';
import { openingOf } from '../../support/terms.ts';
import { contextOf, dupont, eleven } from './work.ts';

const hour = 3600;

async function apply(
  clients: Client[],
  ledgers: Partial<ClientLedger>[],
  overage: OpenOverage[] = [],
) {
  const batches: ReplenishBatch[] = [];
  const asked: string[][] = [];
  const store: Partial<Store> = {
    async readLedgers(clientIds) {
      asked.push([...clientIds]);
      return ledgers.map((ledger) => ({
        clientId: 'dupont',
        blocks: [],
        sharedUse: [],
        overageSeconds: 0,
        clientSeq: 4,
        ...ledger,
      }));
    },
    readOpenOverage: async () => overage,
    readOrders: async () => [],
    readUndoneBlocks: async () => new Set(),
    readBlockEdits: async () => [],
    readLiveExpiries: async () => [],
    async writeReplenish(batch) {
      batches.push(batch);
    },
  };
  const context = { ...contextOf(clients), store: store as Store };
  return { outcome: await applyOpeningBlocks(context), batches, asked };
}

test('opening blocks are credited with their purchases, a batch a client', async () => {
  const openingBlocks = [openingOf(10), openingOf(5)];
  const martin = { ...dupont, id: 'martin', openingBlocks: [] };
  const { outcome, batches, asked } = await apply([{ ...dupont, openingBlocks }, martin], [{}]);
  expect(asked).toEqual([['dupont', 'martin']]);
  expect(outcome).toEqual({ applied: 2, posted: 2, conflicts: [] });
  expect(batches).toMatchObject([
    {
      at: eleven,
      runId: 'r-1',
      expected: [{ clientId: 'dupont', clientSeq: 4 }],
      blocks: [{ seconds: 10 * hour }, { seconds: 5 * hour }],
      postings: [
        { reason: 'purchase', seconds: 10 * hour, note: 'opening' },
        { reason: 'purchase', seconds: 5 * hour, note: 'opening' },
      ],
      blockStatuses: [],
      blockEdits: [],
      episodes: [],
      messages: [],
      superseded: [],
    },
  ]);
});

test('what is owed is paid off in the same batch', async () => {
  const owed: OpenOverage = {
    key: 't:psa:90#1/1',
    clientId: 'dupont',
    side: 'debit',
    reason: 'overage',
    blockId: null,
    seconds: hour,
    minor: null,
    usedBy: null,
    chargeId: 't:psa:90#1',
    reverses: null,
    workedOn: '2026-03-02',
    note: null,
    seq: 3,
    clientSeq: 3,
    postedAt: eleven,
    runId: 'r-0',
    hash: '',
    workTypes: null,
    price: null,
  };
  const { batches } = await apply([dupont], [{ overageSeconds: hour }], [owed]);
  expect(batches[0]?.postings.map(({ reason }) => reason)).toEqual([
    'purchase',
    'reversal',
    'usage',
  ]);
});

test('what stands already is written no second time, and a changed figure is told', async () => {
  const { batches } = await apply([dupont], [{}]);
  const blocks = (batches[0]?.blocks ?? []).map((block) => ({
    ...block,
    remainingSeconds: hour,
    remainingMinor: null,
  }));
  const same = await apply([dupont], [{ blocks }]);
  expect(same).toMatchObject({ outcome: { applied: 0, conflicts: [] }, batches: [] });
  const changed = { ...dupont, openingBlocks: [openingOf(10, { priority: 1 })] };
  const told = await apply([changed], [{ blocks }]);
  expect(told.batches).toEqual([]);
  expect(told.outcome).toMatchObject({
    applied: 0,
    conflicts: [{ configured: { priority: 1 } }],
  });
});

test('a client that the store does not know yet waits for the next run', async () => {
  expect(await apply([dupont], [])).toMatchObject({ outcome: { applied: 0 }, batches: [] });
});
