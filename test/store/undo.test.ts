import { expect, test } from '@jest/globals';
import type { UndoBatch } from '../../src/store/port.ts';
import { dumpTables } from '../support/dump-tables.ts';
import { at, openBench } from './store-bench.ts';

function batchOf(fields: Partial<UndoBatch> = {}): UndoBatch {
  return {
    at,
    runId: 'u-1',
    undoes: { id: 'r-1', command: 'run', mode: 'live', startedAt: at },
    expected: [],
    charges: [],
    postings: [],
    groups: [],
    entryGroups: [],
    blockStatuses: [],
    undoneBlockIds: [],
    cancelledKeys: [],
    remote: [],
    heldBillings: [{ clientId: 'dupont', terms: 'terms' }],
    kept: [],
    isOutdated: false,
    ...fields,
  };
}

async function openWithRuns() {
  const bench = await openBench();
  for (const id of ['r-1', 'u-1', 'u-2']) {
    await bench.store.startRun({ id, command: 'run', mode: 'live', at });
  }
  return bench;
}

test('an undo is written as a whole or not at all', async () => {
  const { file, store } = await openWithRuns();
  const before = dumpTables(file);
  // The last of its rows names a message that there is none of.
  const remote = [{ key: 'ph:none', status: 'open' as const, detail: null }];
  await expect(store.writeUndo(batchOf({ remote }))).rejects.toThrow(/FOREIGN KEY/i);
  expect(dumpTables(file)).toEqual(before);
  await store.writeUndo(batchOf());
  expect(await store.listUndone()).toEqual([
    { runId: 'r-1', undoRunId: 'u-1', undoneAt: at, kept: [] },
  ]);
});

test('a run is undone once, whoever asks again', async () => {
  const { file, store } = await openWithRuns();
  await store.writeUndo(batchOf());
  const before = dumpTables(file);
  await expect(store.writeUndo(batchOf({ runId: 'u-2' }))).rejects.toThrow(/UNIQUE/i);
  expect(dumpTables(file)).toEqual(before);
});

test('terms under which a bill was withdrawn are kept until they are released', async () => {
  const { store } = await openWithRuns();
  await store.writeUndo(batchOf());
  expect(await store.readHeldBilling('dupont')).toBe('terms');
  expect(await store.readHeldBilling('martin')).toBeNull();
  await store.releaseUndone();
  expect(await store.readHeldBilling('dupont')).toBeNull();
});
