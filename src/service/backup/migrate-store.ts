import { resolve } from 'node:path';
import { KindError } from '../../domain/errors.ts';
import { isPostgres } from '../../domain/store-address.ts';
import { acquireLock } from '../../store/lock.ts';
import type { Lock } from '../../store/lock-owner.ts';
import { openDatabase, storeOn } from '../../store/open.ts';
import type { Disagreement, Store } from '../../store/port.ts';
import { copyAll, findDifference } from '../../store/sql/copy-rows.ts';
import type { Database } from '../../store/sql/database.ts';

export interface MigratedStore {
  from: string;
  to: string;
  clients: number;
  ledgerEntries: number;
  /** What is wrong with the one or the other, or where they differ; the copy is then not to be used. */
  disagreement: Disagreement | null;
}

/**
 * Copies a whole store to another database, an SQLite file or PostgreSQL, and verifies both. Nobody else
 * may work on either. Throws `config` if the first is not there or not at this program's version, or if
 * there is anything in the second.
 */
export async function migrateStore(
  { from, to }: { from: string; to: string },
  now: () => number,
): Promise<MigratedStore> {
  if (from === to || (!isPostgres(from) && resolve(from) === resolve(to))) {
    throw new KindError('config', 'FROM and TO are the same database.', {
      fix: 'Name another one.',
    });
  }
  // As long as it is only read, a name that is wrong makes nothing.
  const source = await openDatabase({ file: from, isReadOnly: true, now });
  const locks: Lock[] = [];
  try {
    for (const place of [from, to]) locks.push(await acquireLock(place, 'migrate-store', now));
    const target = await openDatabase({ file: to, now });
    try {
      return await copy(source, target);
    } finally {
      target.close();
    }
  } finally {
    for (const lock of locks) lock.release();
    source.close();
  }
}

async function copy(source: Database, target: Database): Promise<MigratedStore> {
  const [old, young] = [storeOn(source), storeOn(target)];
  await refuseUsed(young, target.name);
  const before = await old.verify();
  if (before === null) copyAll(source, target);
  const counted = source.row<{ entries: number }>('SELECT count(*) AS entries FROM ledger');
  return {
    from: source.name,
    to: target.name,
    clients: (await old.listClients()).length,
    ledgerEntries: counted?.entries ?? 0,
    disagreement: before ?? (await young.verify()) ?? compare(source, target),
  };
}

function compare(source: Database, target: Database): Disagreement | null {
  const difference = findDifference(source, target);
  return difference === null ? null : { where: target.name, detail: difference };
}

async function refuseUsed(store: Store, name: string): Promise<void> {
  const [run] = await store.listRuns(1);
  const [client] = await store.listClients();
  if (run === undefined && client === undefined) return;
  throw new KindError('config', `There is something in ${name} already.`, {
    fix: 'Name a file or a schema (?schema=NAME) that is not used yet.',
  });
}
