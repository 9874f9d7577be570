/** The database that tests of the store run on: a file, or a schema of the server in TEST_POSTGRES. */
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { addressOf, isPostgres } from '../../src/domain/store-address.ts';
import { openDatabase } from '../../src/store/open.ts';
import { PostgresDatabase } from '../../src/store/postgres/database.ts';
import type { Database, SqlValue } from '../../src/store/sql/database.ts';
import { SqliteDatabase } from '../../src/store/sqlite/database.ts';
import { putBlankDatabase } from './blank-database.ts';

const server = process.env.TEST_POSTGRES ?? null;
export const isOnPostgres = server !== null;

/** Of a new store: a file in the folder, or a schema. */
export function newPlace(folder: string, name = 'store.db', on = server): string {
  if (on === null) return join(folder, name);
  return `${on}?schema=t_${randomUUID().replaceAll('-', '')}`;
}

/** A new store, formatted. Nobody pulls the plug on a test; waiting for the disk is most of its time. */
export async function openNew(place: string, now: () => number = Date.now): Promise<Database> {
  if (!isPostgres(place)) await putBlankDatabase(place, now);
  const database = await openDatabase({ file: place, now });
  if (!isPostgres(place)) database.exec('PRAGMA synchronous = OFF');
  return database;
}

type RawRow = Record<string, SqlValue>;

/** A connection of its own that sees the bare tables, and may damage them. */
export interface RawDatabase {
  readonly isOpen: boolean;
  exec(sql: string): void;
  prepare(sql: string): {
    all(...values: SqlValue[]): RawRow[];
    get(...values: SqlValue[]): RawRow | undefined;
    run(...values: SqlValue[]): unknown;
  };
  close(): void;
}

export function openRawAt(place: string): RawDatabase {
  return isPostgres(place)
    ? new RawPostgres(place)
    : (new DatabaseSync(place, {
        enableForeignKeyConstraints: false,
        timeout: 5000,
      }) as unknown as RawDatabase);
}

export function tablesOf(place: string): string[] {
  const database = isPostgres(place)
    ? new PostgresDatabase(addressOf(place), { isReadOnly: true })
    : new SqliteDatabase(place, { isReadOnly: true });
  try {
    return database.tables();
  } finally {
    database.close();
  }
}

class RawPostgres implements RawDatabase {
  isOpen = true;
  readonly #database: PostgresDatabase;

  constructor(place: string) {
    this.#database = new PostgresDatabase(addressOf(place), { isReadOnly: false });
  }

  /** One trigger stands for the three that SQLite needs, and the right is given back. */
  exec(sql: string): void {
    this.#database.exec(
      sql.replace(/DROP TRIGGER (\w+?)_is_append_only_\w+/g, (_, table: string) =>
        [
          `DROP TRIGGER IF EXISTS ${table}_is_append_only ON ${table}`,
          `GRANT UPDATE, DELETE ON ${table} TO CURRENT_USER`,
        ].join('; '),
      ),
    );
  }

  prepare(sql: string) {
    return {
      all: (...values: SqlValue[]) => this.#database.rows<RawRow>(sql, ...values),
      get: (...values: SqlValue[]) => this.#database.row<RawRow>(sql, ...values),
      run: (...values: SqlValue[]) => this.#database.run(sql, ...values),
    };
  }

  close(): void {
    this.isOpen = false;
    this.#database.close();
  }
}
