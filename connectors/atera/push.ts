/**
 * Low-balance tickets, and tickets that say what to invoice, since Atera takes no invoices: both found again by the key
 * at the end of their title, among the client's tickets. Notes, and the hours left in a custom field.
 */
import { z } from 'zod';
import type { Delivered, PushMessages, SourceId } from '../../src/contract/connector.ts';
import { isKindError, KindError } from '../../src/domain/errors.ts';
import { msFromInstant } from '../../src/domain/time.ts';
import { isSameValue } from '../http/answers/wire.ts';
import { findRow, refuseStranger } from '../kit/reading/lists.ts';
import type { PlainFields } from '../kit/writing/balance-field.ts';
import { hasMarker, markedLine, withMarker } from '../kit/writing/marker.ts';
import { type Note, readBackNotes } from '../kit/writing/notes.ts';
import type { KeyedRecord } from '../kit/writing/push.ts';
import type { ClosableTicket, Keyed, TicketText } from '../kit/writing/tickets.ts';
import { type Atera, write } from './call.ts';
import { isSameName } from './config.ts';
import { type FactId, facts } from './facts.ts';
import { ticketsOf } from './lists.ts';
import { isClosedStatus } from './mapping.ts';
import { CommentWire, ContactWire, FieldValueWire, TicketStanding } from './schema.ts';
import { utcInstant } from './wall-clock.ts';

type Balance = PushMessages['balance-field'];

export const alertRecord: KeyedRecord<Atera, TicketText, TicketStanding, FactId> = {
  noun: 'ticket',
  needs: () => ['tickets-by-client', 'ticket-title'],
  find: findTicket,
  create: createTicket,
  delivered: ({ TicketID }) => ticketDelivered(TicketID),
  ticket: ticketOfOurs,
};

export const saleRecord: typeof alertRecord = {
  ...alertRecord,
  // The ticket does not show whether, or for how much, it was invoiced.
  inspect: async (atera, _, id) => ((await readTicket(atera, id)) === null ? null : {}),
  // A sale that people closed was probably invoiced.
  ticket: (sale) => ({ ...ticketOfOurs(sale), whenClosed: 'by hand' }),
};

/** Atera has no search by title: the client's tickets are read until the one with the key. */
async function findTicket(atera: Atera, { key, clientId }: Keyed): Promise<TicketStanding | null> {
  await facts.refuseIfFalse(atera.context, 'tickets-by-client');
  const list = ticketsOf(clientId);
  return findRow(atera, list, TicketStanding, (ticket) => {
    refuseStranger(list.path, ticket.CustomerID, [clientId]);
    return hasMarker(ticket.TicketTitle, key) && !isDeleted(ticket);
  });
}

function ticketDelivered(id: SourceId): Delivered {
  return { remoteId: id, label: `#${id}` };
}

/** The maximum length of a title is not documented. */
const titleLengthMax = 150;

async function createTicket(atera: Atera, ticket: TicketText): Promise<Delivered> {
  const contactId = await findContact(atera, ticket.clientId);
  const { type, priority, status } = atera.config.tickets;
  const body = {
    TicketTitle: markedLine(ticket.subject, ticket.key, titleLengthMax),
    Description: ticket.body,
    EndUserID: Number(contactId),
    TicketType: type,
    TicketPriority: priority,
    TicketStatus: status,
  };
  return readBack(atera, ticket, await write(atera, 'POST', '/tickets', body));
}

/** The configured contact, verified to be this client's: otherwise the ticket would be another client's. */
export async function findContact(atera: Atera, clientId: SourceId): Promise<SourceId> {
  const contactId = atera.config.contacts[clientId];
  if (contactId === undefined) {
    throw new KindError('config', `No contact is set for customer ${clientId}: tickets need one.`, {
      fix: `Add contacts: { ${clientId}: EndUserID } to connection "${atera.context.connection}".`,
    });
  }
  const contact = await atera.getIfThere(`/contacts/${contactId}`, ContactWire);
  if (contact?.CustomerID === clientId) return contact.EndUserID;
  const found = contact === null ? 'does not exist' : `belongs to customer ${contact.CustomerID}`;
  throw new KindError('config', `Contact ${contactId} of customer ${clientId} ${found}.`, {
    fix: 'Correct `contacts` in the config.',
  });
}

/** By the returned ActionID, else by its key. Without seeing it, the outcome is unknown. */
async function readBack(
  atera: Atera,
  ticket: TicketText,
  actionId: SourceId | null,
): Promise<Delivered> {
  const { context } = atera;
  const isTried = actionId !== null && (await facts.readFact(context, 'action-id')) !== 'no';
  // Ticket IDs are numeric: requesting another would fail as if the ticket had been refused.
  const shown = isTried && /^\d+$/.test(actionId) ? await readTicket(atera, actionId) : null;
  const isOurs = shown !== null && hasMarker(shown.TicketTitle, ticket.key);
  if (shown !== null && isOurs && shown.CustomerID === ticket.clientId) {
    await facts.verifyFact(context, 'action-id', true);
    await facts.verifyFact(context, 'ticket-title', true);
    await verifyTimes(atera, shown);
    return ticketDelivered(shown.TicketID);
  }
  const found = await findTicket(atera, ticket);
  if (isTried && found !== null) await facts.verifyFact(context, 'action-id', false);
  await facts.verifyKept(context, 'ticket-title', false, async () => found !== null);
  if (found !== null) return ticketDelivered(found.TicketID);
  throw new KindError(
    'unknown-outcome',
    `A ticket for customer ${ticket.clientId} was accepted but is not found by its title.`,
    { fix: 'Check it in Atera before anything is sent again.' },
  );
}

/** Allowed clock skew; a wrong zone differs by more. */
const clockMsMax = 10 * 60_000;

async function verifyTimes({ context }: Atera, { TicketCreatedDate }: TicketStanding) {
  if (!TicketCreatedDate) return;
  const offMs = msFromInstant(utcInstant(TicketCreatedDate)) - context.now();
  await facts.verifyFact(context, 'ticket-times', Math.abs(offMs) <= clockMsMax);
}

/** Null: it no longer exists. */
async function readTicket(atera: Atera, id: SourceId): Promise<TicketStanding | null> {
  const path = `/tickets/${encodeURIComponent(id)}`;
  const ticket = await atera.getIfThere(path, TicketStanding);
  return ticket === null || isDeleted(ticket) ? null : ticket;
}

/** Atera may go on showing a ticket that was deleted, in a status of its own. */
function isDeleted({ TicketStatus }: TicketStanding): boolean {
  return isSameName(TicketStatus, 'Deleted');
}

function ticketOfOurs({ key, clientId }: Keyed): ClosableTicket<Atera> {
  return {
    async read(atera, id) {
      const ticket = await readTicket(atera, id);
      if (ticket === null) return null;
      return {
        bearsKey: () => hasMarker(ticket.TicketTitle, key),
        isClosed: isClosedStatus(ticket.TicketStatus, atera),
        // Our own note distinguishes a sale that we withdrew from one that people closed.
        isWithdrawn: async () => {
          const note = { key: `undo:${key}`, clientId, ticketId: id };
          return (await readComment(atera, note)) !== null;
        },
      };
    },
    close: async (atera, id) => {
      const body = { TicketStatus: atera.config.tickets.withdrawnStatus };
      return () => write(atera, 'PUT', `/tickets/${encodeURIComponent(id)}`, body);
    },
    note: notes,
  };
}

export const notes = readBackNotes<Atera, CommentWire, FactId>(facts, 'note-audience', {
  send(atera, note) {
    const { technicianId: TechnicianId } = atera.config;
    if (TechnicianId === undefined) {
      const message = `Connection "${atera.context.connection}" has no technicianId.`;
      throw new KindError('config', message, {
        fix: 'Set it to the TechnicianContactID in whose name notes are written; `check` lists those seen.',
      });
    }
    const body = {
      CommentText: withMarker(note.body, note.key),
      TechnicianCommentDetails: { TechnicianId, IsInternal: note.audience === 'internal' },
    };
    return write(atera, 'POST', commentsPath(note), body);
  },
  read: readComment,
  isInternal: ({ IsInternal }) => IsInternal,
  // Comments have no IDs: the key is used instead.
  delivered: (_, { ticketId, key }) => {
    return { remoteId: `${ticketId}/${key}`, label: `note on #${ticketId}` };
  },
});

function readComment(atera: Atera, note: Pick<Note, 'key' | 'ticketId'>) {
  return findRow(
    atera,
    { path: commentsPath(note) },
    CommentWire,
    ({ Comment, CommentHtml }) => hasMarker(Comment, note.key) || hasMarker(CommentHtml, note.key),
  );
}

function commentsPath({ ticketId }: Pick<Note, 'ticketId'>): string {
  return `/tickets/${encodeURIComponent(ticketId)}/comments`;
}

/** Each field is read and written separately, so no other can be lost. */
export const clientFields: PlainFields<Atera> = {
  noun: 'customer',
  isShown,
  write: (atera, balance) => write(atera, 'PUT', fieldPath(balance), { Value: balance.hoursText }),
  remoteId: ({ clientId, field }) => `${clientId}/${field}`,
  writableFix: 'Make it a text or numeric custom field of customers.',
};

function fieldPath({ clientId, field }: Balance): string {
  const name = encodeURIComponent(field);
  return `/customvalues/customerfield/${encodeURIComponent(clientId)}/${name}`;
}

/** A customer whose field was never filled in has no value for it. */
async function isShown(atera: Atera, balance: Balance): Promise<boolean> {
  const values = await atera
    .getIfThere(fieldPath(balance), z.array(FieldValueWire))
    .catch((error: unknown) => {
      if (!isKindError(error, 'rejected')) throw error;
      const message = `Customers in Atera have no custom field "${balance.field}".`;
      const fix = `Add it to customers (Admin, Custom fields), as text or number. ${error.message}`;
      throw new KindError('config', message, { fix });
    });
  const shown = values?.find(({ FieldName }) => (FieldName ?? balance.field) === balance.field);
  if (shown === undefined) return false;
  // A numeric field may show only the number.
  return isSameValue(shown.ValueAsString || (shown.ValueAsDecimal ?? ''), balance.hoursText);
}
