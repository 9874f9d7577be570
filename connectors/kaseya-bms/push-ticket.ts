/** Low-balance tickets, found again by the key in their title. */

import type {
  Delivered,
  Push,
  SourceId,
  Withdrawal,
  Withdrawn,
} from '../../src/contract/connector.ts';
import { KindError } from '../../src/domain/errors.ts';
import { instantFromMs } from '../../src/domain/time.ts';
import { hasMarker, markedLine } from '../kit/marker.ts';
import { type Api, eachRow, type Query } from './api.ts';
import type { KaseyaBmsConfig } from './config.ts';
import { readFact, refuseIfFalse, verifyKept } from './facts.ts';
import { isClosedTicket } from './mapping.ts';
import { momentText } from './moments.ts';
import { locationOf, numberOf, typeOf } from './names.ts';
import { accountNumbers, readingOf } from './pull.ts';
import { TicketWire } from './schema.ts';
import { settleMomentsBy } from './zone-facts.ts';

export const ticketsPath = '/v2/servicedesk/tickets';

export interface NewTicket {
  key: string;
  clientId: SourceId;
  /** Name of the queue. */
  queue: string;
  subject: string;
  body: string;
}

export function createAlertPush(api: Api): Push<'alert-ticket'> {
  return {
    async find(message, signal) {
      const found = await findTicket(api, message, signal);
      return found === null ? null : toDelivered(found);
    },
    async create(message, signal) {
      const { queue } = alertsOf(api.config);
      return toDelivered(await createTicket(api, { ...message, queue }, signal));
    },
    async inspect(_, ticketId, signal) {
      const ticket = await readTicket(api, ticketId, signal);
      return ticket === null ? null : { isClosed: isClosedTicket(ticket, readingOf(api)) };
    },
    withdraw: (message, withdrawal, signal) => withdrawTicket(api, message.key, withdrawal, signal),
  };
}

export function alertsOf(config: KaseyaBmsConfig): NonNullable<KaseyaBmsConfig['alerts']> {
  if (config.alerts !== undefined) return config.alerts;
  throw new KindError('config', 'This connection to BMS has no settings for tickets.', {
    fix: 'Add alerts: { queue: NAME, type: NAME } to it.',
  });
}

/** Until the filter is known to work, the account's tickets are read without it. */
export async function findTicket(
  api: Api,
  ticket: Pick<NewTicket, 'key' | 'clientId'>,
  signal: AbortSignal,
): Promise<TicketWire | null> {
  const isFiltered = (await readFact(api.context, 'title-filter')) === 'yes';
  return search(api, ticket, isFiltered ? { 'Filter.Title': ticket.key } : {}, signal);
}

async function search(
  api: Api,
  { key, clientId }: Pick<NewTicket, 'key' | 'clientId'>,
  byTitle: Query,
  signal: AbortSignal,
): Promise<TicketWire | null> {
  const [accountId = ''] = accountNumbers([clientId]);
  const query = { 'Filter.AccountIds': accountId, 'Filter.ExcludeCompleted': 0, ...byTitle };
  const list = { path: ticketsPath, query, isCounted: true };
  for await (const row of eachRow(api, list, TicketWire, signal)) {
    if (hasMarker(row.title, key) && row.accountid === accountId) return row;
  }
  return null;
}

/** No length of titles is published; so many characters fit into every ticket list. */
const titleLengthMax = 200;

export async function createTicket(
  api: Api,
  ticket: NewTicket,
  signal: AbortSignal,
): Promise<TicketWire> {
  const { context, zones } = api;
  await refuseIfFalse(context, 'ticket-key-kept');
  const alerts = alertsOf(api.config);
  const { typeId, sourceId } = await typeOf(api, alerts.type, signal);
  const source = alerts.sourceId ?? sourceId;
  if (source === null) {
    throw new KindError('config', `BMS shows no source of a ticket of the type "${alerts.type}".`, {
      fix: 'Set alerts.sourceId.',
    });
  }
  const body = {
    Title: markedLine(ticket.subject, ticket.key, titleLengthMax),
    Details: ticket.body,
    AccountId: Number(accountNumbers([ticket.clientId])[0]),
    LocationId: await locationOf(api, ticket.clientId, signal),
    QueueId: await numberOf(api, 'queue', ticket.queue, signal),
    StatusId: await numberOf(api, 'status', alerts.status, signal),
    PriorityId: await numberOf(api, 'priority', alerts.priority, signal),
    TypeId: typeId,
    SourceId: source,
    OpenDate: momentText(instantFromMs(context.now()), zones.moments),
  };
  const made = await api.write('POST', ticketsPath, body, TicketWire, signal);
  const isKept = hasMarker(made.title, ticket.key);
  await verifyKept(context, 'ticket-key-kept', isKept, async () => false);
  if (!isKept) context.log.warn('A new ticket did not keep its key.', { ticket: made.id });
  await settleMomentsBy(api, made.createdon);
  if (isKept && (await readFact(context, 'title-filter')) === null) {
    const found = await search(api, ticket, { 'Filter.Title': ticket.key }, signal);
    await verifyKept(context, 'title-filter', false, async () => found?.id === made.id);
  }
  return made;
}

function readTicket(api: Api, ticketId: SourceId, signal: AbortSignal): Promise<TicketWire | null> {
  return api.getIfThere(`${ticketsPath}/${encodeURIComponent(ticketId)}`, TicketWire, signal);
}

/** Null: the ticket is gone, does not bear our key any more, or was resolved and did not close. */
export async function withdrawTicket(
  api: Api,
  key: string,
  { remoteId, reason }: Withdrawal,
  signal: AbortSignal,
): Promise<Withdrawn | null> {
  const ticket = await readTicket(api, remoteId, signal);
  if (ticket === null || !hasMarker(ticket.title, key)) return null;
  if (isClosedTicket(ticket, readingOf(api))) return { remoteId };
  const { withdrawnStatus } = alertsOf(api.config);
  const body = {
    Id: Number(ticket.id),
    Comment: reason,
    StatusId: await numberOf(api, 'status', withdrawnStatus, signal),
    IsInternal: true,
    IsPublishToKnowledgeBase: false,
  };
  await api.write('POST', `${ticketsPath}/${ticket.id}/resolve`, body, TicketWire, signal);
  const after = await readTicket(api, remoteId, signal);
  return after !== null && isClosedTicket(after, readingOf(api)) ? { remoteId } : null;
}

function toDelivered({ id, ticketnumber }: TicketWire): Delivered {
  return ticketnumber ? { remoteId: id, label: ticketnumber } : { remoteId: id };
}
