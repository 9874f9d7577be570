import {
  DatabaseSync,
  type SQLInputValue,
  type SQLOutputValue,
  type StatementSync,
} from 'node:sqlite';
import { fromSqliteError } from './sqlite-error.ts';

/** How long to wait for another process's transaction. */
const busyTimeoutMs = 5000;

type Fields = Readonly<Record<string, SQLInputValue | boolean>>;

/** A statement that returns bare values, and their column names. */
interface Prepared {
  statement: StatementSync;
  names: readonly string[];
}

/**
 * One connection with its prepared statements. Everything is synchronous: a transaction is one
 * uninterrupted turn of the event loop, so two of them never mix on this connection.
 */
export class Database {
  readonly file: string;
  readonly #connection: DatabaseSync;
  readonly #statements = new Map<string, Prepared>();

  constructor(file: string, options: { isReadOnly: boolean }) {
    this.file = file;
    this.#connection = this.#guard(
      () => new DatabaseSync(file, { readOnly: options.isReadOnly, timeout: busyTimeoutMs }),
    );
  }

  /** Several statements, without parameters and without rows. */
  exec(sql: string): void {
    this.#guard(() => this.#connection.exec(sql));
  }

  /** The caller states the row's shape, which must match the SELECT list. */
  rows<Row>(sql: string, ...values: SQLInputValue[]): Row[] {
    const { statement, names } = this.#prepare(sql);
    const found = this.#guard(() => statement.all(...values)) as unknown as SQLOutputValue[][];
    return found.map((row) => named<Row>(names, row));
  }

  row<Row>(sql: string, ...values: SQLInputValue[]): Row | undefined {
    const { statement, names } = this.#prepare(sql);
    const found = this.#guard(() => statement.get(...values)) as unknown as
      | SQLOutputValue[]
      | undefined;
    return found === undefined ? undefined : named<Row>(names, found);
  }

  /** Number of rows changed. */
  run(sql: string, ...values: SQLInputValue[]): number {
    const { statement } = this.#prepare(sql);
    return this.#guard(() => Number(statement.run(...values).changes));
  }

  /**
   * Adds a row by the names of its fields: `{ clientId }` is in `client_id`. They are named one by one: an object may
   * have more of them than its type says. Returns the number of rows.
   */
  insert(table: string, row: Fields, onConflict = ''): number {
    const columns = Object.keys(row).map(columnOf);
    const places = columns.map(() => '?').join(', ');
    const sql = `INSERT INTO ${table} (${columns.join(', ')}) VALUES (${places}) ${onConflict}`;
    return this.run(sql, ...Object.values(row).map(toValue));
  }

  /** Adds the row, or changes the one with the key. */
  upsert(table: string, key: Fields, values: Fields): void {
    const changes = Object.keys(values).map(columnOf);
    const set = changes.map((column) => `${column} = excluded.${column}`).join(', ');
    this.insert(table, { ...key, ...values }, `ON CONFLICT DO UPDATE SET ${set}`);
  }

  /** Changes the rows with the key. */
  update(table: string, key: Fields, values: Fields): void {
    const set = equalities(values).join(', ');
    const sql = `UPDATE ${table} SET ${set} WHERE ${equalities(key).join(' AND ')}`;
    this.run(sql, ...[...Object.values(values), ...Object.values(key)].map(toValue));
  }

  /** Removes the rows with the key. */
  remove(table: string, key: Fields): void {
    const sql = `DELETE FROM ${table} WHERE ${equalities(key).join(' AND ')}`;
    this.run(sql, ...Object.values(key).map(toValue));
  }

  /** Row by row, in constant memory; the statement is not shared, so it may run long. */
  *each<Row>(sql: string, ...values: SQLInputValue[]): Generator<Row, void> {
    const rows = this.#guard(() => this.#connection.prepare(sql).iterate(...values));
    while (true) {
      const next = this.#guard(() => rows.next());
      if (next.done === true) return;
      yield next.value as unknown as Row;
    }
  }

  /** A pure function of one value, for this connection's statements. */
  define(name: string, work: (value: SQLOutputValue) => SQLInputValue): void {
    this.#guard(() => this.#connection.function(name, { deterministic: true }, work));
  }

  /** All or nothing. The write lock is taken first, so that reads stay valid. */
  write<Result>(work: () => Result): Result {
    return this.#transaction('BEGIN IMMEDIATE', work);
  }

  /** One snapshot over several reads. */
  read<Result>(work: () => Result): Result {
    return this.#transaction('BEGIN', work);
  }

  close(): void {
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
      throw fromSqliteError(error, this.file);
    }
  }
}

/** Node's row objects are dictionaries, three times as slow to create and read. */
function named<Row>(names: readonly string[], values: readonly SQLOutputValue[]): Row {
  const row: Record<string, SQLOutputValue | undefined> = {};
  let index = 0;
  for (const name of names) {
    row[name] = values[index];
    index += 1;
  }
  return row as Row;
}

function equalities(row: Fields): string[] {
  return Object.keys(row).map((field) => `${columnOf(field)} = ?`);
}

/** `client_id` of `clientId`. */
export function columnOf(field: string): string {
  return field.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

/** As stored: a flag as 0 or 1, nothing as null. */
export function toValue(value: unknown): SQLInputValue {
  return typeof value === 'boolean' ? Number(value) : ((value ?? null) as SQLInputValue);
}

/** A list as one bound value: `… IN (SELECT value FROM json_each(?))`. */
export function listValue(values: readonly string[] | readonly number[]): string {
  return JSON.stringify(values);
}

/** Pairs of connection and id as one bound value, read with `value ->> 0` and `value ->> 1`. */
export function pairsValue(
  pairs: Iterable<{ readonly connection: string; readonly sourceId: string }>,
): string {
  return JSON.stringify(Array.from(pairs, ({ connection, sourceId }) => [connection, sourceId]));
}
