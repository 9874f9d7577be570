import { existsSync } from 'node:fs';
import { KindError } from '../../domain/errors.ts';
import { acquireLock } from '../../store/lock.ts';
import { openDatabase, storeOn } from '../../store/open.ts';
import { placeOf } from '../../store/place.ts';
import type { Disagreement, Store } from '../../store/port.ts';
import { isPostgres, nameOfPlace } from '../../domain/store-address.ts';
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
 * may work on either. Throws `config` if there is anything in the second.
 */
export async function migrateStore(
  places: { from: string; to: string },
  now: () => number,
): Promise<MigratedStore> {
  const [from, to] = [places.from, places.to].map((place) =>
    isPostgres(place) ? place : placeOf(place),
  );
  if (from === undefined || to === undefined) throw new Error('two places are needed');
  if (!isPostgres(from) && !existsSync(from)) throw missing(from);
  const locks = [await acquireLock(from, 'migrate-store', now)];
  try {
    locks.push(await acquireLock(to, 'migrate-store', now));
    const source = await openDatabase({ file: from, now });
    const target = await openDatabase({ file: to, now });
    try {
      return await copy(source, target);
    } finally {
      target.close();
      source.close();
    }
  } finally {
    for (const lock of locks) lock.release();
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

function missing(from: string): KindError {
  return new KindError('config', `The database ${nameOfPlace(from)} does not exist.`, {
    fix: 'Name the file that `store:` has in the config.',
  });
}
