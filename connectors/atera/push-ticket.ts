/**
 * Low-balance tickets, and tickets that say what to invoice, since Atera takes no invoices: both found again
 * by the key at the end of their title, among the client's tickets.
 */

import type { Delivered, Push, PushMessages, SourceId } from '../../src/contract/connector.ts';
import { KindError } from '../../src/domain/errors.ts';
import { msFromInstant } from '../../src/domain/time.ts';
import { hasMarker, markedLine } from '../kit/marker.ts';
import { saleText } from '../kit/sale-text.ts';
import { type Api, believeRow } from './api.ts';
import { readFact, refuseIfFalse, verifyFact, verifyKept } from './facts.ts';
import { ContactWire, TicketStanding } from './schema.ts';
import { inspectTicket, isDeleted, readTicket } from './ticket-standing.ts';
import { utcMoment } from './wall-clock.ts';
import { withdrawTicket } from './withdraw-ticket.ts';

export interface NewTicket {
  key: string;
  clientId: SourceId;
  subject: string;
  body: string;
}

export function createAlertPush(api: Api): Push<'alert-ticket'> {
  return {
    find: (message, signal) => findTicket(api, message, signal),
    create: (message, signal) => createTicket(api, message, signal),
    inspect: (_, id, signal) => inspectTicket(api, id, signal),
    withdraw: (message, withdrawal, signal) =>
      withdrawTicket(api, message, withdrawal, 'withdrawn', signal),
  };
}

export function createSalePush(api: Api): Push<'invoice'> {
  return {
    find: (sale, signal) => findTicket(api, sale, signal),
    create: (sale, signal) => createTicket(api, toTicket(sale), signal),
    // Whether it was invoiced, and for how much, the ticket does not show.
    inspect: async (_, id, signal) => ((await inspectTicket(api, id, signal)) === null ? null : {}),
    withdraw: (sale, withdrawal, signal) =>
      withdrawTicket(api, sale, withdrawal, 'by-hand', signal),
  };
}

export function toTicket(sale: PushMessages['invoice']): NewTicket {
  const { key, clientId, title: subject } = sale;
  return { key, clientId, subject, body: saleText(sale) };
}

export function ticketsOf(clientId: SourceId) {
  return { path: '/tickets/noComments', query: { customerId: clientId }, idName: 'TicketID' };
}

/** Atera has no search by title: the client's tickets are read until the one with the key. */
export async function findTicket(
  api: Api,
  { key, clientId }: Pick<NewTicket, 'key' | 'clientId'>,
  signal: AbortSignal,
): Promise<Delivered | null> {
  await refuseIfFalse(api.context, 'tickets-by-client');
  const list = ticketsOf(clientId);
  for await (const { rows } of api.pages(list, signal)) {
    for (const row of rows) {
      const ticket = believeRow(list.path, row, TicketStanding);
      if (ticket.CustomerID !== clientId) throw ignored(list.path, ticket);
      const isOurs = hasMarker(ticket.TicketTitle, key) && !isDeleted(ticket);
      if (isOurs) return delivered(ticket.TicketID);
    }
  }
  return null;
}

/** Rows nobody asked for mean that the whole table is coming, with or without the right rows. */
function ignored(path: string, { CustomerID }: TicketStanding): KindError {
  return new KindError(
    'contract',
    `GET ${path} answered with customer ${CustomerID}, not asked for.`,
    {
      fix: 'The filter was ignored. Run check.',
    },
  );
}

function delivered(id: SourceId): Delivered {
  return { remoteId: id, label: `#${id}` };
}

/** No document tells what a title may hold. */
const titleLengthMax = 150;

export async function createTicket(
  api: Api,
  ticket: NewTicket,
  signal: AbortSignal,
): Promise<Delivered> {
  await refuseIfFalse(api.context, 'tickets-by-client', 'ticket-title');
  const contactId = await contactOf(api, ticket.clientId, signal);
  const { type, priority, status } = api.config.tickets;
  const body = {
    TicketTitle: markedLine(ticket.subject, ticket.key, titleLengthMax),
    Description: ticket.body,
    EndUserID: Number(contactId),
    TicketType: type,
    TicketPriority: priority,
    TicketStatus: status,
  };
  const actionId = await api.write('POST', '/tickets', body, signal);
  return readBack(api, ticket, actionId, signal);
}

/** The contact in the config, seen to be this client's: with another's, the ticket would be another's too. */
export async function contactOf(api: Api, clientId: SourceId, signal: AbortSignal) {
  const contactId = api.config.contacts[clientId];
  if (contactId === undefined) {
    throw new KindError('config', `No contact is set for customer ${clientId}: tickets need one.`, {
      fix: `Add contacts: { ${clientId}: EndUserID } to connection "${api.context.connection}".`,
    });
  }
  const contact = await api.getIfThere(`/contacts/${contactId}`, ContactWire, signal);
  if (contact?.CustomerID === clientId) return contact.EndUserID;
  const found = contact === null ? 'is not there' : `is of customer ${contact.CustomerID}`;
  throw new KindError('config', `Contact ${contactId} of customer ${clientId} ${found}.`, {
    fix: 'Correct `contacts` in the config.',
  });
}

/** By the ActionID that was answered, else by its key. It stands; not seeing it leaves the outcome open. */
async function readBack(
  api: Api,
  ticket: NewTicket,
  actionId: SourceId | null,
  signal: AbortSignal,
): Promise<Delivered> {
  const { context } = api;
  const isTried = actionId !== null && (await readFact(context, 'action-id')) !== 'no';
  // No ticket has another kind of id: asking for it would be refused, as if the ticket had been.
  const isNumber = isTried && /^\d+$/.test(actionId);
  const shown = isNumber ? await readTicket(api, actionId, signal) : null;
  const isOurs = shown !== null && hasMarker(shown.TicketTitle, ticket.key);
  if (shown !== null && isOurs && shown.CustomerID === ticket.clientId) {
    await verifyFact(context, 'action-id', true);
    await verifyFact(context, 'ticket-title', true);
    await settleTimes(api, shown);
    return delivered(shown.TicketID);
  }
  const found = await findTicket(api, ticket, signal);
  if (isTried && found !== null) await verifyFact(context, 'action-id', false);
  await verifyKept(context, 'ticket-title', false, async () => found !== null);
  if (found !== null) return found;
  throw new KindError(
    'unknown-outcome',
    `A ticket for customer ${ticket.clientId} was accepted, and is not found by its title.`,
    { fix: 'Look at it in Atera before anything is sent again.' },
  );
}

/** Atera's clock and ours may differ by so much; a zone differs by more. */
const clockMsMax = 10 * 60_000;

async function settleTimes(api: Api, { TicketCreatedDate }: TicketStanding): Promise<void> {
  if (!TicketCreatedDate) return;
  const offMs = msFromInstant(utcMoment(TicketCreatedDate)) - api.context.now();
  await verifyFact(api.context, 'ticket-times', Math.abs(offMs) <= clockMsMax);
}
