/** How an alert ticket stands, and taking it back: an internal note that says why, then a closing status. */
import type { z } from 'zod';
import type {
  PushMessages,
  SourceId,
  Standing,
  Withdrawal,
  Withdrawn,
} from '../../src/contract/connector.ts';
import { Id } from '../http/wire.ts';
import { explainWithdrawal } from '../kit/undo-note.ts';
import { alertsOf, KeyedTicket, keyOf } from './keyed-ticket.ts';
import { createNotePush } from './push-note.ts';
import type { Rooms } from './rooms.ts';

const AlertTicket = KeyedTicket.extend({ status: Id.nullish() });
type AlertTicket = z.infer<typeof AlertTicket>;

/** Null: there is no such ticket any more. */
export async function inspectTicket(
  rooms: Rooms,
  ticketId: SourceId,
  signal: AbortSignal,
): Promise<Standing | null> {
  const ticket = await rooms.api.item('Tickets', ticketId, AlertTicket, signal);
  return ticket === null ? null : { isClosed: await isClosed(rooms, ticket, signal) };
}

/** Null: the ticket cannot be seen or does not bear our key any more, or Autotask took the status and did not close it. */
export async function withdrawTicket(
  rooms: Rooms,
  message: Pick<PushMessages['alert-ticket'], 'key' | 'clientId'>,
  withdrawal: Withdrawal,
  signal: AbortSignal,
): Promise<Withdrawn | null> {
  const { key } = message;
  const { remoteId } = withdrawal;
  const { api, directory } = rooms;
  const { keyField, withdrawnStatus } = alertsOf(api.config);
  const ticket = await api.item('Tickets', remoteId, AlertTicket, signal);
  if (ticket === null || keyOf(ticket, keyField) !== key) return null;
  if (await isClosed(rooms, ticket, signal)) return { remoteId };
  const closing = withdrawnStatus ?? api.config.closedStatuses[0] ?? '';
  const status = await directory.valueOf('Tickets', 'status', closing, signal);
  await explainWithdrawal(createNotePush(rooms), message, withdrawal, signal);
  await api.patch('Tickets', { id: Number(remoteId), status }, signal);
  const after = await api.item('Tickets', remoteId, AlertTicket, signal);
  return after !== null && (await isClosed(rooms, after, signal)) ? { remoteId } : null;
}

async function isClosed(
  { api, directory }: Rooms,
  { status }: AlertTicket,
  signal: AbortSignal,
): Promise<boolean> {
  const labels = await directory.labels('Tickets', 'status', [status], signal);
  return api.config.closedStatuses.includes(labels.get(status ?? '') ?? '');
}
