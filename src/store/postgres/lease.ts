import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import { isKindError } from '../../domain/errors.ts';
import { heldByOther, type Lock, type LockOwner } from '../lock-owner.ts';
import type { PostgresDatabase } from './database.ts';
import { openPostgres } from './open.ts';

/** A lease ends thirty seconds after it was renewed. */
const renewEveryMs = 10_000;

/**
 * Throws `config` if another process has it. `onLost`: called once when another one has taken over,
 * because this one was stopped for longer than the lease lasts.
 */
export function takeLease(
  place: string,
  { purpose, now, onLost }: { purpose: string; now(): number; onLost(error: unknown): void },
): Lock {
  const database = openPostgres(place, { isReadOnly: false, now });
  const holder = randomBytes(8).toString('hex');
  const since = new Date(now()).toISOString();
  const isTaken = database.write(() =>
    database.row<{ isOurs: number | null }>(
      'SELECT take_lease(?, ?, ?, ?, ?) AS isOurs',
      holder,
      purpose,
      hostname(),
      process.pid,
      since,
    ),
  );
  if (isTaken?.isOurs !== 1) {
    const owner = readOwner(database);
    database.close();
    throw heldByOther(database.name, owner);
  }
  let isHeld = true;
  // What this process still tries to write fails as well: the lease is not forgotten.
  const forget = database.holdLease(holder, (error) => {
    if (isHeld) onLost(error);
    isHeld = false;
    clearInterval(timer);
  });
  const timer = setInterval(() => renew(database), renewEveryMs);
  timer.unref();
  return {
    release() {
      if (!isHeld) return;
      isHeld = false;
      clearInterval(timer);
      try {
        database.run('DELETE FROM lease WHERE holder = ?', holder);
      } catch (error) {
        // Then it ends by itself.
        if (!isKindError(error)) throw error;
      }
      forget();
      database.close();
    },
  };
}

/** Any write renews it; this one keeps it while nothing is written. */
function renew(database: PostgresDatabase): void {
  try {
    database.write(() => {});
  } catch (error) {
    // An unreachable server says nothing about the lease, and one that is lost has been told.
    if (!isKindError(error)) throw error;
  }
}

/** Who works on the store now; null: nobody, or it cannot be seen. */
export function readLeaseOwner(place: string): LockOwner | null {
  try {
    const database = openPostgres(place, { isReadOnly: true, now: Date.now });
    try {
      return readOwner(database);
    } finally {
      database.close();
    }
  } catch (error) {
    if (!isKindError(error)) throw error;
    return null;
  }
}

function readOwner(database: PostgresDatabase): LockOwner | null {
  const owner = database.row<LockOwner>(
    'SELECT pid, purpose, since, host FROM lease WHERE ends_at > clock_timestamp()',
  );
  return owner ?? null;
}
