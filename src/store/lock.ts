import { setTimeout } from 'node:timers/promises';
import { isKindError } from '../domain/errors.ts';
import { isPostgres } from '../domain/store-address.ts';
import type { Lock, LockOwner } from './lock-owner.ts';
import { acquireFileLock, readFileOwner } from './sqlite/file-lock.ts';

export type { LockOwner } from './lock-owner.ts';

/** How often a process that waits for a lease looks whether it is free. */
const waitMs = 5_000;

/**
 * Makes this process the only one that uses the store. `purpose` is the command. Throws `config` if
 * another process holds it.
 */
export async function acquireLock(
  place: string,
  purpose: string,
  now: () => number = () => Date.now(),
): Promise<Lock> {
  if (!isPostgres(place)) return acquireFileLock(place, purpose, now);
  const { takeLease } = await import('./postgres/lease.ts');
  return takeLease(place, { purpose, now, onLost: () => {} });
}

/**
 * The same for a service. With PostgreSQL it waits as a standby while another process has the store;
 * null: it was stopped meanwhile. `onLost`: another process has taken over, so this one must stop.
 */
export async function awaitLock(
  place: string,
  purpose: string,
  options: {
    now(): number;
    signal: AbortSignal;
    onWait(reason: string): void;
    onLost(error: unknown): void;
  },
): Promise<Lock | null> {
  const { now, signal, onWait, onLost } = options;
  if (!isPostgres(place)) return acquireFileLock(place, purpose, now);
  const { takeLease } = await import('./postgres/lease.ts');
  for (let reason = ''; !signal.aborted; ) {
    try {
      return takeLease(place, { purpose, now, onLost });
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
export async function readLockOwner(place: string): Promise<LockOwner | null> {
  if (!isPostgres(place)) return readFileOwner(place);
  const { readLeaseOwner } = await import('./postgres/lease.ts');
  return readLeaseOwner(place);
}
