/** How an alert ticket stands, and taking it back: an internal note that says why, then a closing status. */
import { z } from 'zod';
import type {
  PushMessages,
  SourceId,
  Standing,
  Withdrawal,
  Withdrawn,
} from '../../src/contract/connector.ts';
import { ifThere } from '../http/if-there.ts';
import { explainWithdrawal } from '../text/undo-note.ts';
import type { Api } from './api.ts';
import { isClosedTicket } from './mapping.ts';
import type { Names } from './names.ts';
import { createNotePush } from './push-note.ts';
import { TicketWire } from './schema.ts';

const AlertTicket = TicketWire.pick({
  ...{ id: true, status_id: true, status_name: true, hasbeenclosed: true, dateclosed: true },
}).extend({ deleted: z.boolean().nullish(), third_party_id_string: z.string().nullish() });
type AlertTicket = z.infer<typeof AlertTicket>;

/** Null: there is no such ticket any more. */
export async function inspectTicket(
  api: Api,
  names: Names,
  ticketId: SourceId,
  signal: AbortSignal,
): Promise<Standing | null> {
  const ticket = await readTicket(api, ticketId, signal);
  return ticket === null ? null : { isClosed: await isClosed(api, names, ticket, signal) };
}

/** Null: the ticket cannot be seen or does not bear our key any more, or Halo took the status and did not close it. */
export async function withdrawTicket(
  api: Api,
  names: Names,
  message: Pick<PushMessages['alert-ticket'], 'key' | 'clientId'>,
  withdrawal: Withdrawal,
  signal: AbortSignal,
): Promise<Withdrawn | null> {
  const { key } = message;
  const { remoteId } = withdrawal;
  const ticket = await readTicket(api, remoteId, signal);
  if (ticket?.third_party_id_string !== key) return null;
  if (await isClosed(api, names, ticket, signal)) return { remoteId };
  const status_id = await names.idOf('statuses', closingStatus(api), signal);
  await explainWithdrawal(createNotePush(api), message, withdrawal, signal);
  await api.post('/Tickets', { id: Number(remoteId), status_id }, z.unknown(), signal);
  const after = await readTicket(api, remoteId, signal);
  const isDone = after !== null && (await isClosed(api, names, after, signal));
  return isDone ? { remoteId } : null;
}

function closingStatus({ config }: Api): string {
  return config.alerts?.withdrawnStatus ?? config.closedStatuses?.[0] ?? 'Closed';
}

async function isClosed(
  { config }: Api,
  names: Names,
  ticket: AlertTicket,
  signal: AbortSignal,
): Promise<boolean> {
  const { closedStatuses } = config;
  if (closedStatuses === undefined || ticket.status_name || ticket.status_id == null) {
    return isClosedTicket(ticket, closedStatuses ?? null);
  }
  // Read by itself, a ticket may show the number of its status alone.
  const status_name = (await names.byId('statuses', [ticket.status_id], signal)).get(
    ticket.status_id,
  );
  return isClosedTicket({ ...ticket, status_name }, closedStatuses);
}

async function readTicket(
  api: Api,
  ticketId: SourceId,
  signal: AbortSignal,
): Promise<AlertTicket | null> {
  const path = `/Tickets/${encodeURIComponent(ticketId)}`;
  const ticket = await ifThere(api.get(path, {}, AlertTicket, signal));
  return ticket?.deleted === true ? null : ticket;
}
