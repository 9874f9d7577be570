import { DatabaseSync, type SQLOutputValue, type StatementSync } from 'node:sqlite';
import { Database, named, type SqlValue, type Structure } from '../sql/database.ts';
import { rebuildFacts, rebuiltFacts } from '../sql/debit/charge-facts.ts';
import { migrate } from '../sql/migrate.ts';
import { readMigrations } from './migrations.ts';
import { fromSqliteError } from './sqlite-error.ts';

/** How long to wait for another process's transaction. */
const busyTimeoutMs = 5000;

/** A statement that returns bare values, and their column names. */
interface Prepared {
  statement: StatementSync;
  names: readonly string[];
}

/** One connection to a file with its prepared statements. */
export class SqliteDatabase extends Database {
  readonly name: string;
  readonly #connection: DatabaseSync;
  readonly #statements = new Map<string, Prepared>();

  constructor(file: string, options: { isReadOnly: boolean }) {
    super();
    this.name = file;
    this.#connection = this.#guard(
      () => new DatabaseSync(file, { readOnly: options.isReadOnly, timeout: busyTimeoutMs }),
    );
    this.#guard(() =>
      this.#connection.function(rebuiltFacts, { deterministic: true }, (rows) =>
        rebuildFacts(String(rows)),
      ),
    );
  }

  override exec(sql: string): void {
    this.#guard(() => this.#connection.exec(sql));
  }

  override rows<Row>(sql: string, ...values: SqlValue[]): Row[] {
    const { statement, names } = this.#prepare(sql);
    const found = this.#guard(() => statement.all(...values)) as unknown as SQLOutputValue[][];
    return found.map((row) => named<Row>(names, row));
  }

  override row<Row>(sql: string, ...values: SqlValue[]): Row | undefined {
    const { statement, names } = this.#prepare(sql);
    const found = this.#guard(() => statement.get(...values)) as unknown as
      | SQLOutputValue[]
      | undefined;
    return found === undefined ? undefined : named<Row>(names, found);
  }

  override run(sql: string, ...values: SqlValue[]): number {
    const { statement } = this.#prepare(sql);
    return this.#guard(() => Number(statement.run(...values).changes));
  }

  override *each<Row>(sql: string, ...values: SqlValue[]): Generator<Row, void> {
    const rows = this.#guard(() => this.#connection.prepare(sql).iterate(...values));
    while (true) {
      const next = this.#guard(() => rows.next());
      if (next.done === true) return;
      yield next.value as unknown as Row;
    }
  }

  override write<Result>(work: () => Result): Result {
    return this.#transaction('BEGIN IMMEDIATE', work);
  }

  override fill(work: () => void): void {
    this.write(() => {
      this.exec('PRAGMA defer_foreign_keys = ON');
      work();
    });
  }

  override read<Result>(work: () => Result): Result {
    return this.#transaction('BEGIN', work);
  }

  override tables(): string[] {
    const rows = this.rows<{ name: string }>(
      "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name",
    );
    return rows.map(({ name }) => name);
  }

  override structure(): { found: Structure; wanted: Structure } {
    migratedStructure ??= readMigratedStructure();
    return { found: structureOf(this), wanted: migratedStructure };
  }

  override copyTo(file: string): void {
    this.run('VACUUM INTO ?', file);
  }

  override close(): void {
    this.#statements.clear();
    if (this.#connection.isOpen) this.#connection.close();
  }

  #transaction<Result>(begin: string, work: () => Result): Result {
    this.exec(begin);
    try {
      const result = work();
      this.exec('COMMIT');
      return result;
    } catch (error) {
      // After a full disk SQLite has already rolled back; a second ROLLBACK would hide the cause.
      if (this.#connection.isTransaction) this.exec('ROLLBACK');
      throw error;
    }
  }

  #prepare(sql: string): Prepared {
    let prepared = this.#statements.get(sql);
    if (prepared === undefined) {
      const statement = this.#guard(() => this.#connection.prepare(sql));
      statement.setReturnArrays(true);
      prepared = { statement, names: statement.columns().map(({ name }) => name) };
      this.#statements.set(sql, prepared);
    }
    return prepared;
  }

  #guard<Result>(work: () => Result): Result {
    try {
      return work();
    } catch (error) {
      throw fromSqliteError(error, this.name);
    }
  }
}

/** A new file at this program's version, which is given to `work` and closed after it. */
export function fillFile(file: string, now: number, work: (database: Database) => void): void {
  const database = new SqliteDatabase(file, { isReadOnly: false });
  try {
    migrate(database, readMigrations(), now);
    work(database);
  } finally {
    database.close();
  }
}

/** The same for the life of the process. */
let migratedStructure: Structure | null = null;

function readMigratedStructure(): Structure {
  const fresh = new SqliteDatabase(':memory:', { isReadOnly: false });
  try {
    migrate(fresh, readMigrations(), 0);
    return structureOf(fresh);
  } finally {
    fresh.close();
  }
}

function structureOf(database: Database): Structure {
  const rows = database.rows<{ where: string; sql: string }>(
    `SELECT type || ' ' || name AS "where", coalesce(sql, '') AS sql FROM sqlite_schema
     WHERE name NOT LIKE 'sqlite_%' ORDER BY type, name`,
  );
  return new Map(rows.map(({ where, sql }) => [where, sql]));
}
