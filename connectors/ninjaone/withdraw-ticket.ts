/** Taking an alert ticket back: an internal comment that says why, then a status that means closed. */
import type {
  PushMessages,
  SourceId,
  Withdrawal,
  Withdrawn,
} from '../../src/contract/connector.ts';
import { hasMarker } from '../kit/marker.ts';
import { explainWithdrawal } from '../kit/undo-note.ts';
import type { PushRooms } from './alert-ticket.ts';
import { createTicketNote } from './push.ts';

/**
 * Null: the ticket is somebody else's by now, NinjaOne does not show what an update needs, or it took
 * the update and shows the ticket open.
 */
export async function withdrawTicket(
  rooms: PushRooms,
  message: Pick<PushMessages['alert-ticket'], 'key' | 'clientId'>,
  withdrawal: Withdrawal,
  signal: AbortSignal,
): Promise<Withdrawn | null> {
  const { key } = message;
  const { remoteId } = withdrawal;
  const { api } = rooms;
  const { data: ticket } = await api.ticket(remoteId, signal);
  if (ticket.deleted === true) return { remoteId };
  const isOurs = hasMarker(ticket.subject, key) || ticket.tags?.includes(key) === true;
  if (!isOurs) return null;
  if (await isClosed(rooms, remoteId, signal)) return { remoteId };
  const { version, ticketFormId, subject, requesterUid } = ticket;
  // All of these are required; without one the update would be refused after the comment was made.
  if (version == null || ticketFormId == null || subject == null || requesterUid == null)
    return null;
  await explainWithdrawal(createTicketNote(rooms), message, withdrawal, signal);
  // The comment may have moved the version, which guards against two people's changes.
  const { data: now } = await api.ticket(remoteId, signal);
  const update = {
    version: now.version ?? version,
    clientId: Number(ticket.clientId ?? message.clientId),
    ticketFormId: Number(ticketFormId),
    subject,
    status: await rooms.statuses.closing(signal),
    requesterUid,
    // What is left out might be emptied, and our key may stand there alone.
    ...(now.tags == null ? {} : { tags: now.tags }),
  };
  await api.updateTicket(remoteId, update, signal);
  return (await isClosed(rooms, remoteId, signal)) ? { remoteId } : null;
}

async function isClosed(
  { api, statuses }: PushRooms,
  ticketId: SourceId,
  signal: AbortSignal,
): Promise<boolean> {
  const { status } = (await api.ticket(ticketId, signal)).data;
  if (status?.statusId == null) return false;
  return (await statuses.closed(signal)).has(status.statusId);
}
