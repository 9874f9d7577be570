import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout } from 'node:timers/promises';
import { isKindError, KindError } from '../domain/errors.ts';
import { placeOf } from './place.ts';
import { addressOf, isPostgres } from './postgres/address.ts';
import { readLeaseOwner, takeLease } from './postgres/lease.ts';
import { createPrivately, withFileErrors } from './private-file.ts';
import { fromSqliteError } from './sqlite/sqlite-error.ts';

/** Held until `release`, or until the process ends. */
interface Lock {
  release(): void;
}

/** Keeps a reference: the garbage collector would close the connection and release the lock. */
const held = new Set<DatabaseSync>();

/** For messages alone: who holds the lock is decided by the system. */
export interface LockOwner {
  pid: number;
  purpose: string;
  since: string;
  /** Where it runs, if the database is on a server. */
  host?: string;
}

/**
 * Makes this process the only one that uses the store. It is an operating system lock on a file
 * next to the store, taken through SQLite, so nothing has to be cleaned up after a kill. `purpose`
 * is the command. Throws `config` if another process holds it.
 */
export function acquireLock(
  file: string,
  purpose: string,
  now: () => number = () => Date.now(),
): Lock {
  if (isPostgres(file)) return takeLeaseOrThrow(file, purpose, now);
  const store = placeOf(file);
  const lockFile = `${store}.lock`;
  const ownerFile = `${store}.owner`;
  createPrivately(lockFile);
  const connection = hold(lockFile, () => heldByOther(store, readOwner(ownerFile)));
  held.add(connection);
  const owner: LockOwner = { pid: process.pid, purpose, since: new Date(now()).toISOString() };
  try {
    withFileErrors(ownerFile, () => writeAtOnce(ownerFile, JSON.stringify(owner)));
  } catch (error) {
    letGo(connection);
    throw error;
  }
  return {
    release() {
      if (!held.has(connection)) return;
      rmSync(ownerFile, { force: true });
      letGo(connection);
    },
  };
}

function takeLeaseOrThrow(
  place: string,
  purpose: string,
  now: () => number,
  onLost: (error: Error) => void = () => {},
): Lock {
  const lease = takeLease(place, { purpose, now, onLost });
  if (lease === null) throw heldByOther(addressOf(place).name, readLeaseOwner(place));
  return lease;
}

/** How often a process that waits for a lease looks whether it is free. */
const waitMs = 5_000;

/**
 * The same for a service. With PostgreSQL it waits as a standby while another process has the store;
 * null: it was stopped meanwhile. `onLost`: another process has taken over, so this one must stop.
 */
export async function awaitLock(
  place: string,
  purpose: string,
  {
    now,
    signal,
    onWait,
    onLost,
  }: {
    now(): number;
    signal: AbortSignal;
    onWait(reason: string): void;
    onLost(error: Error): void;
  },
): Promise<Lock | null> {
  if (!isPostgres(place)) return acquireLock(place, purpose, now);
  for (let reason = ''; !signal.aborted; ) {
    try {
      return takeLeaseOrThrow(place, purpose, now, onLost);
    } catch (error) {
      if (!isKindError(error, 'config', 'transient')) throw error;
      if (error.message !== reason) onWait(error.message);
      reason = error.message;
    }
    await setTimeout(waitMs, undefined, { signal }).catch(() => {});
  }
  return null;
}

/** Who works on the store now, as far as can be seen without trying its lock; null: nobody. */
export function readLockOwner(file: string): LockOwner | null {
  if (isPostgres(file)) return readLeaseOwner(file);
  const owner = readOwner(`${placeOf(file)}.owner`);
  return owner !== null && isAlive(owner.pid) ? owner : null;
}

/** One that was killed has left its note. */
function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** The transaction is never ended: closing the connection, or the process, releases it. */
function hold(lockFile: string, heldError: () => KindError): DatabaseSync {
  const connection = new DatabaseSync(lockFile, { open: false, timeout: 0 });
  try {
    connection.open();
    connection.exec('PRAGMA locking_mode = NORMAL; BEGIN EXCLUSIVE');
    return connection;
  } catch (error) {
    if (connection.isOpen) connection.close();
    const fault = fromSqliteError(error, lockFile);
    throw isKindError(fault, 'transient') ? heldError() : fault;
  }
}

function letGo(connection: DatabaseSync): void {
  held.delete(connection);
  connection.close();
}

function heldByOther(store: string, owner: LockOwner | null): KindError {
  const where = owner?.host === undefined ? '' : ` on ${owner.host}`;
  const who =
    owner === null ? '' : ` (pid ${owner.pid}${where}, \`${owner.purpose}\`, since ${owner.since})`;
  return new KindError('config', `Another prepaid-hours process${who} is using ${store}.`, {
    fix: 'Wait until it has finished, or stop it, then run this again.',
  });
}

/** Writes atomically: the other process never reads half of it. */
function writeAtOnce(file: string, text: string): void {
  writeFileSync(`${file}.new`, text, { mode: 0o600 });
  renameSync(`${file}.new`, file);
}

/** Null if the other process has only just taken the lock, or the file is from an older version. */
function readOwner(ownerFile: string): LockOwner | null {
  try {
    const owner: unknown = JSON.parse(readFileSync(ownerFile, 'utf8'));
    return isOwner(owner) ? owner : null;
  } catch {
    return null;
  }
}

function isOwner(value: unknown): value is LockOwner {
  return (
    typeof value === 'object' &&
    value !== null &&
    'pid' in value &&
    'purpose' in value &&
    'since' in value
  );
}
