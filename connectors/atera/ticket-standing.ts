/** A single ticket, and how it stands. */
import type { SourceId, Standing } from '../../src/contract/connector.ts';
import type { Api } from './api.ts';
import { isClosedStatus } from './mapping.ts';
import { TicketStanding } from './schema.ts';
import { isSameName } from './text.ts';

function ticketPath(id: SourceId): string {
  return `/tickets/${encodeURIComponent(id)}`;
}

/** Null: it is not there any more. */
export async function readTicket(
  api: Api,
  id: SourceId,
  signal: AbortSignal,
): Promise<TicketStanding | null> {
  const ticket = await api.getIfThere(ticketPath(id), TicketStanding, signal);
  return ticket === null || isDeleted(ticket) ? null : ticket;
}

/** Atera may go on showing a ticket that was deleted, in a status of its own. */
export function isDeleted({ TicketStatus }: TicketStanding): boolean {
  return isSameName(TicketStatus, 'Deleted');
}

export async function inspectTicket(
  api: Api,
  id: SourceId,
  signal: AbortSignal,
): Promise<Standing | null> {
  const ticket = await readTicket(api, id, signal);
  return ticket === null ? null : { isClosed: isClosedStatus(ticket.TicketStatus, api) };
}
