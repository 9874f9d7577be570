import { hash } from 'node:crypto';
import { readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, test } from '@jest/globals';
import { openDatabase, openStore, storeOn } from '../../src/store/open.ts';
import { migrate } from '../../src/store/sql/migrate.ts';
import { SqliteDatabase } from '../../src/store/sqlite/database.ts';
import { readMigrations } from '../../src/store/sqlite/migrations.ts';
import { type RawDatabase, tablesOf } from '../support/databases.ts';
import { outputOf, startModule } from './child-process.ts';
import {
  at,
  closeAfterwards,
  makeFolder,
  now,
  openBench,
  openRaw,
  page,
  timeEntry,
} from './store-bench.ts';

const migrations = readMigrations();
const version = migrations.length;

/** SHA-256 of each released migration. A release adds its new ones; none is ever removed or replaced. */
const released = ['4204f6a9d5592cdd554e7721ebe5dac1d76545b2e4d03ba506515182b4d3b377'];

test('a released migration never changes: later changes are migrations of their own', () => {
  const sums = migrations.map(({ sql }) => hash('sha256', sql, 'hex'));
  expect(sums.slice(0, released.length)).toEqual(released);
});

test('a new store is private, side files included, durable, and at this version', async () => {
  const file = join(makeFolder(), 'data', 'store.db');
  const store = closeAfterwards(await openStore({ file, now }));
  await store.writeMemory('', 'k', 'v', at);
  for (const name of [file, `${file}-wal`, `${file}-shm`]) {
    expect(statSync(name).mode & 0o777).toBe(0o600);
  }
  const raw = openRaw(file);
  expect(raw.prepare('PRAGMA journal_mode').get()?.journal_mode).toBe('wal');
  const applied = migrations.map(({ number, name }) => ({ number, name, applied_at: at }));
  expect(raw.prepare('SELECT * FROM migration').all()).toEqual(applied);
});

test('a database made again from its mirror keeps what vendors told and people decided, and nothing else', async () => {
  const { file, store, raw } = await openBench();
  const copy = join(makeFolder(), 'copy.db');
  const tables = tablesOf(file);
  raw.exec('PRAGMA ignore_check_constraints = ON; PRAGMA foreign_keys = OFF');
  for (const table of tables) fillOneRow(raw, table);
  await store.copyMirror(copy, Date.parse(at));
  const copied = openRaw(copy);
  const emptied = tables.filter(
    (table) => copied.prepare(`SELECT count(*) AS rows FROM ${table}`).get()?.rows === 0,
  );
  expect(emptied.sort()).toEqual([
    ...[
      'block',
      'block_balance',
      'block_edit',
      'changed_work',
      'charge',
      'charge_group',
      'client_balance',
      'difference',
    ],
    ...[
      'entry_group',
      'episode',
      'invoice_block',
      'ledger',
      'push_message',
      'recharge',
      'undo',
      'undo_message',
      'undone_block',
      'unlogged',
    ],
  ]);
});

const statuses: Record<string, string> = { mirror_mandate: 'usable', mirror_payment: 'failed' };

/** A row of placeholder values that fit the columns' types. */
function fillOneRow(raw: RawDatabase, table: string): void {
  const columns = raw.prepare(`PRAGMA table_info(${table})`).all();
  const status = statuses[table] ?? 'open';
  const allowed: Record<string, string> = { kind: 'work', found_by: 'pull', status };
  const values = columns.map(({ name, type }) =>
    type === 'INTEGER' ? (name === 'is_derived' ? 0 : 77) : (allowed[String(name)] ?? 'x'),
  );
  const marks = columns.map(() => '?').join(', ');
  raw.prepare(`INSERT OR IGNORE INTO ${table} VALUES (${marks})`).run(...values);
}

test('every table refuses values of another type', async () => {
  const { raw } = await openBench();
  const loose = raw
    .prepare(
      "SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'table' AND strict = 0",
    )
    .all();
  expect(loose.filter(({ name }) => !String(name).startsWith('sqlite_'))).toEqual([]);
});

test('opening again migrates nothing and keeps what is there', async () => {
  const { file, store } = await openBench();
  await store.close();
  const again = closeAfterwards(await openStore({ file, now: () => now() + 1000 }));
  expect(await again.listClients()).toHaveLength(1);
  expect(openRaw(file).prepare('SELECT applied_at FROM migration').all()).toEqual(
    migrations.map(() => ({ applied_at: at })),
  );
});

test('twenty processes that open a new store at once all find it whole', async () => {
  const file = join(makeFolder(), 'store.db');
  const source = `
    const { openStore } = await import(${JSON.stringify(resolve('src/store/open.ts'))});
    const store = await openStore({ file: ${JSON.stringify(file)}, now: Date.now });
    await store.writeMemory('psa', String(process.pid), 'here', new Date().toISOString());
    await store.close();
    console.log('done');
  `;
  const children = Array.from({ length: 20 }, () => outputOf(startModule(source)));
  expect(await Promise.all(children)).toEqual(children.map(() => 'done'));
  const store = closeAfterwards(await openStore({ file, now }));
  expect(await store.listMemory('psa', '')).toHaveLength(20);
  expect(openRaw(file).prepare('SELECT number FROM migration').all()).toHaveLength(version);
}, 120_000);

test('a store that a newer program has written is refused, with both versions', async () => {
  const { file, store, raw } = await openBench();
  await store.close();
  raw.exec(`INSERT INTO migration VALUES (${version + 1}, 'later', '')`);
  for (const isReadOnly of [false, true]) {
    await expect(openStore({ file, isReadOnly, now })).rejects.toMatchObject({
      kind: 'config',
      message: expect.stringMatching(
        new RegExp(`version ${version + 1} \\(later\\).*up to ${version}`, 's'),
      ),
      fix: expect.stringMatching(/Upgrade/),
    });
  }
});

test('to read, the store must be there and at this version', async () => {
  const file = join(makeFolder(), 'store.db');
  const options = { file, isReadOnly: true, now };
  await expect(openStore(options)).rejects.toMatchObject({
    kind: 'config',
    fix: expect.stringMatching(/prepaid-hours run/),
  });
  writeFileSync(file, '');
  await expect(openStore(options)).rejects.toThrow(`version 0; this program needs ${version}`);
});

test('a store of any earlier version is brought up to this one with what is in it', async () => {
  for (let earlier = 1; earlier < version; earlier += 1) {
    const file = join(makeFolder(), 'store.db');
    const database = new SqliteDatabase(file, { isReadOnly: false });
    migrate(database, migrations.slice(0, earlier), now());
    database.exec("INSERT INTO client (id, name, created_at) VALUES ('dupont', 'Dupont', '')");
    database.close();
    const store = closeAfterwards(await openStore({ file, now }));
    expect(await store.listClients()).toHaveLength(1);
    expect(await store.verify()).toBeNull();
    expect(await store.listUndone()).toEqual([]);
  }
});

test('a reader sees what another one commits, and may not write', async () => {
  const { file, store } = await openBench();
  const reader = closeAfterwards(await openStore({ file, isReadOnly: true, now }));
  await store.writeMemory('psa', 'k', 'v', at);
  expect(await reader.readMemory('psa', 'k')).toBe('v');
  await expect(reader.writeMemory('psa', 'k', 'w', at)).rejects.toMatchObject({ kind: 'config' });
});

test('a write behind another process’s long transaction can be tried again later', async () => {
  const { file } = await openBench();
  const database = await openDatabase({ file, now });
  const store = closeAfterwards(storeOn(database));
  database.exec('PRAGMA busy_timeout = 10');
  const raw = openRaw(file);
  raw.exec('BEGIN IMMEDIATE');
  const writing = store.writePage(page({ stream: 'timeEntries', rows: [timeEntry()] }));
  await expect(writing).rejects.toMatchObject({ kind: 'transient' });
  raw.exec('ROLLBACK');
});

test('a file that is no database, or another program’s, is refused and left as it is', async () => {
  const file = join(makeFolder(), 'store.db');
  writeFileSync(file, 'invoices '.repeat(1000));
  const before = readFileSync(file);
  await expect(openStore({ file, now })).rejects.toMatchObject({
    kind: 'config',
    message: expect.stringContaining(file),
    fix: expect.stringMatching(/store:/),
  });
  expect(readFileSync(file)).toEqual(before);
  const other = join(makeFolder(), 'other.db');
  const raw = new DatabaseSync(other);
  raw.exec('CREATE TABLE bookmarks (url TEXT)');
  raw.close();
  await expect(openStore({ file: other, now })).rejects.toThrow(/another program.*bookmarks/);
});

test('a damaged store is named as such', async () => {
  const { file, store, raw } = await openBench();
  await store.close();
  raw.close();
  truncateSync(file, 8192);
  const opened = openStore({ file, now }).then((damaged) =>
    closeAfterwards(damaged).writePage(page({ stream: 'timeEntries', rows: [timeEntry()] })),
  );
  await expect(opened).rejects.toMatchObject({
    kind: 'config',
    message: expect.stringMatching(/damaged/),
    fix: expect.stringMatching(/backup/),
  });
});

test('a folder that cannot be made is named', async () => {
  const blocker = join(makeFolder(), 'blocker');
  writeFileSync(blocker, '');
  const file = join(blocker, 'store.db');
  await expect(openStore({ file, now })).rejects.toMatchObject({
    kind: 'config',
    message: expect.stringContaining(file),
  });
});
