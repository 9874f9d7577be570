/** Alert tickets, requests for invoices, and notes. */
import type { Delivered, SourceId } from '../../src/contract/connector.ts';
import { isKindError, KindError } from '../../src/domain/errors.ts';
import { believeRows, findRow } from '../kit/reading/lists.ts';
import { hasMarker, markerOf, withMarker } from '../kit/writing/marker.ts';
import { guardedNotes, type Note } from '../kit/writing/notes.ts';
import type { KeyedRecord } from '../kit/writing/push.ts';
import {
  type ClosableTicket,
  inspectTicket,
  type TicketText,
  type TicketView,
} from '../kit/writing/tickets.ts';
import type { List, Rt } from './call.ts';
import { type FactId, facts } from './facts.ts';
import { columnList, readQueue, readTicket, ticketList, ticketPath } from './lists.ts';
import {
  fieldValuesOf,
  fittingSubject,
  isClosedStatus,
  isSameName,
  markedSubject,
} from './mapping.ts';
import { quoted } from './query.ts';
import { AttachmentItem, FoundItem, IdItem, Messages, type Queue, Ticket } from './schema.ts';

type Keyed = Pick<TicketText, 'key'>;
type NewTicket = Omit<TicketText, 'clientId'>;

/** Of RT's default lifecycle: what our tickets are when they are taken back. */
export const discarded = 'rejected';

export const alertRecord: KeyedRecord<Rt, TicketText, FoundItem, FactId> = {
  noun: 'ticket',
  needs: factsOfKey,
  find: findTicket,
  delivered: ({ id }) => ticketDelivered(id),
  create: (rt, message) => createTicket(rt, 'alerts', message),
  ticket: () => ourTicket,
};

/** RT has no invoices: a ticket in the billing queue says what is to be invoiced. */
export const saleRecord: typeof alertRecord = {
  ...alertRecord,
  create: (rt, text) => createTicket(rt, 'billing', text),
  // Whether a request was billed, and for how much, RT does not know.
  inspect: async (rt, _, id) => ((await inspectTicket(ourTicket, rt, id)) === null ? null : {}),
  // People probably invoiced it before closing it.
  ticket: () => ({ ...ourTicket, whenClosed: 'by hand' }),
};

function factsOfKey({ config }: Rt): FactId[] {
  return config.keyField === undefined ? [] : ['key-field'];
}

/**
 * The ticket with this key, wherever it was moved or merged to. RT ignores the name of a custom field
 * that it does not know, and finds by parts of a subject: only the exact key counts.
 */
export async function findTicket(rt: Rt, { key }: Keyed): Promise<FoundItem | null> {
  await facts.refuseIfFalse(rt.context, 'find-ticket');
  const { keyField } = rt.config;
  const list =
    keyField === undefined
      ? ticketList(`Subject LIKE ${quoted(markerOf(key))}`, ['Subject'])
      : ticketList(`CF.{${keyField}} = ${quoted(key)}`, ['Subject', 'CustomFields']);
  return findRow(rt, list, FoundItem, (ticket) => bearsKey(rt, ticket, key));
}

/** In the key field, else anywhere in the subject: people write on behind the marker, too. */
function bearsKey({ config: { keyField } }: Rt, ticket: FoundItem, key: string): boolean {
  if (keyField !== undefined) return fieldValuesOf(ticket, keyField).includes(key);
  return hasMarker(ticket.Subject, key);
}

export async function createTicket(
  rt: Rt,
  setting: 'alerts' | 'billing',
  { key, subject, body }: NewTicket,
): Promise<Delivered> {
  const queue = queueFor(rt, setting);
  const { keyField } = rt.config;
  const text = { Content: body, ContentType: 'text/plain' };
  const create = async (more: object): Promise<string> =>
    (await rt.write('POST', '/ticket', { Queue: queue, ...more }, IdItem)).id;
  if (keyField === undefined) {
    return ticketDelivered(await create({ Subject: markedSubject(subject, key), ...text }));
  }
  const missing = missingField(await readQueue(rt, queue), keyField);
  if (missing !== null) throw new KindError('config', missing.detail, { fix: missing.fix });
  const CustomFields = { [keyField]: key };
  const id = await create({ Subject: fittingSubject(subject), ...text, CustomFields });
  // RT leaves the value out, too, where the user may not set it. This ticket stays; the next would be a risk.
  const isKept = fieldValuesOf(await readTicket(rt, id), keyField).includes(key);
  const isFound = async () => (await findTicket(rt, { key })) !== null;
  await facts.verifyKept(rt.context, 'key-field', isKept, isFound);
  if (!isKept) {
    rt.context.log.warn('RT did not keep the key of a new ticket in its custom field.', { id });
  }
  return ticketDelivered(id);
}

function ticketDelivered(id: SourceId): Delivered {
  return { remoteId: id, label: `#${id}` };
}

/** RT silently drops a field that is not on the queue, so the queue is checked first. */
export function missingField(
  queue: Queue,
  keyField: string,
): { detail: string; fix: string } | null {
  if (queue.TicketCustomFields.some(({ name }) => isSameName(name ?? '', keyField))) return null;
  return {
    detail: `Queue "${queue.Name}" has no ticket field "${keyField}" that the RT user sees.`,
    fix: 'Apply the field to the queue (Admin, Custom Fields, Applies to), and give the user SeeCustomField and SetInitialCustomField.',
  };
}

function queueFor({ config, context }: Rt, setting: 'alerts' | 'billing'): string {
  const queue = config[setting]?.queue;
  if (queue !== undefined) return queue;
  const what = setting === 'alerts' ? 'alert tickets' : 'invoice requests';
  throw new KindError('config', `Connection "${context.connection}" has no queue for ${what}.`, {
    fix: `Add ${setting}: { queue: NAME } to it.`,
  });
}

/** A comment stays internal; correspondence goes to the requestors by mail. */
export const notes = guardedNotes<Rt, FactId>(facts, 'find-note', {
  find: findNote,
  write: writeNote,
});

const ourTicket: ClosableTicket<Rt> = {
  async read(rt, wanted): Promise<TicketView | null> {
    const ticket = await rt.getIfThere(ticketPath(wanted), Ticket);
    if (ticket === null || ticket.Status === 'deleted') return null;
    const isWithdrawn = isSameName(ticket.Status, discarded);
    return {
      // One that was merged away answers as the ticket that it was merged into.
      bearsKey: (key) => ticket.id === wanted && bearsKey(rt, ticket, key),
      isClosed: isWithdrawn || isClosedStatus(ticket.Status, rt.config),
      isWithdrawn: () => isWithdrawn,
    };
  },
  close: async (rt, id) => () => setStatus(rt, id, discarded),
  note: { find: findNote, write: writeNote },
  whenGone: 'by hand',
};

/** RT's own messages: it returns 200 even when it refuses. */
export function setStatus(rt: Rt, ticketId: SourceId, Status: string): Promise<string[]> {
  return rt.write('PUT', ticketPath(ticketId), { Status }, Messages);
}

/** Searches travel in the address, which web servers cut at 8 kB. */
const idsInOneAddress = 25;

/** Looks through the messages of the ticket, and of those merged into it, for the marker. */
export async function findNote(rt: Rt, note: Note): Promise<Delivered | null> {
  await facts.refuseIfFalse(rt.context, 'find-note');
  // A hidden ticket has an empty history; so it must be seen first.
  const { id } = await readTicket(rt, note.ticketId);
  const type = note.audience === 'internal' ? 'Comment' : 'Correspond';
  const more = { perPage: idsInOneAddress, isShortPageLast: true };
  const history = columnList(`/ticket/${id}/history`, [['Type', '=', type]], ['Type'], more);
  for await (const { rows } of rt.pages(history)) {
    if (rows.length === 0) continue;
    const texts = textsOf(id, believeRows(history, rows, IdItem));
    const isOurs = ({ Content }: AttachmentItem) => isMarkedText(Content ?? '', note.key);
    const found = await findRow(rt, texts, AttachmentItem, isOurs);
    if (found !== null) return { remoteId: found.TransactionId };
  }
  return null;
}

function textsOf(ticketId: SourceId, transactions: readonly IdItem[]): List {
  const ofThem = transactions.map(({ id }) => ['TransactionId', '=', id] as const);
  return columnList(
    `/ticket/${ticketId}/attachments`,
    [...ofThem, ['ContentType', '=', 'text/plain']],
    ['TransactionId', 'Content'],
    { isShortPageLast: true },
  );
}

/** In a line of its own. */
function isMarkedText(text: string, key: string): boolean {
  return text.split(/\r?\n/).some((line) => line.trim() === markerOf(key));
}

export async function writeNote(rt: Rt, note: Note): Promise<Delivered> {
  const kind = note.audience === 'internal' ? 'comment' : 'correspond';
  const ticket = await readTicket(rt, note.ticketId);
  requireRight(ticket, kind);
  const path = `${ticketPath(ticket.id)}/${kind}`;
  const body = {
    Content: withMarker(note.body, note.key),
    ContentType: 'text/plain',
    ...(kind === 'correspond' ? statusToKeep(rt, ticket) : {}),
  };
  const answer = await rt.send({ method: 'POST', path, body }, Messages);
  const id = /\/transaction\/(\d+)$/.exec(answer.headers.location ?? '')?.[1];
  if (id === undefined) {
    throw new KindError('unknown-outcome', `POST ${path} did not say which message it made.`);
  }
  if (answer.data.some((message) => /permission denied/i.test(message))) {
    rt.context.log.warn('RT took a note and refused a part of it; the ticket may be open again.', {
      ticketId: ticket.id,
    });
  }
  await verifyVisible(rt, id);
  return { remoteId: id };
}

/** A comment that we may write and not read (ShowTicketComments) would never be found again. */
async function verifyVisible({ context, get }: Rt, id: SourceId): Promise<void> {
  if ((await facts.readFact(context, 'find-note')) === 'yes') return;
  try {
    await get(`/transaction/${id}`, IdItem);
    await facts.verifyFact(context, 'find-note', true);
  } catch (error) {
    if (!isKindError(error)) throw error;
    if (isKindError(error, 'permission')) await facts.verifyFact(context, 'find-note', false);
    context.log.warn('A note was made, and could not be read back.', { id, reason: error.message });
  }
}

/**
 * Correspondence opens a closed ticket again (RT's own scrip), which would take its time off the
 * client's debits until somebody closes it. Its status is therefore set again in the same request.
 */
function statusToKeep({ config }: Rt, ticket: Ticket): { Status?: string } {
  if (!isClosedStatus(ticket.Status, config)) return {};
  requireRight(ticket, 'lifecycle');
  return { Status: ticket.Status };
}

const rights = {
  comment: 'CommentOnTicket',
  correspond: 'ReplyToTicket',
  lifecycle: 'ModifyTicket',
};

/** What the user may do is among the ticket's links. */
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
