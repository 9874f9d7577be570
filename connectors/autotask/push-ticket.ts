/** Low-balance tickets, found again by their key in `externalID` or in a user-defined field. */

import type { Delivered, Push } from '../../src/contract/connector.ts';
import { addDays, dateInZone, instantFromMs } from '../../src/domain/time.ts';
import { oneLine, shortened } from '../kit/marker.ts';
import type { Query } from './api.ts';
import { readFact, refuseIfFalse, verifyKept } from './facts.ts';
import { alertsOf, KeyedTicket, keyOf } from './keyed-ticket.ts';
import { findInList } from './look-up.ts';
import { companyNumbers, equals, type Filter } from './query.ts';
import type { Rooms } from './rooms.ts';
import { inspectTicket, withdrawTicket } from './withdraw-ticket.ts';

const titleLengthMax = 255;
const descriptionLengthMax = 8000;

export interface NewTicket {
  key: string;
  clientId: string;
  subject: string;
  body: string;
}

export function createAlertPush(rooms: Rooms): Push<'alert-ticket'> {
  return {
    find: (message, signal) => findTicket(rooms, message, signal),
    create: (message, signal) => createTicket(rooms, message, signal),
    inspect: (_, ticketId, signal) => inspectTicket(rooms, ticketId, signal),
    withdraw: (message, withdrawal, signal) => withdrawTicket(rooms, message, withdrawal, signal),
  };
}

/** Until the filter is known to work, the company's tickets are read without it. */
async function findTicket(
  rooms: Rooms,
  ticket: NewTicket,
  signal: AbortSignal,
): Promise<Delivered | null> {
  const isFiltered = (await filterFact(rooms)) === 'yes';
  const found = await search(rooms, ticket, isFiltered, signal);
  return found === null ? null : toDelivered(found.id, found.ticketNumber);
}

const keyedByMemory = 'ticket-key-by';

/** What is known of the filter by the field that now holds the key; another field's answer says nothing. */
async function filterFact({ api }: Rooms): Promise<'yes' | 'no' | null> {
  const keyedBy = await api.context.memory.get(keyedByMemory);
  if (keyedBy !== (alertsOf(api.config).keyField ?? 'externalID')) return null;
  return readFact(api.context, 'ticket-key-found');
}

async function search(
  { api }: Rooms,
  ticket: NewTicket,
  isFiltered: boolean,
  signal: AbortSignal,
): Promise<KeyedTicket | null> {
  const { keyField } = alertsOf(api.config);
  const [companyId = ''] = companyNumbers([ticket.clientId]);
  const byKey: Filter =
    keyField === undefined
      ? equals('externalID', ticket.key)
      : { op: 'eq', field: keyField, value: ticket.key, udf: true };
  const query: Query = {
    entity: 'Tickets',
    filter: [equals('companyID', Number(companyId)), ...(isFiltered ? [byKey] : [])],
    // User-defined fields come only where no fields are named.
    ...(keyField === undefined
      ? { fields: ['id', 'companyID', 'ticketNumber', 'externalID'] }
      : {}),
  };
  const isWanted = (wire: KeyedTicket) =>
    keyOf(wire, keyField) === ticket.key && wire.companyID === companyId;
  return findInList(api, query, KeyedTicket, isWanted, signal);
}

export async function createTicket(
  rooms: Rooms,
  ticket: NewTicket,
  signal: AbortSignal,
): Promise<Delivered> {
  const { api, directory } = rooms;
  const { context } = api;
  await refuseIfFalse(context, 'ticket-key-kept');
  const { queue, priority, status, dueInDays, keyField } = alertsOf(api.config);
  const named = (field: string, label: string) =>
    directory.valueOf('Tickets', field, label, signal);
  const today = dateInZone(instantFromMs(context.now()), context.timezone);
  const body = {
    companyID: Number(companyNumbers([ticket.clientId])[0]),
    title: shortened(oneLine(ticket.subject), titleLengthMax),
    description: shortened(ticket.body, descriptionLengthMax),
    queueID: await named('queueID', queue),
    priority: await named('priority', priority),
    status: await named('status', status),
    ...(dueInDays === undefined ? {} : { dueDateTime: `${addDays(today, dueInDays)}T12:00:00Z` }),
    ...(keyField === undefined
      ? { externalID: ticket.key }
      : { userDefinedFields: [{ name: keyField, value: ticket.key }] }),
  };
  const id = await api.create('Tickets', body, signal);
  const made = await api.item('Tickets', id, KeyedTicket, signal);
  const isKept = made === null ? null : keyOf(made, keyField) === ticket.key;
  const isFound = async () => (await search(rooms, ticket, false, signal)) !== null;
  await verifyKept(context, 'ticket-key-kept', isKept, isFound);
  if (isKept === false) context.log.warn('A new ticket did not keep its key.', { ticket: id });
  if (isKept && (await filterFact(rooms)) === null) {
    const found = await search(rooms, ticket, true, signal);
    await verifyKept(context, 'ticket-key-found', false, async () => found?.id === id);
    await context.memory.set(keyedByMemory, keyField ?? 'externalID');
  }
  return toDelivered(id, made?.ticketNumber);
}

function toDelivered(remoteId: string, number: string | null | undefined): Delivered {
  return number == null ? { remoteId } : { remoteId, label: number };
}
