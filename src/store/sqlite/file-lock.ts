import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { isKindError, type KindError } from '../../domain/errors.ts';
import { heldByOther, type Lock, type LockOwner } from '../lock-owner.ts';
import { placeOf } from '../place.ts';
import { createPrivately, withFileErrors } from '../private-file.ts';
import { fromSqliteError } from './sqlite-error.ts';

/** Keeps a reference: the garbage collector would close the connection and release the lock. */
const held = new Set<DatabaseSync>();

/**
 * Makes this process the only one that uses the store. It is an operating system lock on a file
 * next to the store, taken through SQLite, so nothing has to be cleaned up after a kill. `purpose`
 * is the command. Throws `config` if another process holds it.
 */
export function acquireFileLock(
  file: string,
  purpose: string,
  now: () => number = () => Date.now(),
): Lock {
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

/** Who works on the store now, as far as can be seen without trying its lock; null: nobody. */
export function readFileOwner(file: string): LockOwner | null {
  const owner = readOwner(`${placeOf(file)}.owner`);
  return owner !== null && isAlive(owner.pid) ? owner : null;
}

/** Of a process on this machine: one that was killed leaves notes and drafts. */
export function isAlive(pid: number): boolean {
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
