/** TicketText tickets, notes and the balance field. Sales are in sales.ts. */
import { z } from 'zod';
import type { Delivered, SourceId } from '../../src/contract/connector.ts';
import { KindError } from '../../src/domain/errors.ts';
import { addDays, dateInZone, instantFromMs } from '../../src/domain/time.ts';
import { Id, optional } from '../http/answers/wire.ts';
import { requireSettings } from '../kit/call.ts';
import { findRow } from '../kit/reading/lists.ts';
import type { ClientField, ClientFields } from '../kit/writing/balance-field.ts';
import { hasMarker, markerOf, oneLine, shortened } from '../kit/writing/marker.ts';
import { guardedNotes, type Note, verifyAudience } from '../kit/writing/notes.ts';
import type { KeyedRecord } from '../kit/writing/push.ts';
import type { ClosableTicket, Keyed, TicketText } from '../kit/writing/tickets.ts';
import {
  type Autotask,
  companyNumbers,
  create,
  getItem,
  type List,
  listOf,
  where,
} from './call.ts';
import { type FactId, facts } from './facts.ts';
import { findValue, readNames, readPicklist, userDefinedFields } from './lists.ts';
import { UserDefinedFields } from './schema.ts';

/** Reads a new row back: whether it has its key when read by ID, else in a list without a filter on the key. */
export async function readBack<Row>(
  api: Autotask,
  fact: FactId,
  made: { noun: string; id: SourceId; list: List; schema: z.ZodType<Row> },
  bearsKey: (row: Row) => boolean,
): Promise<Row | null> {
  const { noun, id, list, schema } = made;
  const row = await getItem(api, list.path, id, schema);
  const isKept = row === null ? null : bearsKey(row);
  const isListed = async () => (await findRow(api, list, schema, bearsKey)) !== null;
  await facts.verifyKept(api.context, fact, isKept, isListed);
  if (isKept === false) api.context.log.warn(`A new ${noun} did not keep its key.`, { [noun]: id });
  return row;
}

// ── TicketText tickets ───────────────────────────────────────────────────────────────────────────────

const titleLengthMax = 255;
const descriptionLengthMax = 8000;

const KeyedTicket = UserDefinedFields.extend({
  id: Id,
  ...optional(Id, 'companyID', 'status'),
  ...optional(z.string(), 'ticketNumber', 'externalID'),
});
type KeyedTicket = z.infer<typeof KeyedTicket>;

/** In `externalID`, or in the configured user-defined field. */
function readKey(api: Autotask, ticket: KeyedTicket): unknown {
  const { keyField } = requireAlerts(api);
  if (keyField === undefined) return ticket.externalID;
  return ticket.userDefinedFields?.find(({ name }) => name === keyField)?.value;
}

function requireAlerts({ config }: Autotask) {
  return requireSettings('Autotask', 'alerts', config.alerts, '{ queue: NAME }');
}

export const alertRecord: KeyedRecord<Autotask, TicketText, KeyedTicket, FactId> = {
  noun: 'ticket',
  needs: () => ['ticket-key-kept'],
  find: findTicket,
  create: createTicket,
  delivered: ticketDelivered,
  ticket: () => alertTicket,
};

/** Until the filter is verified, the company's tickets are read without it. */
async function findTicket(api: Autotask, ticket: Keyed): Promise<KeyedTicket | null> {
  const list = ticketList(api, ticket, (await readFilterFact(api)) === 'yes');
  const [companyId] = companyNumbers([ticket.clientId]);
  return findRow(api, list, KeyedTicket, (row) => {
    return readKey(api, row) === ticket.key && row.companyID === companyId;
  });
}

const keyedByMemory = 'ticket-key-by';

/** What is known about the filter on the current key field; the answer for another field does not apply. */
async function readFilterFact(api: Autotask): Promise<'yes' | 'no' | null> {
  const keyedBy = await api.context.memory.get(keyedByMemory);
  if (keyedBy !== (requireAlerts(api).keyField ?? 'externalID')) return null;
  return facts.readFact(api.context, 'ticket-key-found');
}

function ticketList(api: Autotask, { key, clientId }: Keyed, isFiltered: boolean): List {
  const { keyField } = requireAlerts(api);
  const byKey = where.equals(keyField ?? 'externalID', key);
  const byField = keyField === undefined ? byKey : { ...byKey, udf: true as const };
  const ofCompany = where.equals('companyID', Number(companyNumbers([clientId])[0]));
  const list = { path: 'Tickets', filter: isFiltered ? [ofCompany, byField] : [ofCompany] };
  // User-defined fields are returned only if no fields are selected.
  if (keyField !== undefined) return list;
  return { ...list, fields: ['id', 'companyID', 'ticketNumber', 'externalID'] };
}

export async function createTicket(api: Autotask, ticket: TicketText): Promise<Delivered> {
  const { context } = api;
  const { queue, priority, status, dueInDays, keyField } = requireAlerts(api);
  const today = dateInZone(instantFromMs(context.now()), context.timezone);
  const body = {
    companyID: Number(companyNumbers([ticket.clientId])[0]),
    title: shortened(oneLine(ticket.subject), titleLengthMax),
    description: shortened(ticket.body, descriptionLengthMax),
    queueID: await findValue(api, 'Tickets', 'queueID', queue),
    priority: await findValue(api, 'Tickets', 'priority', priority),
    status: await findValue(api, 'Tickets', 'status', status),
    ...(dueInDays === undefined ? {} : { dueDateTime: `${addDays(today, dueInDays)}T12:00:00Z` }),
    ...(keyField === undefined
      ? { externalID: ticket.key }
      : { userDefinedFields: [{ name: keyField, value: ticket.key }] }),
  };
  const id = await create(api, 'Tickets', body);
  const bearsKey = (row: KeyedTicket): boolean => readKey(api, row) === ticket.key;
  const made = { noun: 'ticket', id, list: ticketList(api, ticket, false), schema: KeyedTicket };
  const row = await readBack(api, 'ticket-key-kept', made, bearsKey);
  if (row !== null && bearsKey(row) && (await readFilterFact(api)) === null) {
    const found = await findRow(api, ticketList(api, ticket, true), KeyedTicket, bearsKey);
    await facts.verifyKept(context, 'ticket-key-found', false, async () => found?.id === id);
    await context.memory.set(keyedByMemory, keyField ?? 'externalID');
  }
  return ticketDelivered({ id, ticketNumber: row?.ticketNumber });
}

function ticketDelivered({ id, ticketNumber }: Pick<KeyedTicket, 'id' | 'ticketNumber'>) {
  return { remoteId: id, ...(ticketNumber == null ? {} : { label: ticketNumber }) };
}

// ── Notes ───────────────────────────────────────────────────────────────────────────────────────

const noteLengthMax = 32_000;

const NoteWire = z.object({ id: Id, title: z.string().nullish(), publish: z.int().nullish() });

/** Also for withdrawals and probes. */
export const notes = guardedNotes<Autotask, FactId>(facts, ['note-publish'], {
  find: findNote,
  write: writeNote,
});

async function findNote(api: Autotask, { key, ticketId }: Note): Promise<Delivered | null> {
  const list = listOf('TicketNotes', NoteWire, where.isOneOf('ticketID', [ticketId]));
  const found = await findRow(api, list, NoteWire, ({ title }) => hasMarker(title, key));
  return found === null ? null : { remoteId: found.id };
}

async function writeNote(api: Autotask, note: Note): Promise<Delivered> {
  const { key, ticketId, audience } = note;
  const level = api.config.notes[audience];
  const publish = await findValue(api, 'TicketNotes', 'publish', level);
  const body = {
    ticketID: Number(ticketId),
    title: `Prepaid hours ${markerOf(key)}`,
    description: shortened(note.body, noteLengthMax),
    noteType: await findNoteType(api),
    publish,
  };
  const id = await create(api, `Tickets/${encodeURIComponent(ticketId)}/Notes`, body);
  const made = await getItem(api, 'TicketNotes', id, NoteWire);
  if (made !== null) {
    // Any publish level other than the one written is the wrong audience.
    const isInternal = (made.publish === publish) === (audience === 'internal');
    await verifyAudience(api, facts, 'note-publish', note, { id, isInternal });
  }
  return { remoteId: id };
}

export async function findNoteType(api: Autotask): Promise<number> {
  const { type } = api.config.notes;
  if (type !== undefined) return findValue(api, 'TicketNotes', 'noteType', type);
  const types = await readPicklist(api, 'TicketNotes', 'noteType');
  const first = types.find(({ isActive }) => isActive !== false);
  if (first !== undefined) return Number(first.value);
  throw new KindError('config', 'Autotask shows no active note type for ticket notes.', {
    fix: 'Add one there, or let the API user see it; then set notes.type to it.',
  });
}

const statusName = { status: { picklistOf: 'Tickets' } };

const alertTicket: ClosableTicket<Autotask> = {
  async read(api, id) {
    const ticket = await getItem(api, 'Tickets', id, KeyedTicket);
    if (ticket === null) return null;
    const status = (await readNames(api, [ticket], statusName))(ticket, 'status') ?? '';
    const isClosed = api.config.closedStatuses.includes(status);
    return { bearsKey: (key) => readKey(api, ticket) === key, isClosed };
  },
  close: (api, id) => closeTicket(api, id, requireAlerts(api).withdrawnStatus),
  note: notes,
  // It may also be hidden from us.
  whenGone: 'by hand',
};

/** Returns the write. `label`: a closing status. Default: the first configured one. */
export async function closeTicket(
  api: Autotask,
  id: SourceId,
  label = api.config.closedStatuses[0] ?? '',
) {
  const status = await findValue(api, 'Tickets', 'status', label);
  return () => api.write('PATCH', '/Tickets', { id: Number(id), status });
}

// ── Balance ─────────────────────────────────────────────────────────────────────────────────────

export const companyFields: ClientFields<Autotask, ClientField> = {
  noun: 'company',
  product: 'Autotask',
  async read(api, clientId) {
    const [id = ''] = companyNumbers([clientId]);
    const company = await getItem(api, 'Companies', id, UserDefinedFields);
    if (company === null) {
      throw new KindError('permission', `Autotask shows this API user no company ${id}.`, {
        fix: 'Correct the client’s ID in the config, or the API user’s access to companies.',
      });
    }
    // A cleared field may come back as null or as an empty text.
    const fields = company.userDefinedFields ?? [];
    return fields.map(({ name, value }) => ({ name, value: value === '' ? null : value }));
  },
  async write(api, clientId, { target: { name }, value }) {
    const body = { id: Number(clientId), userDefinedFields: [{ name, value }] };
    await api.write('PATCH', '/Companies', body);
  },
  hidden: (api) => userDefinedFields(api, 'Companies'),
  writableFix:
    'Let the API user’s security level edit companies; the field must be text or a number with two decimals.',
};
