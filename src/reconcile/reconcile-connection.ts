import { compareBlocks } from './compare-blocks.ts';
import { compareDeliveries } from './compare-deliveries.ts';
import { compareHours } from './compare-hours.ts';
import type { ReconcileContext, ReconcileOutcome } from './context.ts';
import { findHandSales } from './find-hand-sales.ts';
import { listTickets, listTime } from './list-work.ts';

/**
 * Compares all that is known of some clients with what one connection shows now. Throws the KindError
 * that stopped it: then what was known to differ stays known.
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
