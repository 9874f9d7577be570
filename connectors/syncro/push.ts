/** Low-balance tickets, notes and the balance field. Sales are in sales.ts. */
import { z } from 'zod';
import type { Delivered, SourceId } from '../../src/contract/connector.ts';
import { instantFromMs } from '../../src/domain/time.ts';
import { findRow, refuseStranger } from '../kit/reading/lists.ts';
import type { ClientField, ClientFields } from '../kit/writing/balance-field.ts';
import { hasMarker, oneLine, withMarker } from '../kit/writing/marker.ts';
import { guardedNotes, type Note } from '../kit/writing/notes.ts';
import type { KeyedRecord } from '../kit/writing/push.ts';
import type { ClosableTicket, TicketText } from '../kit/writing/tickets.ts';
import type { List, Syncro } from './call.ts';
import { type FactId, facts } from './facts.ts';
import { clientNumber, fieldNames, readCustomer, ticketList } from './lists.ts';
import { CommentWire, KeyedTicket, NumberId, TicketDetail } from './schema.ts';

/** Found again by a tag that is its key. */
export const alertRecord: KeyedRecord<Syncro, TicketText, KeyedTicket, FactId> = {
  noun: 'ticket',
  kept: 'ticket-key',
  find: findTicket,
  create: createTicket,
  delivered: ({ id, number }) => ({ remoteId: id, label: `#${number}` }),
  ticket: () => alertTicket,
};

const CreatedTicket = z.object({ ticket: z.object({ id: NumberId }) });

/** For technicians: hidden, not e-mailed. */
async function createTicket(syncro: Syncro, message: TicketText): Promise<Delivered> {
  const { status, issueType, priority } = syncro.config.alerts;
  const subject = oneLine(message.subject);
  const body = {
    customer_id: clientNumber(message.clientId),
    subject,
    status,
    problem_type: issueType,
    ...(priority === undefined ? {} : { priority }),
    tag_list: [message.key],
    comments_attributes: [{ subject, body: message.body, hidden: true, do_not_email: true }],
  };
  const { ticket } = await syncro.write('POST', '/tickets', body, CreatedTicket);
  return { remoteId: ticket.id };
}

/**
 * How far back a ticket of ours is searched: no message waits that long, and no restored backup is that
 * old.
 */
const lookBackDays = 90;

/** The client's recent tickets, compared here: what Syncro's search covers is not documented. */
function findTicket(syncro: Syncro, { key, clientId }: TicketText): Promise<KeyedTicket | null> {
  const customer_id = clientNumber(clientId);
  const created_after = instantFromMs(syncro.context.now() - lookBackDays * 86_400_000);
  const list: List = { ...ticketList.all, query: { customer_id, created_after } };
  return findRow(syncro, list, KeyedTicket, (ticket) => {
    refuseStranger(list.path, ticket.customer_id, [clientId]);
    return hasTag(ticket, key);
  });
}

function hasTag({ tag_list }: Pick<KeyedTicket, 'tag_list'>, key: string): boolean {
  return tag_list?.includes(key) ?? false;
}

function ticketPath(id: SourceId): string {
  return `/tickets/${encodeURIComponent(id)}`;
}

/** Found again by the key at the end of its text. */
export const notes = guardedNotes<Syncro, FactId>(facts, 'note-audience', {
  find: findNote,
  write: writeNote,
});

const alertTicket: ClosableTicket<Syncro> = {
  async read({ config, getIfThere }, id) {
    const ticket = await getIfThere(ticketPath(id), TicketDetail);
    if (ticket === null) return null;
    return {
      bearsKey: (key) => hasTag(ticket, key),
      isClosed: config.closedStatuses.includes(ticket.status),
      updatedAt: ticket.updated_at,
    };
  },
  async close({ config, write }, id) {
    return () => write('PUT', ticketPath(id), { status: config.alerts.withdrawnStatus });
  },
  note: notes,
};

const CreatedComment = z.object({ comment: CommentWire });

async function writeNote(syncro: Syncro, note: Note) {
  const { email, subject = note.subject ?? 'Prepaid hours' } = syncro.config.notes;
  const hidden = note.audience === 'internal';
  const text = withMarker(note.body, note.key);
  const body = { subject, body: text, hidden, do_not_email: hidden || !email };
  const path = `${ticketPath(note.ticketId)}/comment`;
  const { comment } = await syncro.write('POST', path, body, CreatedComment);
  return { ...noteDelivered(note, comment.id), isInternal: comment.hidden };
}

/** Comments per page; Syncro's default is ten. */
const commentsPerPage = 100;

async function findNote(syncro: Syncro, note: Note): Promise<Delivered | null> {
  const path = `${ticketPath(note.ticketId)}/comments`;
  const list: List = { path, rows: 'comments', query: { per_page: commentsPerPage } };
  const found = await findRow(syncro, list, CommentWire, ({ body }) => hasMarker(body, note.key));
  return found === null ? null : noteDelivered(note, found.id);
}

function noteDelivered({ ticketId }: Note, id: SourceId): Delivered {
  return { remoteId: id, label: `comment ${id} on ticket ${ticketId}` };
}

export const clientFields: ClientFields<Syncro, ClientField, FactId> = {
  noun: 'customer',
  product: 'Syncro',
  fact: 'client-fields',
  async read(syncro, clientId) {
    const { properties } = await readCustomer(syncro, clientId);
    return Object.entries(properties ?? {}).map(([name, value]) => ({ name, value }));
  },
  /** All are sent, since it is not documented whether missing ones are kept. */
  async write(syncro, clientId, { before, target, value }) {
    const kept = Object.fromEntries(before.map((field) => [field.name, field.value]));
    const body = { properties: { ...kept, [target.name]: value } };
    await syncro.write('PUT', `/customers/${clientNumber(clientId)}`, body);
  },
  hidden: async (syncro) => (await fieldNames(syncro)).map((name) => ({ name })),
  writableFix: 'Make it a text field of customers in Syncro.',
};
