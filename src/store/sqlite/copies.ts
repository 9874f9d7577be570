/** Copies of the database: whose a backup is, and one brought back into the database's place. */
import { existsSync, renameSync, rmSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { isKindError, KindError } from '../../domain/errors.ts';
import { createNew, syncPath, withFileErrors } from '../private-file.ts';
import type { Database } from '../sql/database.ts';
import { lastApplied, migrate, requireKnown } from '../sql/migrate.ts';
import { SqliteDatabase } from './database.ts';
import { changeJournal, noWriteAheadLog } from './journal.ts';
import { readMigrations } from './migrations.ts';
import { connectionPragmas } from './open.ts';

const sideFiles = ['-wal', '-shm', '-journal'] as const;

/**
 * The same for a database and all of its copies, different for any other: when its first table was
 * made, to the millisecond. Null: the file is not a readable database of this program.
 */
export function readOrigin(file: string): string | null {
  let database: SqliteDatabase | null = null;
  try {
    database = new SqliteDatabase(file, { isReadOnly: true });
    const sql = 'SELECT applied_at AS origin FROM migration WHERE number = 1';
    return database.row<{ origin: string }>(sql)?.origin ?? null;
  } catch {
    return null;
  } finally {
    database?.close();
  }
}

/** The last migration of the database, and of this program. Throws `config` where there is none. */
export function readVersions(file: string): { version: number; wanted: number } {
  const database = new SqliteDatabase(file, { isReadOnly: true });
  try {
    const last = lastApplied(database);
    if (last !== undefined) return { version: last.number, wanted: readMigrations().length };
    throw new KindError('config', `${file} is not a database of this program.`);
  } finally {
    database.close();
  }
}

/**
 * Copies a backup to a new file at the version of this program. The backup itself is only read. Throws
 * `config` if it is damaged, of another program or of a newer version.
 */
export function copyBackup(file: string, draft: string, now: number): void {
  const stat = statSync(file, { throwIfNoEntry: false });
  if (stat?.isFile() !== true) {
    const what = stat === undefined ? 'does not exist' : 'is not a regular file';
    throw new KindError('config', `The backup ${file} ${what}.`, { fix: anotherBackup });
  }
  withOwnFix(() => {
    const backup = new SqliteDatabase(file, { isReadOnly: true });
    try {
      requireKnown(backup, readMigrations());
      refuseDamaged(backup);
      createNew(draft);
      backup.run('VACUUM INTO ?', draft);
    } finally {
      backup.close();
    }
  });
  const copy = new SqliteDatabase(draft, { isReadOnly: false });
  try {
    copy.exec(connectionPragmas);
    migrate(copy, readMigrations(), now);
  } finally {
    copy.close();
  }
  syncPath(draft);
}

const anotherBackup = 'Name another backup.';

function refuseDamaged(backup: Database): void {
  const [first] = backup.rows<{ fault: string }>(
    'SELECT integrity_check AS fault FROM pragma_integrity_check',
  );
  if (first?.fault === 'ok') return;
  throw new KindError('config', `The backup ${backup.name} is damaged: ${first?.fault}.`);
}

/** The usual advice is to restore a backup. */
function withOwnFix(work: () => void): void {
  try {
    work();
  } catch (error) {
    if (!isKindError(error, 'config')) throw error;
    const fix = error.message.includes('newer prepaid-hours')
      ? 'Upgrade the program, or name an older backup.'
      : anotherBackup;
    throw new KindError('config', error.message, { fix, cause: error });
  }
}

export function removeDraft(draft: string): void {
  for (const part of ['', ...sideFiles]) rmSync(draft + part, { force: true });
}

/**
 * Puts the draft in the database's place and keeps what was there under another name; null: it is
 * removed. Throws `transient` while another process reads the database. The caller holds its lock.
 */
export async function swapIn(draft: string, file: string, kept: string | null): Promise<void> {
  await foldLog(draft);
  if (existsSync(file)) await foldLog(file);
  syncPath(draft);
  // A log left beside the file would be taken for that of the new one.
  const parts = ['', ...sideFiles].filter((part) => kept !== null && existsSync(file + part));
  withFileErrors(file, () => {
    for (const part of parts) renameSync(file + part, kept + part);
    try {
      renameSync(draft, file);
    } catch (error) {
      for (const part of parts) renameSync(kept + part, file + part);
      throw error;
    }
    syncPath(dirname(file));
  });
}

/** One file holds all of it afterwards. A damaged database keeps its side files and moves with them. */
async function foldLog(file: string): Promise<void> {
  let database: SqliteDatabase | null = null;
  try {
    database = new SqliteDatabase(file, { isReadOnly: false });
    await changeJournal(database, noWriteAheadLog);
  } catch (error) {
    if (!isKindError(error, 'config')) throw error;
  } finally {
    database?.close();
  }
}
