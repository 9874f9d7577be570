import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { openStore } from '../../src/store/open.ts';
import {
  closeAfterwards,
  debits,
  makeFolder,
  now,
  openBench,
  posting,
  postOneCharge,
} from './store-bench.ts';

test('a backup is whole, private and verifies, whatever is being written meanwhile', async () => {
  const { file, store, raw } = await openBench();
  await postOneCharge(store);
  // Another connection is in the middle of a transaction: none of it may be in the copy.
  raw.exec("BEGIN IMMEDIATE; INSERT INTO client VALUES ('half', 'Half', NULL, '')");
  const reader = closeAfterwards(await openStore({ file, isReadOnly: true, now }));
  const copy = join(makeFolder(), 'copy.db');
  await reader.backup(copy);
  raw.exec('COMMIT');
  await store.writeDebits(debits(2, { postings: [posting({ key: 'u2' })] }));
  expect(statSync(copy).mode & 0o777).toBe(0o600);
  const restored = closeAfterwards(await openStore({ file: copy, now }));
  expect(await restored.verify()).toBeNull();
  expect((await restored.readLedgers(['dupont']))[0]?.clientSeq).toBe(2);
  expect((await restored.listClients()).map(({ id }) => id)).toEqual(['dupont']);
  await restored.writeDebits(debits(2, { postings: [posting({ key: 'u2' })] }));
});

test('a backup never writes over a file', async () => {
  const { store } = await openBench();
  const copy = join(makeFolder(), 'copy.db');
  writeFileSync(copy, 'precious');
  await expect(store.backup(copy)).rejects.toMatchObject({
    kind: 'config',
    fix: expect.stringMatching(/does not exist yet/),
  });
  expect(readFileSync(copy, 'utf8')).toBe('precious');
});

test('a backup that cannot be made leaves nothing behind', async () => {
  const { store } = await openBench();
  const copy = join(makeFolder(), 'missing', 'copy.db');
  await expect(store.backup(copy)).rejects.toMatchObject({ kind: 'config' });
  expect(existsSync(copy)).toBe(false);
});
