import type { Difference } from '../store/port.ts';
import type { Found, ReconcileContext, ReconcileOutcome } from './context.ts';
import { fixOf } from './fixes.ts';

/** Stores a page's differences, and reports the new ones. */
export async function keepFound(
  context: ReconcileContext,
  outcome: ReconcileOutcome,
  found: readonly Found[],
): Promise<void> {
  if (found.length === 0) return;
  const { store, connection, connector, at, runId } = context;
  const canSweep = connector.pull.present !== undefined;
  const differences = found.map((one): Difference => {
    const { kind, subject, clientId, ours, theirs, seconds = 0 } = one;
    const fix = fixOf(one, { connection, canSweep });
    return { connection, kind, subject, clientId, ours, theirs, seconds, fix };
  });
  outcome.differences += differences.length;
  for (const news of await store.writeDifferences(differences, { at, runId })) {
    context.onDifference(news);
  }
}
