import { readdirSync, readFileSync } from 'node:fs';
import { KindError } from '../../domain/errors.ts';
import { instantFromMs } from '../../domain/time.ts';
import type { Database } from './database.ts';

export interface Migration {
  number: number;
  name: string;
  sql: string;
}

/** The program's own migrations for one kind of database, in order: `0001-first.sql`, `0002-….sql`. */
export function readMigrationsIn(folder: URL): Migration[] {
  const files = readdirSync(folder)
    .filter((file) => file.endsWith('.sql'))
    .sort();
  return files.map((file, index) => {
    const number = Number(file.slice(0, 4));
    if (number !== index + 1) throw new Error(`migration ${file} is out of sequence`);
    const sql = readFileSync(new URL(file, folder), 'utf8');
    return { number, name: file.slice(5, -'.sql'.length), sql };
  });
}

/**
 * Migrates the database to this version, each migration in its own transaction. Its row is inserted
 * first: of several processes that start at once, one succeeds and the others find it.
 */
export function migrate(database: Database, migrations: readonly Migration[], now: number): void {
  refuseForeign(database);
  refuseNewer(database, migrations);
  const applied = lastApplied(database)?.number ?? 0;
  for (const migration of migrations) {
    if (migration.number > applied) apply(database, migration, now);
  }
}

/** For a read-only database: it must be at exactly this version. */
export function requireCurrent(database: Database, migrations: readonly Migration[]): void {
  refuseForeign(database);
  refuseNewer(database, migrations);
  const applied = lastApplied(database)?.number ?? 0;
  if (applied === migrations.length) return;
  throw new KindError(
    'config',
    `The database ${database.name} is at version ${applied}; this program needs ${migrations.length}.`,
    { fix: 'Run `prepaid-hours run`, which brings it up to date.' },
  );
}

/** For a backup: of this program, with something in it, and not of a newer version. */
export function requireKnown(database: Database, migrations: readonly Migration[]): void {
  refuseForeign(database);
  refuseNewer(database, migrations);
  if (lastApplied(database) !== undefined) return;
  throw new KindError('config', `The database ${database.name} is empty.`);
}

function apply(database: Database, migration: Migration, now: number): void {
  database.write(() => {
    database.exec(`CREATE TABLE IF NOT EXISTS migration (
      number INTEGER PRIMARY KEY, name TEXT NOT NULL, applied_at TEXT NOT NULL) STRICT`);
    const isOurs = database.run(
      'INSERT INTO migration (number, name, applied_at) VALUES (?, ?, ?) ON CONFLICT DO NOTHING',
      migration.number,
      migration.name,
      instantFromMs(now),
    );
    if (isOurs === 1) database.exec(migration.sql);
  });
}

function refuseNewer(database: Database, migrations: readonly Migration[]): void {
  const last = lastApplied(database);
  if (last === undefined || last.number <= migrations.length) return;
  throw new KindError(
    'config',
    `The database ${database.name} is at version ${last.number} (${last.name}), made by a newer ` +
      `prepaid-hours; this program knows versions up to ${migrations.length}.`,
    { fix: 'Upgrade the program, or go back to a backup from before the upgrade.' },
  );
}

function refuseForeign(database: Database): void {
  if (hasMigrations(database)) return;
  const [table] = database.tables();
  // Another process may have created the first tables between the two reads.
  if (table === undefined || hasMigrations(database)) return;
  throw new KindError(
    'config',
    `${database.name} is the database of another program (it has a table "${table}").`,
    { fix: 'Correct `store:` in the config file.' },
  );
}

export function lastApplied(database: Database): { number: number; name: string } | undefined {
  if (!hasMigrations(database)) return undefined;
  return database.row('SELECT number, name FROM migration ORDER BY number DESC LIMIT 1');
}

function hasMigrations(database: Database): boolean {
  return database.tables().includes('migration');
}
