/** Taking a ticket back: an internal note that says why, then the status that closes it. */
import type { SourceId, Withdrawal, Withdrawn } from '../../src/contract/connector.ts';
import { hasMarker } from '../kit/marker.ts';
import type { Api } from './api.ts';
import { isClosedStatus } from './mapping.ts';
import { createNotePush } from './push-note.ts';
import { readTicket } from './ticket-standing.ts';

/**
 * `whenClosed`: what a ticket is that people have closed already. An alert is done with then; a sale was
 * probably invoiced. Null, too, where the ticket bears our key no more, or did not close.
 */
export async function withdrawTicket(
  api: Api,
  { key, clientId }: { key: string; clientId: SourceId },
  { remoteId, reason }: Withdrawal,
  whenClosed: 'withdrawn' | 'by-hand',
  signal: AbortSignal,
): Promise<Withdrawn | null> {
  const ticket = await readTicket(api, remoteId, signal);
  if (ticket === null) return { remoteId };
  if (!hasMarker(ticket.TicketTitle, key)) return null;
  const isClosed = isClosedStatus(ticket.TicketStatus, api);
  if (isClosed && whenClosed === 'withdrawn') return { remoteId };
  const note = {
    ...{ key: `undo:${key}`, clientId, ticketId: remoteId, body: reason },
    audience: 'internal' as const,
  };
  const notes = createNotePush(api);
  const standing = await notes.find(note, signal);
  // Our own note tells a sale that we withdrew from one that people closed.
  if (isClosed) return standing === null ? null : { remoteId };
  if (standing === null) await notes.create(note, signal);
  const path = `/tickets/${encodeURIComponent(remoteId)}`;
  const body = { TicketStatus: api.config.tickets.withdrawnStatus };
  await api.write('PUT', path, body, signal);
  const after = await readTicket(api, remoteId, signal);
  return after === null || isClosedStatus(after.TicketStatus, api) ? { remoteId } : null;
}
