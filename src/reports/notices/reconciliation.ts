import { formatDuration } from '../../domain/duration.ts';
import type { Instant } from '../../domain/time.ts';
import type { DifferenceSum, Store } from '../../store/port.ts';

/** When all clients were compared with the vendors last, and which connections could not be. */
export interface LastComparison {
  at: Instant;
  clients: number;
  failed: string[];
}

export interface Reconciliation extends LastComparison {
  /** What stands now: a later look at some clients alone may have changed it. */
  found: DifferenceSum;
}

/** Under this the service keeps a `LastComparison`. */
export const lastComparisonKey = 'last-comparison';

/** Null: never yet. */
export async function readReconciliation(
  store: Pick<Store, 'readMemory' | 'sumDifferences'>,
): Promise<Reconciliation | null> {
  const text = await store.readMemory('', lastComparisonKey);
  if (text === null) return null;
  // Written by the service, of this shape.
  const last = JSON.parse(text) as LastComparison;
  return { ...last, found: await store.sumDifferences(null) };
}

/** `143 clients, 0 s of difference`; with differences, how many and how much time. */
export function comparisonLine(clients: number, found: DifferenceSum): string {
  const who = `${clients} ${clients === 1 ? 'client' : 'clients'}`;
  if (found.rows === 0) return `${who}, 0 s of difference`;
  const what = `${found.rows} ${found.rows === 1 ? 'difference' : 'differences'}`;
  const time =
    found.seconds === 0 ? '0 s' : `${formatDuration(found.seconds)} (${found.seconds} s)`;
  return `${who}, ${time} of difference, ${what} in all`;
}
