import type { PostgresAddress } from '../../domain/store-address.ts';
import { copyAll } from '../sql/copy-rows.ts';
import { Database, named, type SqlValue, type Structure } from '../sql/database.ts';
import { migrate } from '../sql/migrate.ts';
import { fillFile } from '../sqlite/database.ts';
import { Connection, type Rows } from './connection.ts';
import { toPostgres } from './dialect.ts';
import { readMigrations } from './migrations.ts';
import { fromPostgresError, isConnectionLost, isLeaseLost } from './postgres-error.ts';
import { readStructure } from './structure.ts';

/** Rows that `each` fetches at once. */
const pageSize = 500;

/**
 * A write waits this long for another's. A session that is idle within a transaction, as that of a
 * stopped process, is ended by the server before that, so that the others go on.
 */
const limits = '-c lock_timeout=30s -c idle_in_transaction_session_timeout=15s';

/** The lease of this process on each store, by the store's name. */
const leases = new Map<string, { holder: string; onLost(error: unknown): void }>();

/** One connection to a schema of a PostgreSQL database. */
export class PostgresDatabase extends Database {
  readonly name: string;
  readonly schema: string;
  readonly #address: PostgresAddress;
  readonly #options: string;
  readonly #statements = new Map<string, { text: string; name: string }>();
  #connection: Connection;
  #isInTransaction = false;
  #cursors = 0;

  constructor(address: PostgresAddress, options: { isReadOnly: boolean }) {
    super();
    this.name = address.name;
    this.schema = address.schema;
    this.#address = address;
    const access = options.isReadOnly ? ' -c default_transaction_read_only=on' : '';
    const session = `-c application_name=prepaid-hours/${address.schema} -c search_path=${address.schema}`;
    this.#options = `${session} -c timezone=UTC ${limits}${access}`;
    this.#connection = new Connection(address.url, this.#options);
  }

  override exec(sql: string): void {
    this.execExactly(toPostgres(sql));
  }

  /** In PostgreSQL's own SQL. */
  execExactly(sql: string): void {
    this.#send(sql, [], null);
  }

  override rows<Row>(sql: string, ...values: SqlValue[]): Row[] {
    const { names, rows } = this.#query(sql, values);
    return rows.map((row) => named<Row>(names, row));
  }

  override row<Row>(sql: string, ...values: SqlValue[]): Row | undefined {
    const { names, rows } = this.#query(sql, values);
    const [row] = rows;
    return row === undefined ? undefined : named<Row>(names, row);
  }

  override run(sql: string, ...values: SqlValue[]): number {
    // By itself it is a transaction, too, which waits for others as SQLite's does.
    return this.write(() => this.#query(sql, values).count);
  }

  /** The rows as of now, held by the server until they are read. */
  override *each<Row>(sql: string, ...values: SqlValue[]): Generator<Row, void> {
    this.#cursors += 1;
    const cursor = `rows_${this.#cursors}`;
    const declared = `DECLARE ${cursor} NO SCROLL CURSOR WITH HOLD FOR ${toPostgres(sql)}`;
    this.#send(declared, values, '');
    let isEnded = false;
    try {
      while (!isEnded) {
        const { names, rows } = this.#send(`FETCH ${pageSize} FROM ${cursor}`, [], '');
        isEnded = rows.length < pageSize;
        for (const row of rows) yield named<Row>(names, row);
      }
    } finally {
      this.#closeCursor(cursor);
    }
  }

  override write<Result>(work: () => Result): Result {
    if (this.#isInTransaction) return work();
    // One writer at a time, as in SQLite: what a transaction has read stays true until it ends.
    const lock = `SELECT pg_advisory_xact_lock(hashtext('prepaid-hours write'), hashtext('${this.schema}'))`;
    const lease = leases.get(this.name);
    const fence = lease === undefined ? '' : `; SELECT renew_lease('${lease.holder}')`;
    return this.#transaction(`BEGIN; ${lock}${fence}`, work);
  }

  /**
   * From now on every write of this process to this schema, on whichever connection, renews the lease, or
   * fails once somebody else has it, which is told. Returns how to end that.
   */
  holdLease(holder: string, onLost: (error: unknown) => void): () => void {
    const lease = { holder, onLost };
    leases.set(this.name, lease);
    return () => {
      if (leases.get(this.name) === lease) leases.delete(this.name);
    };
  }

  override fill(work: () => void): void {
    this.write(() => {
      this.execExactly('SET CONSTRAINTS ALL DEFERRED');
      work();
      this.#continueNumbers();
    });
  }

  override read<Result>(work: () => Result): Result {
    return this.#transaction('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY', work);
  }

  /** What is written is taken back at the end. */
  tryOut<Result>(work: () => Result): Result {
    return this.#transaction('BEGIN', work, 'ROLLBACK');
  }

  override tables(): string[] {
    const rows = this.rows<{ name: string }>(
      `SELECT tablename AS name FROM pg_tables WHERE schemaname = '${this.schema}' ORDER BY 1`,
    );
    return rows.map(({ name }) => name);
  }

  override structure(): { found: Structure; wanted: Structure } {
    migratedStructure ??= readMigratedStructure(this.#address);
    return { found: readStructure(this, this.schema), wanted: migratedStructure };
  }

  /**
   * Puts the rows of another database in the place of these, in one transaction. What was there is kept
   * in the schema `kept`, or removed.
   */
  replaceBy(other: Database, kept: string | null, now: number): void {
    const old = kept ?? `${this.schema}_old`;
    this.write(() => {
      this.execExactly(
        `ALTER SCHEMA ${this.schema} RENAME TO ${old}; CREATE SCHEMA ${this.schema}`,
      );
      migrate(this, readMigrations(), now);
      copyAll(other, this);
      // Whoever does this works on the new one, too.
      this.execExactly(`INSERT INTO lease SELECT * FROM ${old}.lease`);
      if (kept === null) this.execExactly(`DROP SCHEMA ${old} CASCADE`);
    });
  }

  override copyTo(file: string): void {
    fillFile(file, Date.now(), (copy) => copyAll(this, copy));
  }

  override close(): void {
    this.#connection.close();
  }

  #continueNumbers(): void {
    const numbered = this.rows<{ name: string; key: string }>(
      `SELECT table_name::text AS name, column_name::text AS key FROM information_schema.columns
       WHERE table_schema = ? AND is_identity = 'YES'`,
      this.schema,
    );
    for (const { name, key } of numbered) {
      const next = `coalesce((SELECT max(${key}) FROM ${name}), 0) + 1`;
      this.execExactly(
        `SELECT setval(pg_get_serial_sequence('${name}', '${key}'), ${next}, false)`,
      );
    }
  }

  #transaction<Result>(begin: string, work: () => Result, end = 'COMMIT'): Result {
    try {
      this.#send(begin, [], null);
      this.#isInTransaction = true;
      const result = work();
      this.#send(end, [], null);
      return result;
    } catch (error) {
      this.#rollBack();
      throw error;
    } finally {
      this.#isInTransaction = false;
    }
  }

  /** Whatever it finds: the error that led here is the cause. */
  #rollBack(): void {
    try {
      this.#send('ROLLBACK', [], null);
    } catch {
      this.#connection.close();
    }
  }

  #closeCursor(cursor: string): void {
    try {
      this.#send(`CLOSE ${cursor}`, [], '');
    } catch {
      // It went with its transaction or its connection.
    }
  }

  #query(sql: string, values: readonly SqlValue[]): Rows {
    let statement = this.#statements.get(sql);
    if (statement === undefined) {
      statement = { text: toPostgres(sql), name: `s${this.#statements.size}` };
      this.#statements.set(sql, statement);
    }
    return this.#send(statement.text, values, statement.name);
  }

  #send(sql: string, values: readonly SqlValue[], name: string | null): Rows {
    const isConnecting = !this.#isInTransaction;
    try {
      if (isConnecting && !this.#connection.isOpen) {
        this.#connection = new Connection(this.#address.url, this.#options);
      }
      return this.#connection.send({ sql, values: values.map(storable), name, isConnecting });
    } catch (error) {
      if (isConnectionLost(error)) this.#connection.close();
      const told = fromPostgresError(error, this.name);
      if (isLeaseLost(error)) leases.get(this.name)?.onLost(told);
      throw told;
    }
  }
}

/** The same for the life of the process. */
let migratedStructure: Structure | null = null;

/** Of a schema that is made for it, and never committed. */
function readMigratedStructure(address: PostgresAddress): Structure {
  const schema = `${address.schema}_fresh`;
  const fresh = new PostgresDatabase({ ...address, schema }, { isReadOnly: false });
  try {
    return fresh.tryOut(() => {
      fresh.execExactly(`CREATE SCHEMA ${schema}`);
      migrate(fresh, readMigrations(), 0);
      return readStructure(fresh, schema);
    });
  } finally {
    fresh.close();
  }
}

/** Text of PostgreSQL cannot hold the character 0. */
function storable(value: SqlValue): SqlValue {
  return typeof value === 'string' && value.includes('\0')
    ? value.replaceAll('\0', '\uFFFD')
    : value;
}
