import { renameSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { createPrivately, syncPath } from '../private-file.ts';
import { Database } from './database.ts';
import { changeJournal, noWriteAheadLog } from './journal.ts';
import { migrate, readMigrations } from './migrate.ts';

/** What debit and replenish derived from the mirror, and what was sent. */
const derivedTables: readonly string[] = [
  'dirty',
  'session_dirty',
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
  'difference',
  'undo',
  'undo_message',
  'undone_block',
];

/**
 * Writes a new database without the derived rows; its triggers mark all work to be debited again.
 */
export function copyMirror(source: Database, file: string, now: number): void {
  for (const part of ['', '-wal', '-shm']) rmSync(`${file}${part}`, { force: true });
  createPrivately(file);
  const draft = new Database(file, { isReadOnly: false });
  try {
    migrate(draft, readMigrations(), now);
    draft.exec('PRAGMA foreign_keys = OFF');
    draft.exec(`ATTACH DATABASE '${source.file.replaceAll("'", "''")}' AS source`);
    draft.write(() => {
      for (const table of keptTables(draft)) {
        draft.exec(`INSERT INTO ${table} SELECT * FROM source.${table} ${whichOf(table)}`);
      }
    });
    draft.exec('DETACH DATABASE source');
  } finally {
    draft.close();
  }
}

/** What was made of sessions is made again by the changed rules. */
function whichOf(table: string): string {
  return table === 'mirror_time_entry' ? 'WHERE is_derived = 0' : '';
}

function keptTables(database: Database): string[] {
  const tables = database.rows<{ name: string }>(
    "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name",
  );
  const left = new Set([...derivedTables, 'migration']);
  return tables.map(({ name }) => name).filter((name) => !left.has(name));
}

/**
 * Replaces the database with the draft. Both leave WAL mode first, which fails while another
 * process reads the old one: a log left next to the file would be applied to the new one.
 */
export async function replaceDatabase(draft: string, file: string): Promise<void> {
  for (const path of [draft, file]) {
    const database = new Database(path, { isReadOnly: false });
    try {
      await changeJournal(database, noWriteAheadLog);
    } finally {
      database.close();
    }
  }
  syncPath(draft);
  renameSync(draft, file);
  syncPath(dirname(file));
}
