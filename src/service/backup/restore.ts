import { realpathSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { validate } from 'node-cron';
import { loadConfig } from '../../config/load.ts';
import type { VendorRegistry } from '../../contract/registry.ts';
import { isKindError, KindError } from '../../domain/errors.ts';
import { addressOf, isPostgres, nameOfPlace } from '../../domain/store-address.ts';
import type { Instant } from '../../domain/time.ts';
import { replaceStore, withDrafts } from '../../store/copies.ts';
import { acquireLock, type LockOwner, readLockOwner } from '../../store/lock.ts';
import { openStore } from '../../store/open.ts';
import { placeOf } from '../../store/place.ts';
import type { Disagreement, Store } from '../../store/port.ts';
import { copyBackup } from '../../store/sqlite/copies.ts';
import { knownVendors } from '../app/app.ts';
import { isRehearsal } from '../app/rehearsal.ts';
import { stampOf } from './keep.ts';
import { listMissing } from './missing.ts';

interface RestoreOptions {
  vendors: VendorRegistry;
  configFile: string;
  env: NodeJS.ProcessEnv;
  /** The backup. */
  file: string;
  /** False: a dry run. */
  isDone: boolean;
  now(): number;
}

export interface Restored {
  file: string;
  database: string;
  /** When the last run in the backup started; null: it has none. */
  lastRunAt: Instant | null;
  clients: number;
  /** What the ledger disagrees in; the database is then left as it is. */
  disagreement: Disagreement | null;
  /** Entries by hand that the replaced database has and the backup lacks; null: it cannot be read. */
  missing: string[] | null;
  /** Whether the replaced database went live and the backup had not yet. */
  isBeforeLive: boolean;
  isDone: boolean;
  /** Where the replaced database is kept; null: none was there, or it is a dry run. */
  kept: string | null;
  /** The process that works on the database now. */
  holder: LockOwner | null;
}

type Found = Pick<Restored, 'lastRunAt' | 'clients' | 'disagreement' | 'missing' | 'isBeforeLive'>;

/**
 * Checks a backup on a copy of it and, if it is right and wanted, puts that copy in the database's
 * place. Refused while another process works on the database; a dry run is not.
 */
export async function restoreBackup(options: RestoreOptions): Promise<Restored> {
  const { configFile, env, now } = options;
  const config = loadConfig({
    file: configFile,
    env,
    ...(await knownVendors(options.vendors, configFile)),
    isCron: validate,
    areSecretsNeeded: false,
  });
  const { store } = config;
  const database = isPostgres(store) ? store : placeOf(store);
  const file = resolve(options.file);
  if (isSame(file, database)) {
    throw new KindError('config', `${file} is the database itself.`, { fix: 'Name a backup.' });
  }
  refuseRoot(database);
  const lock = options.isDone ? await acquireLock(database, 'restore', now) : null;
  try {
    return await withDrafts(database, async (folder) => {
      const draft = join(folder, 'restored.db');
      copyBackup(file, draft, now());
      const { isThere, ...found } = await inspect(draft, database, now);
      const isDone = options.isDone && found.disagreement === null;
      const kept = isDone && isThere ? keptName(database, now()) : null;
      if (isDone) await replaceStore(draft, database, { kept, now });
      const holder = lock === null ? await readLockOwner(database) : null;
      return { file, database: nameOfPlace(database), ...found, isDone, kept, holder };
    });
  } finally {
    lock?.release();
  }
}

/** A file beside the database, or a schema beside its own. */
function keptName(database: string, nowMs: number): string {
  const stamp = stampOf(nowMs);
  if (isPostgres(database)) {
    return `${addressOf(database).schema}_before_${stamp.replace(/\D/g, '')}`;
  }
  const name = `${database}.before-restore-${stamp}`;
  return statOf(name) === null ? name : keptName(database, nowMs + 1000);
}

async function inspect(
  draft: string,
  database: string,
  now: () => number,
): Promise<Found & { isThere: boolean }> {
  const copy = await openStore({ file: draft, isReadOnly: true, now });
  const current = await openCurrent(database, now);
  try {
    const [run] = await copy.listRuns(1);
    return {
      isThere: current !== null || statOf(database) !== null,
      lastRunAt: run?.startedAt ?? null,
      clients: (await copy.listClients()).length,
      disagreement: await copy.verify(),
      missing: current === null ? null : await listMissing(current, copy),
      isBeforeLive: current !== null && (await hasGoneLive(current)) && !(await hasGoneLive(copy)),
    };
  } finally {
    await current?.close();
    await copy.close();
  }
}

/** Null: there is none, or it is damaged, which is why it is replaced. */
async function openCurrent(file: string, now: () => number): Promise<Store | null> {
  try {
    return await openStore({ file, isReadOnly: true, now });
  } catch (error) {
    if (!isKindError(error)) throw error;
    return null;
  }
}

async function hasGoneLive(store: Store): Promise<boolean> {
  try {
    return !(await isRehearsal(store));
  } catch (error) {
    if (!isKindError(error)) throw error;
    return false;
  }
}

/** Root would leave a database that the service's own user cannot open. */
function refuseRoot(database: string): void {
  const owner = statOf(database) ?? statOf(`${database}.lock`) ?? statOf(dirname(database));
  if (owner === null || !wouldLockOut(process.geteuid?.() ?? null, owner.uid)) return;
  throw new KindError(
    'config',
    `${database} belongs to the user with id ${owner.uid}; restored by root, the service could not open it.`,
    { fix: 'Run this as that user: `sudo -u USER prepaid-hours restore …`.' },
  );
}

/** `userId`: null where the system has none (Windows). */
export function wouldLockOut(userId: number | null, ownerId: number): boolean {
  return userId === 0 && ownerId !== 0;
}

function isSame(file: string, database: string): boolean {
  return statOf(file) !== null && statOf(database) !== null && realpathSync(file) === database;
}

function statOf(path: string) {
  return statSync(path, { throwIfNoEntry: false }) ?? null;
}
