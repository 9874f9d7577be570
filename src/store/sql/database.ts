export type SqlValue = string | number | null;

type Fields = Readonly<Record<string, SqlValue | boolean | undefined>>;

/** What the structure of a database is compared with: each table, index and trigger with its text. */
export type Structure = ReadonlyMap<string, string>;

/**
 * One connection to one database. Everything is synchronous: a transaction is one uninterrupted turn
 * of the event loop, so two of them never mix on this connection.
 *
 * Statements are written once for all databases, in the SQL that they share: parameters as `?` or `?1`,
 * flags as 0 and 1, `json_each` over one bound list, `iif`, `string_agg`, `IS NOT DISTINCT FROM`. After
 * `CROSS JOIN … ON` the tables are read in this order where the database lets us say so.
 */
export abstract class Database {
  /** For messages: the file, or the server's address without the password. */
  abstract readonly name: string;

  readonly #texts = new Map<string, string>();

  /** Several statements, without parameters and without rows. */
  abstract exec(sql: string): void;

  /** The caller states the row's shape, which must match the SELECT list. */
  abstract rows<Row>(sql: string, ...values: SqlValue[]): Row[];

  abstract row<Row>(sql: string, ...values: SqlValue[]): Row | undefined;

  /** Number of rows changed. */
  abstract run(sql: string, ...values: SqlValue[]): number;

  /** Row by row, in constant memory; the statement is not shared, so it may run long. */
  abstract each<Row>(sql: string, ...values: SqlValue[]): Generator<Row, void>;

  /** All or nothing. The write lock is taken first, so that reads stay valid. */
  abstract write<Result>(work: () => Result): Result;

  /**
   * One transaction that fills empty tables: references between rows hold at its end, and new rows are
   * numbered after those that were written.
   */
  abstract fill(work: () => void): void;

  /** One snapshot over several reads. */
  abstract read<Result>(work: () => Result): Result;

  /** Names of all tables, in order. */
  abstract tables(): string[];

  /** As it is, and as the program's migrations make it. */
  abstract structure(): { found: Structure; wanted: Structure };

  /** Writes one snapshot to an SQLite file that is there and empty, while others go on writing. */
  abstract copyTo(file: string): void;

  abstract close(): void;

  /**
   * Adds a row by the names of its fields: `{ clientId }` is in `client_id`. They are named one by one: an object may
   * have more of them than its type says. Returns the number of rows.
   */
  insert(table: string, row: Fields, onConflict = ''): number {
    const sql = this.#compose(`INSERT INTO ${table} ${onConflict}`, row, {}, (columns) => {
      const places = columns.map(() => '?').join(', ');
      return `INSERT INTO ${table} (${columns.join(', ')}) VALUES (${places}) ${onConflict}`;
    });
    return this.run(sql, ...valuesOf(row));
  }

  /** Adds the row, or changes the one with the key. */
  upsert(table: string, key: Fields, values: Fields): void {
    const sql = this.#compose(`UPSERT ${table}`, key, values, (keys, changes) => {
      const columns = [...keys, ...changes];
      const set = changes.map((column) => `${column} = excluded.${column}`).join(', ');
      const places = columns.map(() => '?').join(', ');
      return `INSERT INTO ${table} (${columns.join(', ')}) VALUES (${places})
        ON CONFLICT (${keys.join(', ')}) DO UPDATE SET ${set}`;
    });
    this.run(sql, ...valuesOf(key), ...valuesOf(values));
  }

  /** Changes the rows with the key. */
  update(table: string, key: Fields, values: Fields): void {
    const sql = this.#compose(`UPDATE ${table}`, values, key, (columns, keys) => {
      const set = columns.map((column) => `${column} = ?`).join(', ');
      return `UPDATE ${table} SET ${set} WHERE ${equalities(keys)}`;
    });
    this.run(sql, ...valuesOf(values), ...valuesOf(key));
  }

  /** Removes the rows with the key. */
  remove(table: string, key: Fields): void {
    const sql = this.#compose(
      `DELETE FROM ${table}`,
      key,
      {},
      (keys) => `DELETE FROM ${table} WHERE ${equalities(keys)}`,
    );
    this.run(sql, ...valuesOf(key));
  }

  /** The statement for these fields: its text is composed once, since rows are written by the thousand. */
  #compose(
    what: string,
    one: Fields,
    other: Fields,
    compose: (columns: string[], others: string[]) => string,
  ): string {
    const key = `${what} ${Object.keys(one)} ${Object.keys(other)}`;
    let sql = this.#texts.get(key);
    if (sql === undefined) {
      sql = compose(Object.keys(one).map(columnOf), Object.keys(other).map(columnOf));
      this.#texts.set(key, sql);
    }
    return sql;
  }
}

/** Rows as they are returned, without names: objects of a fixed shape are faster than dictionaries. */
export function named<Row>(names: readonly string[], values: readonly unknown[]): Row {
  const row: Record<string, unknown> = {};
  let index = 0;
  for (const name of names) {
    row[name] = values[index];
    index += 1;
  }
  return row as Row;
}

function equalities(columns: readonly string[]): string {
  return columns.map((column) => `${column} = ?`).join(' AND ');
}

function valuesOf(row: Fields): SqlValue[] {
  return Object.values(row).map(toValue);
}

/** `client_id` of `clientId`. */
export function columnOf(field: string): string {
  return field.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

/** As stored: a flag as 0 or 1, nothing as null. */
export function toValue(value: unknown): SqlValue {
  return typeof value === 'boolean' ? Number(value) : ((value ?? null) as SqlValue);
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
