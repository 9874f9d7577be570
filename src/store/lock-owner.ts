import { KindError } from '../domain/errors.ts';

/** Held until `release`, or until the process ends. */
export interface Lock {
  release(): void;
}

/** For messages alone: who holds the lock is decided by the system. */
export interface LockOwner {
  pid: number;
  purpose: string;
  since: string;
  /** Where it runs, if the database is on a server. */
  host?: string;
}

export function heldByOther(store: string, owner: LockOwner | null): KindError {
  const where = owner?.host === undefined ? '' : ` on ${owner.host}`;
  const who =
    owner === null ? '' : ` (pid ${owner.pid}${where}, \`${owner.purpose}\`, since ${owner.since})`;
  return new KindError('config', `Another prepaid-hours process${who} is using ${store}.`, {
    fix: 'Wait until it has finished, or stop it, then run this again.',
  });
}
