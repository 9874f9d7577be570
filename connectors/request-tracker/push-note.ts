import type { Delivered, Push, PushMessages } from '../../src/contract/connector.ts';
import { isKindError, KindError } from '../../src/domain/errors.ts';
import { withMarker } from '../kit/marker.ts';
import type { Api } from './api.ts';
import { isSettled, refuseUnless, settle } from './facts.ts';
import { isSameName } from './mapping.ts';
import { isMarkedText } from './marker.ts';
import { jsonQuery } from './query.ts';
import { AttachmentItem, IdItem, type Ticket } from './schema.ts';

type Note = PushMessages['ticket-note'];

/** Searches travel in the address, which web servers cut at 8 kB. */
const idsInOneAddress = 25;

/** A comment stays internal; correspondence goes to the requestors by mail. */
export function createNotePush(api: Api): Push<'ticket-note'> {
  return {
    find: (note, signal) => findNote(api, note, signal),
    create: (note, signal) => createNote(api, note, signal),
  };
}

/** Looks through the messages of the ticket, and of those merged into it, for the marker. */
async function findNote(api: Api, note: Note, signal: AbortSignal): Promise<Delivered | null> {
  await refuseUnless(api.context.memory, 'fact.find-note');
  // A hidden ticket has an empty history; so it must be seen first.
  const { id } = (await api.ticket(note.ticketId, signal)).data;
  const type = note.audience === 'internal' ? 'Comment' : 'Correspond';
  const pages = api.pages({
    path: `/ticket/${id}/history`,
    query: (afterId) =>
      jsonQuery([
        { field: 'Type', operator: '=', value: type },
        { field: 'id', operator: '>', value: afterId },
      ]),
    fields: ['Type'],
    perPage: idsInOneAddress,
    isShortPageLast: true,
    signal,
  });
  for await (const { items } of pages) {
    const ids = items.map((item) => IdItem.parse(item).id);
    const found = ids.length === 0 ? null : await findMarked(api, id, ids, note.key, signal);
    if (found !== null) return { remoteId: found };
  }
  return null;
}

/** The one of these transactions whose text holds the marker. */
async function findMarked(
  api: Api,
  ticketId: string,
  transactionIds: readonly string[],
  key: string,
  signal: AbortSignal,
): Promise<string | null> {
  const pages = api.pages({
    path: `/ticket/${ticketId}/attachments`,
    query: (afterId) =>
      jsonQuery([
        ...transactionIds.map((value) => ({
          field: 'TransactionId',
          operator: '=' as const,
          value,
        })),
        { field: 'ContentType', operator: '=', value: 'text/plain' },
        { field: 'id', operator: '>', value: afterId },
      ]),
    fields: ['TransactionId', 'Content'],
    isShortPageLast: true,
    signal,
  });
  for await (const { items } of pages) {
    for (const item of items) {
      const { TransactionId, Content } = AttachmentItem.parse(item);
      if (isMarkedText(Content ?? '', key)) return TransactionId;
    }
  }
  return null;
}

async function createNote(api: Api, note: Note, signal: AbortSignal): Promise<Delivered> {
  const kind = note.audience === 'internal' ? 'comment' : 'correspond';
  const ticket = (await api.ticket(note.ticketId, signal)).data;
  requireRight(ticket, kind);
  const Status = kind === 'correspond' ? statusToKeep(api, ticket) : undefined;
  const { transactionId, messages } = await api.addMessage(
    ticket.id,
    kind,
    {
      Content: withMarker(note.body, note.key),
      ContentType: 'text/plain',
      ...(Status === undefined ? {} : { Status }),
    },
    signal,
  );
  if (messages.some((message) => /permission denied/i.test(message))) {
    api.context.log.warn('RT took a note and refused a part of it; the ticket may be open again.', {
      ticketId: ticket.id,
    });
  }
  await proveVisible(api, transactionId, signal);
  return { remoteId: transactionId };
}

/** A comment that we may write and not read (ShowTicketComments) would never be found again. */
async function proveVisible(api: Api, id: string, signal: AbortSignal): Promise<void> {
  const { memory, log } = api.context;
  if (await isSettled(memory, 'fact.find-note')) return;
  try {
    await api.record(`/transaction/${id}`, IdItem, signal);
    await settle(memory, 'fact.find-note', true);
  } catch (error) {
    if (!isKindError(error)) throw error;
    if (isKindError(error, 'permission')) await settle(memory, 'fact.find-note', false);
    log.warn('A note was made, and could not be read back.', { id, reason: error.message });
  }
}

/**
 * Correspondence opens a closed ticket again (RT's own scrip), which would take its time off the
 * client's debits until somebody closes it. Its status is therefore set again in the same request.
 */
function statusToKeep(api: Api, ticket: Ticket): string | undefined {
  const { closedStatuses } = api.config;
  if (!closedStatuses.some((status) => isSameName(status, ticket.Status))) return undefined;
  requireRight(ticket, 'lifecycle');
  return ticket.Status;
}

const rights = {
  comment: 'CommentOnTicket',
  correspond: 'ReplyToTicket',
  lifecycle: 'ModifyTicket',
};

/** What the user may do stands among the ticket's links. */
function requireRight(ticket: Ticket, ref: keyof typeof rights): void {
  if (ticket._hyperlinks.some((link) => link.ref === ref)) return;
  const why =
    ref === 'lifecycle'
      ? ': a note to the client would open it again, and we could not close it'
      : '';
  throw new KindError(
    'permission',
    `The RT user of this connection lacks ${rights[ref]} on ticket ${ticket.id}${why}.`,
    { fix: `Give it ${rights[ref]} on the ticket's queue.` },
  );
}
