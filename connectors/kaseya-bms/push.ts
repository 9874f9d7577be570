/** Alert tickets, notes and the balance field. Sales are in sales.ts. */
import { z } from 'zod';
import type { Delivered, SourceId } from '../../src/contract/connector.ts';
import { KindError } from '../../src/domain/errors.ts';
import { instantFromMs } from '../../src/domain/time.ts';
import { requireSettings } from '../kit/call.ts';
import { findRow, numericIds } from '../kit/reading/lists.ts';
import type { ClientField, ClientFields } from '../kit/writing/balance-field.ts';
import { hasMarker, markedLine, withMarker } from '../kit/writing/marker.ts';
import { guardedNotes } from '../kit/writing/notes.ts';
import type { KeyedRecord } from '../kit/writing/push.ts';
import { findByKey, type KeySearch, verifyFilter } from '../kit/writing/search.ts';
import type { ClosableTicket, Keyed, TicketText } from '../kit/writing/tickets.ts';
import type { Bms, List } from './call.ts';
import { type FactId, facts } from './facts.ts';
import { fieldsPath, findLocation, findNumber, findTicketType, listOf, lists } from './lists.ts';
import { verifyZone, writtenTime } from './local-times.ts';
import { isClosedTicket } from './mapping.ts';
import { FieldWire, NoteWire, resultOf, TicketWire } from './schema.ts';

export const ticketsPath = lists.tickets.path;

/** Found again by the key in their titles. */
export const alertRecord: KeyedRecord<Bms, TicketText, TicketWire, FactId> = {
  noun: 'ticket',
  needs: () => ['ticket-key-kept'],
  find: findTicket,
  create: async (bms, alert) =>
    ticketDelivered(await createTicket(bms, alert, requireAlerts(bms).queue)),
  delivered: ticketDelivered,
  ticket: () => closableTicket,
};

export function requireAlerts({ config }: Bms): NonNullable<Bms['config']['alerts']> {
  return requireSettings('BMS', 'alerts', config.alerts, '{ queue: NAME, type: NAME }');
}

export function findTicket(bms: Bms, ticket: Keyed): Promise<TicketWire | null> {
  return findByKey(bms, facts, searchFor(ticket));
}

/** Until the filter by title is verified, the account's tickets are read without it. */
function searchFor({ key, clientId }: Keyed): KeySearch<List, TicketWire, FactId> {
  const [accountId = ''] = numericIds('Kaseya BMS', [clientId]);
  return {
    schema: TicketWire,
    isOurs: (row) => hasMarker(row.title, key) && row.accountid === accountId,
    unfiltered: listOf('tickets', { 'Filter.AccountIds': accountId }),
    filtered: listOf('tickets', { 'Filter.AccountIds': accountId, 'Filter.Title': key }),
    fact: 'title-filter',
  };
}

/** No maximum length of titles is published; this one fits into every ticket list. */
const titleLengthMax = 200;

/** `queue`: by name. */
export async function createTicket(
  bms: Bms,
  ticket: TicketText,
  queue: string,
): Promise<TicketWire> {
  const { context } = bms;
  await facts.refuseIfFalse(context, 'ticket-key-kept');
  const alerts = requireAlerts(bms);
  const { typeId, sourceId } = await findTicketType(bms, alerts.type);
  const body = {
    Title: markedLine(ticket.subject, ticket.key, titleLengthMax),
    Details: ticket.body,
    AccountId: Number(numericIds('Kaseya BMS', [ticket.clientId])[0]),
    LocationId: await findLocation(bms, ticket.clientId),
    QueueId: await findNumber(bms, 'queue', queue),
    StatusId: await findNumber(bms, 'status', alerts.status),
    PriorityId: await findNumber(bms, 'priority', alerts.priority),
    TypeId: typeId,
    SourceId: sourceId,
    OpenDate: writtenTime(instantFromMs(context.now())),
  };
  const made = await bms.write('POST', ticketsPath, body, resultOf(TicketWire));
  const isKept = hasMarker(made.title, ticket.key);
  await facts.verifyKept(context, 'ticket-key-kept', isKept, async () => false);
  if (!isKept) context.log.warn('A new ticket did not keep its key.', { ticket: made.id });
  await verifyZone(bms, made.createdon);
  if (isKept) await verifyFilter(bms, facts, searchFor(ticket));
  return made;
}

/** The comment of a resolution is internal and carries the reason, so no separate note is written. */
const closableTicket: ClosableTicket<Bms> = {
  async read(bms, id) {
    const path = `${ticketsPath}/${encodeURIComponent(id)}`;
    const ticket = await bms.getIfThere(path, resultOf(TicketWire));
    if (ticket === null) return null;
    return {
      bearsKey: (key) => hasMarker(ticket.title, key),
      isClosed: isClosedTicket(ticket, bms),
    };
  },
  async close(bms, id) {
    const StatusId = await findNumber(bms, 'status', requireAlerts(bms).withdrawnStatus);
    const body = { Id: Number(id), StatusId, IsInternal: true, IsPublishToKnowledgeBase: false };
    const path = `${ticketsPath}/${id}/resolve`;
    return (Comment) => bms.write('POST', path, { ...body, Comment });
  },
  whenGone: 'by hand',
};

function ticketDelivered({ id, ticketnumber }: TicketWire): Delivered {
  return ticketnumber ? { remoteId: id, label: ticketnumber } : { remoteId: id };
}

export function notesPath(ticketId: SourceId): string {
  return `${ticketsPath}/${encodeURIComponent(ticketId)}/notes`;
}

export const notes = guardedNotes<Bms, FactId>(facts, 'note-audience', {
  async find(bms, { key, ticketId }) {
    const list = { path: notesPath(ticketId), isUncounted: true } as const;
    const note = await findRow(bms, list, NoteWire, ({ details }) => hasMarker(details, key));
    return note && { remoteId: note.id };
  },
  async write(bms, note) {
    const { context, config } = bms;
    const body = {
      Details: withMarker(note.body, note.key),
      IsInternal: note.audience === 'internal',
      TypeId: config.notes.typeId,
      NoteDate: writtenTime(instantFromMs(context.now())),
      // Explicitly nobody: if it is left out, BMS might choose recipients itself.
      EmailNotification: { ContactIds: '', ResourcesIds: '', OtherEmails: [] },
    };
    const path = notesPath(note.ticketId);
    const { id, isinternal } = await bms.write('POST', path, body, resultOf(NoteWire));
    return { remoteId: id, isInternal: isinternal };
  },
});

const Written = z.object({ modulename: z.string().nullish() });

interface AccountField extends ClientField {
  id: number;
}

export const accountField: ClientFields<Bms, AccountField, FactId> = {
  noun: 'account',
  product: 'Kaseya BMS',
  fact: 'account-field',
  async read(bms, clientId) {
    const path = `${fieldsPath(bms)}/${numericIds('Kaseya BMS', [clientId])[0]}`;
    const fields = await bms.get(path, resultOf(z.array(FieldWire)));
    return fields.flatMap(({ customfieldid, name, data }) =>
      name ? [{ id: Number(customfieldid), name, value: data }] : [],
    );
  },
  /** The response names the module: in another one, the same number would identify something else. */
  async write(bms, clientId, { target: { id }, value }) {
    const path = `${fieldsPath(bms, '/data')}/${clientId}/${id}`;
    const { modulename } = await bms.write('PUT', path, { Value: value ?? '' }, resultOf(Written));
    if (modulename == null) return;
    const isAccount = /account|client|crm/i.test(modulename);
    await facts.verifyFact(bms.context, 'account-field', isAccount);
    if (isAccount) return;
    const message = `${fieldsPath(bms)} is the module of ${modulename}, and a field was changed there.`;
    throw new KindError('config', message, {
      fix: `Restore field ${id} of record ${clientId} there; correct balance.moduleId.`,
    });
  },
  verifiesFact: true,
  remoteId: (clientId) => clientId,
  writableFix:
    'Let the API user’s security role edit accounts; the field must be text or a number with two decimals.',
};
