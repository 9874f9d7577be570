import { existsSync } from 'node:fs';
import { KindError } from '../../domain/errors.ts';
import { placeOf } from '../place.ts';
import type { Store } from '../port.ts';
import { createPrivately } from '../private-file.ts';
import { agreementStore } from './agreements.ts';
import { Database } from './database.ts';
import { defineFactsFunction } from './debit/charge-facts.ts';
import { debitStore } from './debit/debits.ts';
import { changeJournal, writeAheadLog } from './journal.ts';
import { migrate, readMigrations, requireCurrent } from './migrate.ts';
import { clientStore } from './mirror/clients.ts';
import { nameStore } from './mirror/names.ts';
import { pullStore } from './mirror/pull.ts';
import { noticeStore } from './notices.ts';
import { outboxStore } from './outbox.ts';
import { reconcileStore } from './reconcile/reconcile.ts';
import { rechargeStore } from './replenish/recharges.ts';
import { replenishStore } from './replenish/replenish.ts';
import { reportStore } from './reports.ts';
import { runStore } from './runs.ts';
import { sessionStore } from './sessions/sessions.ts';
import { undoStore } from './undo.ts';

/** With SQLite's default cache of 2 MB, pages would be read again and again during a debit page. */
export const connectionPragmas =
  'PRAGMA trusted_schema = OFF; PRAGMA foreign_keys = ON; PRAGMA cache_size = -16384;';

interface StoreOptions {
  /** The SQLite file; created with its folder, except for reading. */
  file: string;
  isReadOnly?: boolean;
  /** Milliseconds since the epoch. */
  now(): number;
}

/**
 * Opens the store at this program's version. Throws `config` for what an admin must fix: no
 * permission, a full disk, a file that is not a database, or one written by a newer version.
 */
export async function openStore(options: StoreOptions): Promise<Store> {
  const database = await openDatabase(options);
  return storeOn(database);
}

/** All parts of the port on one connection. */
export function storeOn(database: Database): Store {
  return {
    ...agreementStore(database),
    ...clientStore(database),
    ...pullStore(database),
    ...debitStore(database),
    ...replenishStore(database),
    ...rechargeStore(database),
    ...nameStore(database),
    ...noticeStore(database),
    ...outboxStore(database),
    ...reconcileStore(database),
    ...reportStore(database),
    ...runStore(database),
    ...sessionStore(database),
    ...undoStore(database),
    close: async () => database.close(),
  };
}

export async function openDatabase(options: StoreOptions): Promise<Database> {
  const file = placeOf(options.file);
  const isReadOnly = options.isReadOnly ?? false;
  if (!isReadOnly) createPrivately(file);
  else if (!existsSync(file)) {
    throw new KindError('config', `The database ${file} does not exist yet.`, {
      fix: 'Correct `store:` in the config file, or `prepaid-hours restore` a backup. A new installation begins with `prepaid-hours run`.',
    });
  }
  const database = new Database(file, { isReadOnly });
  defineFactsFunction(database);
  try {
    database.exec(connectionPragmas);
    if (isReadOnly) requireCurrent(database, readMigrations());
    else {
      await changeJournal(database, writeAheadLog);
      migrate(database, readMigrations(), options.now());
    }
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}
