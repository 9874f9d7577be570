import { hash } from 'node:crypto';
import type { Database, SqlValue } from './database.ts';

/** Values bound by one INSERT; both databases take more. */
const valuesMax = 8000;

/** Filled by triggers while other tables are copied. */
const markedTables: readonly string[] = ['dirty', 'session_dirty'];

/** Each store has its own. */
const ownTables: readonly string[] = ['migration', 'lease'];

/** What debit and replenish derived from the mirror, and what was sent. */
const derivedTables: readonly string[] = [
  ...markedTables,
  'unlogged',
  'entry_group',
  'charge_group',
  'changed_work',
  'charge',
  'block',
  'block_edit',
  'invoice_block',
  'ledger',
  'block_balance',
  'client_balance',
  'episode',
  'push_message',
  'recharge',
  'difference',
  'undo',
  'undo_message',
  'undone_block',
];

/** Copies everything to an empty store of this program's version, on whichever database. */
export function copyAll(from: Database, to: Database): void {
  copyTables(from, to, () => {
    const tables = storedTables(from).filter((table) => !markedTables.includes(table));
    for (const table of tables) copyRows(from, to, `SELECT * FROM ${table}`, table);
    for (const table of markedTables) {
      to.run(`DELETE FROM ${table}`);
      copyRows(from, to, `SELECT * FROM ${table} ORDER BY seq`, table);
    }
    // Copies of one store are known by it.
    const first = from.row<{ origin: string }>(
      'SELECT applied_at AS origin FROM migration WHERE number = 1',
    );
    to.run('UPDATE migration SET applied_at = ? WHERE number = 1', first?.origin ?? null);
  });
}

/** Copies the mirror without the derived rows: triggers mark all work to be debited again. */
export function copyMirror(from: Database, to: Database): void {
  copyTables(from, to, () => {
    for (const table of storedTables(from).filter((name) => !derivedTables.includes(name))) {
      // What was made of sessions is made again by the changed rules.
      const which = table === 'mirror_time_entry' ? 'WHERE is_derived = 0' : '';
      copyRows(from, to, `SELECT * FROM ${table} ${which}`, table);
    }
  });
}

function copyTables(from: Database, to: Database, work: () => void): void {
  from.read(() => to.fill(work));
}

function storedTables(database: Database): string[] {
  return database.tables().filter((table) => !ownTables.includes(table));
}

function copyRows(from: Database, to: Database, select: string, table: string): void {
  let columns: string[] = [];
  let values: SqlValue[] = [];
  const store = () => {
    if (values.length === 0) return;
    const row = `(${columns.map(() => '?').join(', ')})`;
    const rows = Array.from({ length: values.length / columns.length }, () => row).join(', ');
    to.run(`INSERT INTO ${table} (${columns.join(', ')}) VALUES ${rows}`, ...values);
    values = [];
  };
  for (const row of from.each<Record<string, SqlValue>>(select)) {
    columns = Object.keys(row);
    values.push(...Object.values(row));
    if (values.length + columns.length > valuesMax) store();
  }
  store();
}

/** The first table in which two stores differ, and how many rows it has in each. Null: none. */
export function findDifference(one: Database, other: Database): string | null {
  for (const table of storedTables(one)) {
    const [ours, theirs] = [readDigest(one, table), readDigest(other, table)];
    if (ours.digest === theirs.digest && ours.rows === theirs.rows) continue;
    return `${table} is not the same: ${ours.rows} rows in the one, ${theirs.rows} in the other`;
  }
  return null;
}

/** The sum of all rows' hashes: the same in whatever order a database returns them, in constant memory. */
function readDigest(database: Database, table: string): { rows: number; digest: bigint } {
  const found = { rows: 0, digest: 0n };
  for (const row of database.each<Record<string, SqlValue>>(`SELECT * FROM ${table}`)) {
    const fields = Object.entries(row).sort(([a], [b]) => (a < b ? -1 : 1));
    found.rows += 1;
    found.digest += BigInt(`0x${hash('sha256', JSON.stringify(fields), 'hex')}`);
  }
  return found;
}
