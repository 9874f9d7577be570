import { compareBlocks } from './compare-blocks.ts';
import { compareDeliveries } from './compare-deliveries.ts';
import { compareHours } from './compare-hours.ts';
import type { ReconcileContext, ReconcileOutcome } from './context.ts';
import { findHandSales } from './find-hand-sales.ts';
import { listTickets, listTime } from './list-work.ts';

/**
 * Compares the stored data of some clients with one connection's current data. Throws the KindError
 * that stopped it; known differences are then kept.
 */
export async function reconcileConnection(context: ReconcileContext): Promise<ReconcileOutcome> {
  const outcome: ReconcileOutcome = { rows: 0, differences: 0 };
  await context.store.beginListing();
  await listTickets(context, outcome);
  await listTime(context, outcome);
  await compareHours(context, outcome);
  await compareBlocks(context, outcome);
  await compareDeliveries(context, outcome);
  await findHandSales(context, outcome);
  return outcome;
}
