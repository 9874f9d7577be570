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

/** Where two stores differ: in the number of a table's rows, or in the rows. Null: nowhere. */
export function findDifference(one: Database, other: Database): string | null {
  for (const table of storedTables(one)) {
    const [ours, theirs] = [one, other].map((database) => readSorted(database, table));
    if (ours?.length !== theirs?.length) {
      return `${table} has ${ours?.length} rows in the one and ${theirs?.length} in the other`;
    }
    const at = ours?.findIndex((row, index) => row !== theirs?.[index]) ?? -1;
    if (at >= 0) return `${table}: ${ours?.[at]} is not in the other`;
  }
  return null;
}

/** Each row as text, whatever order its columns and it are stored in. */
function readSorted(database: Database, table: string): string[] {
  const rows = database.each<Record<string, SqlValue>>(`SELECT * FROM ${table}`);
  const texts = Array.from(rows, (row) =>
    JSON.stringify(Object.entries(row).sort(([a], [b]) => (a < b ? -1 : 1))),
  );
  return texts.sort();
}
