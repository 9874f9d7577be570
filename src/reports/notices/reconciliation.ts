import type { Format } from '../../domain/format.ts';
import type { Instant } from '../../domain/time.ts';
import type { DifferenceSum, Store } from '../../store/port.ts';

/** When all clients were last compared with the vendors, and which connections failed. */
export interface LastComparison {
  at: Instant;
  clients: number;
  failed: string[];
}

export interface Reconciliation extends LastComparison {
  /** As of now: a later comparison of some clients may have changed it. */
  found: DifferenceSum;
}

/** The key under which the service stores a `LastComparison`. */
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

/** `143 clients checked, no differences`; otherwise how many differences, and their time in all. */
export function comparisonLine(clients: number, found: DifferenceSum, format: Format): string {
  const who = `${clients} ${clients === 1 ? 'client' : 'clients'} checked`;
  if (found.rows === 0) return `${who}, no differences`;
  const what = `${found.rows} ${found.rows === 1 ? 'difference' : 'differences'}`;
  if (found.seconds === 0) return `${who}, ${what}`;
  return `${who}, ${what}, ${format.duration(found.seconds)} in total`;
}
