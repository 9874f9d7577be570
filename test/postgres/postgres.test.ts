/** What only a store on a server has to do: rights, several processes, a connection that is lost. */
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from '@jest/globals';
import { addressOf, nameOfPlace } from '../../src/domain/store-address.ts';
import { migrateStore } from '../../src/service/backup/migrate-store.ts';
import { replaceStore } from '../../src/store/copies.ts';
import { acquireLock, readLockOwner } from '../../src/store/lock.ts';
import { openDatabase, openStore } from '../../src/store/open.ts';
import { PostgresDatabase } from '../../src/store/postgres/database.ts';
import { readMigrations } from '../../src/store/postgres/migrations.ts';
import { copyAll, findDifference } from '../../src/store/sql/copy-rows.ts';
import { SqliteDatabase } from '../../src/store/sqlite/database.ts';
import { hasWritten, outputOf, startModule } from '../store/child-process.ts';
import {
  at,
  closeAfterwards,
  makeFolder,
  now,
  openBench,
  postOneCharge,
} from '../store/store-bench.ts';
import { newPlace, openNew, openRawAt, tablesOf } from '../support/databases.ts';

const version = readMigrations().length;
const openModule = resolve('src/store/open.ts');
const lockModule = resolve('src/store/lock.ts');

/** A second connection, to see what the store does when the server takes its own away. */
function endConnections(place: string): void {
  const other = new PostgresDatabase(addressOf(place), { isReadOnly: true });
  other.rows(
    `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
     WHERE pid <> pg_backend_pid() AND application_name = ?`,
    `prepaid-hours/${addressOf(place).schema}`,
  );
  other.close();
}

test('both databases have the same tables with the same columns, and the same indexes', async () => {
  const file = join(makeFolder(), 'store.db');
  const place = newPlace(makeFolder());
  const [sqlite, postgres] = [
    await openDatabase({ file, now }),
    await openDatabase({ file: place, now }),
  ];
  const columns = postgres.rows<{ at: string }>(
    `SELECT table_name::text || ' ' || column_name::text || iif(is_nullable = 'YES', '', ' NOT NULL') AS at
     FROM information_schema.columns WHERE table_schema = ? AND table_name NOT IN ('migration', 'lease')`,
    addressOf(place).schema,
  );
  const expected = sqlite.rows<{ at: string }>(
    `SELECT t.name || ' ' || c.name || iif(c."notnull" = 1 OR c.pk > 0, ' NOT NULL', '') AS at
     FROM sqlite_schema t, pragma_table_info(t.name) c
     WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite_%' AND t.name <> 'migration'`,
  );
  const sorted = (rows: { at: string }[]) => rows.map((row) => row.at).sort();
  expect(sorted(columns)).toEqual(sorted(expected));
  const indexes = postgres.rows<{ at: string }>(
    `SELECT indexname::text AS at FROM pg_indexes WHERE schemaname = ?
       AND indexname NOT IN (SELECT conname FROM pg_constraint)`,
    addressOf(place).schema,
  );
  const expectedIndexes = sqlite.rows<{ at: string }>(
    "SELECT name AS at FROM sqlite_schema WHERE type = 'index' AND sql IS NOT NULL",
  );
  expect(sorted(indexes)).toEqual(sorted(expectedIndexes));
  sqlite.close();
  postgres.close();
});

test('twenty processes that open a new store at once all find it whole', async () => {
  const place = newPlace(makeFolder());
  const source = `
    const { openStore } = await import(${JSON.stringify(openModule)});
    const store = await openStore({ file: ${JSON.stringify(place)}, now: Date.now });
    await store.writeMemory('psa', String(process.pid), 'v', ${JSON.stringify(at)});
    await store.close();
    console.log('done');
  `;
  const children = Array.from({ length: 20 }, () => outputOf(startModule(source)));
  expect(await Promise.all(children)).toEqual(children.map(() => 'done'));
  const store = closeAfterwards(await openStore({ file: place, now }));
  expect(await store.listMemory('psa', '')).toHaveLength(20);
  expect(await store.verify()).toBeNull();
  const raw = openRawAt(place);
  expect(raw.prepare('SELECT number FROM migration').all()).toHaveLength(version);
  raw.close();
}, 180_000);

test('a store that a newer program has written is refused', async () => {
  const { file, store, raw } = await openBench();
  await store.close();
  raw.exec(`INSERT INTO migration VALUES (${version + 1}, 'later', '')`);
  for (const isReadOnly of [false, true]) {
    await expect(openStore({ file, isReadOnly, now })).rejects.toMatchObject({
      kind: 'config',
      fix: expect.stringMatching(/Upgrade/),
    });
  }
});

test('to read, the store must be there; a schema of another program is refused', async () => {
  const place = newPlace(makeFolder());
  await expect(openStore({ file: place, isReadOnly: true, now })).rejects.toMatchObject({
    kind: 'config',
    message: expect.stringContaining('does not exist yet'),
  });
  const other = new PostgresDatabase(addressOf(place), { isReadOnly: false });
  const { schema } = addressOf(place);
  other.exec(`CREATE SCHEMA ${schema}; CREATE TABLE ${schema}.bookmarks (url TEXT)`);
  other.close();
  await expect(openStore({ file: place, now })).rejects.toThrow(/another program.*bookmarks/);
});

test('a wrong password and a server that is not there are told without the password', async () => {
  const address = new URL(newPlace(makeFolder()));
  address.port = '1';
  address.password = 'precious';
  await expect(openStore({ file: address.href, now })).rejects.toMatchObject({
    kind: 'transient',
    message: expect.not.stringContaining('precious'),
  });
  expect(nameOfPlace(address.href)).not.toContain('precious');
});

test.each(['ledger', 'charge', 'accepted_agreement'])(
  '%s is append-only by right and by trigger',
  async (table) => {
    const { store, raw } = await openBench();
    await postOneCharge(store);
    const changes = [
      `UPDATE ${table} SET run_id = 'x'`,
      `DELETE FROM ${table}`,
      `TRUNCATE ${table} CASCADE`,
    ];
    for (const sql of changes) expect(() => raw.exec(sql)).toThrow(/permission denied/);
    raw.exec(`GRANT ALL ON ${table} TO CURRENT_USER`);
    for (const sql of changes) expect(() => raw.exec(sql)).toThrow(/append-only/);
  },
);

test('a connection that is lost fails what was in it, and the next call has another', async () => {
  const { file, store } = await openBench();
  const database = await openDatabase({ file, now });
  expect(() =>
    database.write(() => {
      database.run("INSERT INTO client VALUES ('half', 'Half', NULL, '')");
      endConnections(file);
      database.run("INSERT INTO client VALUES ('other', 'Other', NULL, '')");
    }),
  ).toThrow(expect.objectContaining({ kind: 'transient' }));
  expect(database.rows('SELECT id FROM client')).toEqual([{ id: 'dupont' }]);
  expect((await store.listClients()).map(({ id }) => id)).toEqual(['dupont']);
  database.close();
});

test('a statement gets its own answer even if it is woken before that is there', async () => {
  const script = join(import.meta.dirname, 'woken-twice.ts');
  const place = newPlace(makeFolder());
  const { stdout } = await promisify(execFile)(process.execPath, [script, place]);
  expect(stdout).toBe('0\n');
}, 60_000);

test('what went with a lost connection, a cursor or a temporary table, is no defect', async () => {
  const { file, store } = await openBench();
  const transient = expect.objectContaining({ kind: 'transient' });
  const listed = [{ sourceId: 't1', clientId: null, hasAllTime: true }];
  await store.beginListing();
  await store.listTickets(listed);
  endConnections(file);
  await expect(store.listTickets(listed)).rejects.toEqual(transient);
  await expect(store.listTickets(listed)).rejects.toEqual(transient);
  const database = await openDatabase({ file, now });
  const numbers = database.each<{ number: number }>('SELECT generate_series(1, 2000) AS number');
  expect(numbers.next().value).toEqual({ number: 1 });
  endConnections(file);
  expect(() => [...numbers]).toThrow(transient);
  database.close();
});

test('a store is moved to the server and back by migrate-store; what is there or is not is refused', async () => {
  const folder = makeFolder();
  const file = join(folder, 'store.db');
  const { store } = await openBench(file);
  await postOneCharge(store);
  const [place, back] = [newPlace(folder), join(folder, 'back.db')];
  const moved = { clients: 1, ledgerEntries: expect.any(Number), disagreement: null };
  expect(await migrateStore({ from: file, to: place }, now)).toMatchObject(moved);
  expect(await migrateStore({ from: place, to: back }, now)).toMatchObject(moved);
  await expect(migrateStore({ from: file, to: place }, now)).rejects.toThrow(/something in/);
  const nowhere = newPlace(folder);
  await expect(migrateStore({ from: nowhere, to: join(folder, 'x.db') }, now)).rejects.toThrow(
    /does not exist yet/,
  );
  expect(tablesOf(nowhere)).toEqual([]);
  expect(existsSync(join(folder, 'x.db'))).toBe(false);
});

test('one writer at a time: a second waits, and reads what the first has written', async () => {
  const { file } = await openBench();
  const source = (wait: number) => `
    const { openDatabase } = await import(${JSON.stringify(openModule)});
    const database = await openDatabase({ file: ${JSON.stringify(file)}, now: Date.now });
    for (let round = 0; round < 50; round += 1) {
      database.write(() => {
        const [row] = database.rows("SELECT value FROM connection_memory WHERE connection = 'n'");
        const next = Number(row?.value ?? 0) + 1;
        database.upsert('connection_memory', { connection: 'n', key: 'n' }, { value: String(next), updatedAt: '' });
      });
      await new Promise((done) => setTimeout(done, ${wait}));
    }
    database.close();
  `;
  await Promise.all([0, 1, 2, 3].map((wait) => outputOf(startModule(source(wait)))));
  const database = await openDatabase({ file, now });
  expect(database.row("SELECT value FROM connection_memory WHERE connection = 'n'")).toEqual({
    value: '200',
  });
  database.close();
}, 120_000);

test('a second process is told who works on the store; once that one has been still for too long, it takes over', async () => {
  const { file, raw } = await openBench();
  const other = startModule(`
    const { openDatabase } = await import(${JSON.stringify(openModule)});
    const { acquireLock } = await import(${JSON.stringify(lockModule)});
    const database = await openDatabase({ file: ${JSON.stringify(file)}, now: Date.now });
    await acquireLock(${JSON.stringify(file)}, 'start');
    console.log('held');
    process.on('SIGCONT', () => {
      try {
        database.run("INSERT INTO client VALUES ('late', 'Late', NULL, '')");
        console.log('written');
      } catch (error) {
        console.log(error.message);
        process.exit();
      }
    });
    setInterval(() => {}, 1000);
  `);
  await hasWritten(other, 'held');
  await expect(acquireLock(file, 'run')).rejects.toThrow(
    new RegExp(`pid ${other.pid} on .*\`start\``),
  );
  expect(await readLockOwner(file)).toMatchObject({ pid: other.pid, purpose: 'start' });
  other.kill('SIGSTOP');
  // As if half a minute had passed.
  raw.exec("UPDATE lease SET ends_at = ends_at - interval '31 seconds'");
  const lock = await acquireLock(file, 'run');
  const output = outputOf(other);
  other.kill('SIGCONT');
  expect(await output).toMatch(/another one works on the database now/);
  expect(raw.prepare('SELECT id FROM client').all()).toEqual([{ id: 'dupont' }]);
  lock.release();
  expect(await readLockOwner(file)).toBeNull();
}, 60_000);

test('a store is the same after a move to the server and back, and a backup of it is a file', async () => {
  const { file: place, store } = await openBench();
  await postOneCharge(store);
  const folder = makeFolder();
  const copy = join(folder, 'copy.db');
  await store.backup(copy);
  const backup = new SqliteDatabase(copy, { isReadOnly: true });
  const original = await openDatabase({ file: place, now });
  expect(findDifference(original, backup)).toBeNull();
  const again = await openNew(newPlace(folder), now);
  copyAll(backup, again);
  expect(findDifference(original, again)).toBeNull();
  // New rows are numbered after those that were copied.
  again.run("INSERT INTO dirty (connection, kind, source_id) VALUES ('psa', 'ticket', 'new')");
  expect(findDifference(original, again)).toMatch(/^dirty is not the same: \d+ rows/);
  for (const database of [again, original, backup]) database.close();
});

test('a restored backup takes the place of the schema, which is kept under another name', async () => {
  const { file: place, store } = await openBench();
  await postOneCharge(store);
  const copy = join(makeFolder(), 'copy.db');
  await store.backup(copy);
  await store.writeMemory('', 'later', 'v', at);
  const kept = `${addressOf(place).schema}_kept`;
  await replaceStore(copy, place, { kept, now });
  const restored = closeAfterwards(await openStore({ file: place, now }));
  expect(await restored.readMemory('', 'later')).toBeNull();
  expect(await restored.verify()).toBeNull();
  const old = new URL(place);
  old.searchParams.set('schema', kept);
  const before = closeAfterwards(await openStore({ file: old.href, isReadOnly: true, now }));
  expect(await before.readMemory('', 'later')).toBe('v');
  expect(tablesOf(old.href)).toEqual(tablesOf(place));
});
