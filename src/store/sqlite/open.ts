import { existsSync } from 'node:fs';
import { KindError } from '../../domain/errors.ts';
import { placeOf } from '../place.ts';
import { createPrivately } from '../private-file.ts';
import { migrate, requireCurrent } from '../sql/migrate.ts';
import { SqliteDatabase } from './database.ts';
import { changeJournal, writeAheadLog } from './journal.ts';
import { readMigrations } from './migrations.ts';

/** With SQLite's default cache of 2 MB, pages would be read again and again during a debit page. */
export const connectionPragmas =
  'PRAGMA trusted_schema = OFF; PRAGMA foreign_keys = ON; PRAGMA cache_size = -16384;';

interface OpenOptions {
  isReadOnly: boolean;
  isTrial?: boolean;
  now(): number;
}

/**
 * The file is created with its folder, except for reading and for a trial. Throws `config` for what an admin must fix:
 * no permission, a full disk, a file that is not a database.
 */
export async function openSqlite(
  place: string,
  { isReadOnly, isTrial = false, now }: OpenOptions,
): Promise<SqliteDatabase> {
  const file = placeOf(place);
  if (isTrial && !existsSync(file)) return openInMemory(now);
  if (!isReadOnly) createPrivately(file);
  else if (!existsSync(file)) {
    throw new KindError('config', `The database ${file} does not exist yet.`, {
      fix: 'Correct `store:` in the config file, or `prepaid-hours restore` a backup. A new installation begins with `prepaid-hours run`.',
    });
  }
  const database = new SqliteDatabase(file, { isReadOnly });
  try {
    database.exec(connectionPragmas);
    if (isReadOnly) requireCurrent(database, readMigrations());
    else {
      await changeJournal(database, writeAheadLog);
      migrate(database, readMigrations(), now());
    }
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

function openInMemory(now: () => number): SqliteDatabase {
  const database = new SqliteDatabase(':memory:', { isReadOnly: false });
  database.exec(connectionPragmas);
  migrate(database, readMigrations(), now());
  return database;
}
