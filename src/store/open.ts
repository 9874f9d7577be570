import { isPostgres } from '../domain/store-address.ts';
import { copyStore } from './copies.ts';
import type { Store } from './port.ts';
import { agreementStore } from './sql/agreements.ts';
import type { Database } from './sql/database.ts';
import { debitStore } from './sql/debit/debits.ts';
import { clientStore } from './sql/mirror/clients.ts';
import { nameStore } from './sql/mirror/names.ts';
import { pullStore } from './sql/mirror/pull.ts';
import { noticeStore } from './sql/notices.ts';
import { outboxStore } from './sql/outbox.ts';
import { reconcileStore } from './sql/reconcile/reconcile.ts';
import { rechargeStore } from './sql/replenish/recharges.ts';
import { replenishStore } from './sql/replenish/replenish.ts';
import { reportStore } from './sql/reports.ts';
import { runStore } from './sql/runs.ts';
import { sessionStore } from './sql/sessions/sessions.ts';
import { undoStore } from './sql/undo.ts';
import { openSqlite } from './sqlite/open.ts';

interface StoreOptions {
  /** An SQLite file, or the `postgres://` address of a database. */
  file: string;
  isReadOnly?: boolean;
  /** Without a file nothing is created: the store is empty, in memory. */
  isTrial?: boolean;
  /** Milliseconds since the epoch. */
  now(): number;
}

/**
 * Opens the store at this program's version. Throws `config` for what an admin must fix, such as one
 * written by a newer version.
 */
export async function openStore(options: StoreOptions): Promise<Store> {
  const database = await openDatabase(options);
  return storeOn(database);
}

export async function openDatabase({
  file,
  isReadOnly = false,
  isTrial = false,
  now,
}: StoreOptions): Promise<Database> {
  if (!isPostgres(file)) return await openSqlite(file, { isReadOnly, isTrial, now });
  // Most installations never need its driver.
  const { openPostgres } = await import('./postgres/open.ts');
  return openPostgres(file, { isReadOnly, now });
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
    ...copyStore(database),
    close: async () => database.close(),
  };
}
