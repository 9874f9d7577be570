/** Time for a vendor that shows it only per ticket: one request each. */
import type { SourceId, TicketTimePage } from '../../../src/contract/connector.ts';
import { isKindError } from '../../../src/domain/errors.ts';

/** Tickets read in parallel; their pages still come out in the requested order. */
const atOnce = 4;

/** `onStored`: what follows once the pages of these tickets are stored. */
export async function* timeByTicket(
  ticketIds: readonly SourceId[],
  read: (ticketId: SourceId) => Promise<TicketTimePage>,
  onStored: (ticketIds: readonly SourceId[]) => Promise<void> = async () => {},
): AsyncGenerator<TicketTimePage> {
  const readOne = async (ticketId: SourceId): Promise<TicketTimePage> => {
    try {
      return await read(ticketId);
    } catch (error) {
      if (!isKindError(error, 'rejected') || error.status !== 404) throw error;
      return unreadableTicket(ticketId, 'was listed, but its time was not found (404)');
    }
  };
  for (let from = 0; from < ticketIds.length; from += atOnce) {
    const batch = ticketIds.slice(from, from + atOnce);
    yield* await Promise.all(batch.map(readOne));
    // The pages were stored before the next is requested.
    await onStored(batch);
  }
}

/** Its time stays as it was last read. `what`: continues "The ticket". */
export function unreadableTicket(ticketId: SourceId, what: string): TicketTimePage {
  const reason = `The ticket ${what}. Its time stays as last read. Check whether it was deleted or the permission to see it was removed.`;
  const row = { sourceId: `ticket ${ticketId}`, reason, row: { id: ticketId } };
  return { ticketIds: [], rows: [], rejected: [row] };
}
