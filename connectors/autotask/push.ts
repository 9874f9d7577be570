/** Alert tickets, notes and the balance field. Sales are in sales.ts. */
import { z } from 'zod';
import type { Delivered, SourceId } from '../../src/contract/connector.ts';
import { KindError } from '../../src/domain/errors.ts';
import { addDays, dateInZone, instantFromMs } from '../../src/domain/time.ts';
import { Id, optional } from '../http/answers/wire.ts';
import { requireSettings } from '../kit/call.ts';
import { findRow } from '../kit/reading/lists.ts';
import type { ClientField, ClientFields } from '../kit/writing/balance-field.ts';
import { hasMarker, markedLine, oneLine, shortened } from '../kit/writing/marker.ts';
import { guardedNotes, type Note } from '../kit/writing/notes.ts';
import type { KeyedRecord } from '../kit/writing/push.ts';
import { findByKey, type KeySearch, missingBy, verifyFilter } from '../kit/writing/search.ts';
import type { ClosableTicket, Keyed, TicketText } from '../kit/writing/tickets.ts';
import { type Autotask, companyNumber, create, getItem, type List, listOf, where } from './call.ts';
import { type FactId, facts } from './facts.ts';
import { companyFieldNames, findValue } from './lists.ts';
import { UserDefinedFields } from './schema.ts';

const titleLengthMax = 255;
const descriptionLengthMax = 8000;

const KeyedTicket = z.object({
  id: Id,
  status: Id,
  ...optional(Id, 'companyID'),
  ...optional(z.string(), 'ticketNumber', 'externalID'),
});
type KeyedTicket = z.infer<typeof KeyedTicket>;

export const alertRecord: KeyedRecord<Autotask, TicketText, KeyedTicket, FactId> = {
  noun: 'ticket',
  kept: 'ticket-key-kept',
  find: (api, ticket) => findByKey(api, facts, byKey(ticket)),
  findMissing: missingBy<Autotask, TicketText, List, FactId>(facts, (_, ticket) => [byKey(ticket)]),
  create: createTicket,
  delivered: ({ id, ticketNumber: label }) => ({ remoteId: id, ...(label != null && { label }) }),
  ticket: () => alertTicket,
};

function byKey({ key, clientId }: Keyed): KeySearch<List, KeyedTicket, FactId> {
  const filteredBy = (keys: readonly string[]): List =>
    listOf('Tickets', KeyedTicket, { op: 'in', field: 'externalID', value: keys });
  return {
    schema: KeyedTicket,
    isOurs: ({ externalID, companyID }) => externalID === key && companyID === clientId,
    unfiltered: listOf('Tickets', KeyedTicket, where.equals('companyID', companyNumber(clientId))),
    filtered: filteredBy([key]),
    together: { key, filteredBy },
    fact: 'ticket-key-found',
  };
}

async function createTicket(api: Autotask, ticket: TicketText): Promise<Delivered> {
  const { config, context } = api;
  const alerts = requireSettings('Autotask', 'alerts', config.alerts, '{ queue: NAME }');
  const { queue, priority, status, dueInDays } = alerts;
  const today = dateInZone(instantFromMs(context.now()), context.timezone);
  const body = {
    companyID: companyNumber(ticket.clientId),
    title: shortened(oneLine(ticket.subject), titleLengthMax),
    description: shortened(ticket.body, descriptionLengthMax),
    queueID: await findValue(api, 'queues', queue),
    priority: await findValue(api, 'priorities', priority),
    status: await findValue(api, 'ticket statuses', status),
    ...(dueInDays === undefined ? {} : { dueDateTime: `${addDays(today, dueInDays)}T12:00:00Z` }),
    externalID: ticket.key,
  };
  const remoteId = await create(api, 'Tickets', body);
  await verifyFilter(api, facts, byKey(ticket));
  return { remoteId };
}

const noteLengthMax = 32_000;
const noteTitleLengthMax = 250;

const NoteWire = z.object({ id: Id, title: z.string().nullish(), publish: z.int().nullish() });

/** Also for withdrawals and probes. */
export const notes = guardedNotes<Autotask, FactId>(facts, 'note-publish', {
  async find(api, { key, ticketId }) {
    const list = listOf('TicketNotes', NoteWire, where.isOneOf('ticketID', [ticketId]));
    const found = await findRow(api, list, NoteWire, ({ title }) => hasMarker(title, key));
    return found && { remoteId: found.id };
  },
  write: writeNote,
});

async function writeNote(api: Autotask, note: Note) {
  const { key, ticketId, audience } = note;
  const publish = await findValue(api, 'publish levels', api.config.notes[audience]);
  const body = {
    ticketID: Number(ticketId),
    title: markedLine(note.subject ?? 'Prepaid hours', key, noteTitleLengthMax),
    description: shortened(note.body, noteLengthMax),
    noteType: await findNoteType(api),
    publish,
  };
  const remoteId = await create(api, `Tickets/${encodeURIComponent(ticketId)}/Notes`, body);
  const made = await getItem(api, 'TicketNotes', remoteId, NoteWire);
  // Any publish level other than the one written is the wrong audience.
  const isInternal = (made?.publish === publish) === (audience === 'internal');
  return made === null ? { remoteId } : { remoteId, isInternal };
}

/** The first active one. */
export async function findNoteType(api: Autotask): Promise<number> {
  const [first] = await api.names.list(api, 'note types');
  if (first !== undefined) return Number(first.id);
  throw new KindError('config', 'Autotask shows no type for ticket notes.', {
    fix: 'Add one there, or let the API user see it.',
  });
}

const alertTicket: ClosableTicket<Autotask> = {
  async read(api, id) {
    const ticket = await getItem(api, 'Tickets', id, KeyedTicket);
    if (ticket === null) return null;
    const names = await api.names.byId(api, 'ticket statuses', [ticket.status]);
    const isClosed = api.config.closedStatuses.includes(names.get(ticket.status)?.name ?? '');
    return { bearsKey: (key) => ticket.externalID === key, isClosed };
  },
  close: (api, id) => closeTicket(api, id, api.config.alerts?.withdrawnStatus),
  note: notes,
  // It may also be hidden from us.
  whenGone: 'by hand',
};

/** Returns the write. `label`: the closing status. Default: the first configured one. */
export async function closeTicket(api: Autotask, id: SourceId, label?: string) {
  const [first = ''] = api.config.closedStatuses;
  const status = await findValue(api, 'ticket statuses', label ?? first);
  return () => api.write('PATCH', '/Tickets', { id: Number(id), status });
}

export const companyFields: ClientFields<Autotask, ClientField, FactId> = {
  noun: 'company',
  product: 'Autotask',
  fact: 'company-fields',
  async read(api, clientId) {
    const id = companyNumber(clientId);
    const company = await getItem(api, 'Companies', `${id}`, UserDefinedFields);
    if (company === null) {
      throw new KindError('permission', `Autotask shows this API user no company ${id}.`, {
        fix: 'Correct the client’s ID in the config, or the API user’s access to companies.',
      });
    }
    return company.userDefinedFields ?? [];
  },
  async write(api, clientId, { target: { name }, value }) {
    const userDefinedFields = [{ name, value }];
    await api.write('PATCH', '/Companies', { id: Number(clientId), userDefinedFields });
  },
  hidden: companyFieldNames,
  writableFix:
    'Let the API user’s security level edit companies; the field must be text or a number with two decimals.',
};
