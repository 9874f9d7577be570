import { KindError } from '../domain/errors.ts';
import type { Format } from '../domain/format.ts';
import type { ListingScope, TicketHours } from '../store/port.ts';
import { entryText } from './compare-rows.ts';
import {
  clientFinder,
  type Found,
  type ReconcileContext,
  type ReconcileOutcome,
  sourceIdsOf,
} from './context.ts';
import { keepFound } from './found.ts';

/** Up to this many entries may all be deleted; with more, a lost permission is more likely. */
const entriesFree = 3;

/**
 * Once everything is listed: finds what is missing there, and compares the hours of each ticket.
 */
export async function compareHours(
  context: ReconcileContext,
  outcome: ReconcileOutcome,
): Promise<void> {
  const { store, connection, connector, from, readTo } = context;
  const { ticketTime, tickets } = connector.pull;
  const isTimePerTicket = ticketTime !== undefined;
  const scope: ListingScope = {
    connection,
    clientIds: sourceIdsOf(context),
    from,
    to: readTo.timeEntries,
    isTimePerTicket,
  };
  refuseEmptyList(context, await store.endListing(scope));
  const clientOf = clientFinder(context.clients, connection);
  for await (const page of store.streamUnlistedEntries()) {
    const found = page.map((entry): Found => {
      const subject = `time entry ${entry.sourceId}`;
      const clientId = clientOf(entry.clientId)?.id ?? null;
      const ours = entryText(entry, context.format);
      return { kind: 'entry-missing-there', subject, clientId, ours, theirs: 'not there' };
    });
    await keepFound(context, outcome, found);
  }
  if (tickets !== undefined) {
    const inTickets = { ...scope, to: readTo.tickets };
    for await (const page of store.streamUnlistedTickets(inTickets)) {
      const found = page.map(({ sourceId, clientId }): Found => {
        const ours = 'holds time';
        const common = { subject: `ticket ${sourceId}`, clientId: clientOf(clientId)?.id ?? null };
        return { kind: 'ticket-missing-there', ...common, ours, theirs: 'not there' };
      });
      await keepFound(context, outcome, found);
    }
  }
  for await (const page of store.streamHours()) {
    await keepFound(
      context,
      outcome,
      page.map((hours) => hoursFound(hours, clientOf(hours.clientId)?.id ?? null, context.format)),
    );
  }
}

/** An empty list where there was something is what a lost permission looks like. */
function refuseEmptyList(
  { connection }: ReconcileContext,
  { mirrored, unlisted }: { mirrored: number; unlisted: number },
): void {
  if (unlisted <= entriesFree || unlisted < mirrored) return;
  throw new KindError(
    'permission',
    `"${connection}" lists none of the ${mirrored} time entries that were read from it.`,
    { fix: 'Restore the API role’s permissions, then run again.' },
  );
}

export function hoursFound(
  hours: TicketHours,
  clientId: string | null,
  { duration }: Pick<Format, 'duration'>,
): Found {
  const { ticketId, theirs, ours, due, debited } = hours;
  const subject =
    ticketId === null ? `time of client ${hours.clientId} on no ticket` : `ticket ${ticketId}`;
  const isDebited = due === debited;
  const ourText = isDebited
    ? duration(ours)
    : `${duration(ours)}, debited ${duration(debited)} of ${duration(due)}`;
  const seconds = Math.max(Math.abs(theirs - ours), Math.abs(due - debited));
  const text = duration(theirs);
  return { kind: 'ticket-hours', subject, clientId, ours: ourText, theirs: text, seconds };
}
