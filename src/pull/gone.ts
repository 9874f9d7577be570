import type { ClientLoss } from '../domain/records/vanished.ts';
import { countPage, type PullCounts } from './counts.ts';
import type { PullContext } from './pull-stream.ts';

/**
 * Removes time entries whose deletion the vendor told, and that a read by ID no longer found. What
 * would be most of a client's time is returned instead: the next sweep asks about it.
 */
export async function removeGone(
  {
    store,
    connection,
    runId,
    runStartedAt: at,
  }: Pick<PullContext, 'store' | 'connection' | 'runId' | 'runStartedAt'>,
  goneIds: readonly string[],
  counts: PullCounts,
): Promise<readonly ClientLoss[]> {
  if (goneIds.length === 0) return [];
  const page = { stream: 'timeEntries', rows: [], rejected: [], goneIds } as const;
  const outcome = await store.writePage({ ...page, connection, runId, at, since: at });
  countPage(counts, 'timeEntries', 0, { ...outcome, vanished: [] });
  return outcome.vanished;
}
