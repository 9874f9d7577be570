import type { TicketRow } from './rows.ts';

type Placed = Pick<TicketRow, 'sourceId' | 'mergedInto'> & { connection: string };

/** Connection names contain no line breaks. */
export function rowKey({ connection, sourceId }: Omit<Placed, 'mergedInto'>): string {
  return `${connection}\n${sourceId}`;
}

/**
 * Follows merges to the surviving ticket. Null: the entry has no ticket; undefined: the ticket is
 * unknown. A cycle of merges (which should not exist) ends at its first ticket.
 */
export function rootTicket<Ticket extends Placed>(
  { connection, ticketId }: { connection: string; ticketId: string | null },
  tickets: ReadonlyMap<string, Ticket>,
): Ticket | null | undefined {
  if (ticketId === null) return null;
  const seen = new Set<string>();
  let ticket = tickets.get(rowKey({ connection, sourceId: ticketId }));
  while (ticket?.mergedInto && !seen.has(ticket.sourceId)) {
    seen.add(ticket.sourceId);
    const next = tickets.get(rowKey({ connection, sourceId: ticket.mergedInto }));
    if (next === undefined) return undefined;
    ticket = next;
  }
  return ticket;
}
