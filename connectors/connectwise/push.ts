/** Alert tickets, notes and the balance field. Sales are in sales.ts. */
import { z } from 'zod';
import type { Delivered, SourceId } from '../../src/contract/connector.ts';
import { KindError } from '../../src/domain/errors.ts';
import { ifThere } from '../http/answers/if-there.ts';
import { Id } from '../http/answers/wire.ts';
import { allRows, findRow } from '../kit/reading/lists.ts';
import type { ClientFields } from '../kit/writing/balance-field.ts';
import { hasMarker, oneLine, shortened, withMarker } from '../kit/writing/marker.ts';
import { guardedNotes, type Note } from '../kit/writing/notes.ts';
import type { KeyedRecord } from '../kit/writing/push.ts';
import { findByKey, missingBy, verifyFilter } from '../kit/writing/search.ts';
import {
  type ClosableTicket,
  type Keyed,
  type TicketText,
  type TicketView,
  withdrawTicket,
} from '../kit/writing/tickets.ts';
import type { List, Psa } from './call.ts';
import { type FactId, facts } from './facts.ts';
import { companyPath, type NameKind, ofCompany, searchFor } from './lists.ts';
import { CustomField, Flag, fieldsOf, Reference, Text } from './schema.ts';

/** https://developer.connectwise.com: a longer summary is refused. */
const summaryLengthMax = 100;

type NewTicket = TicketText & Pick<Psa['config']['alerts'], 'board' | 'type' | 'status'>;

export const alertRecord: KeyedRecord<Psa, TicketText, KeyedTicket, FactId> = {
  noun: 'ticket',
  find: (psa, ticket) => findByKey(psa, facts, byKey(ticket)),
  findMissing: missingBy<Psa, TicketText, List, FactId>(facts, (_, ticket) => [byKey(ticket)]),
  delivered: ({ id }) => ({ remoteId: id }),
  create: (psa, alert) => createTicket(psa, { ...alert, ...psa.config.alerts }),
  ticket: () => alertTicket,
  // A ticket that cannot be seen does not count as withdrawn.
  withdraw: (psa, message, withdrawal) =>
    withdrawTicket({ ...alertTicket, read: readTicket }, psa, message, withdrawal),
};

export async function createTicket(psa: Psa, ticket: NewTicket): Promise<Delivered> {
  const { board, type, status } = ticket;
  const contact = ticket.hasClientNote ? psa.config.contacts[ticket.clientId] : undefined;
  const boardId = await psa.names.idOf(psa, 'service boards', board);
  const idOf = async (kind: NameKind, name: string) => {
    return { id: Number(await psa.names.idOf(psa, kind, name, boardId)) };
  };
  const body = {
    summary: shortened(oneLine(ticket.subject), summaryLengthMax),
    company: { id: Number(ticket.clientId) },
    ...(contact !== undefined && { contact: { id: contact } }),
    board: { id: Number(boardId) },
    ...(type !== undefined && { type: await idOf('ticket types', type) }),
    ...(status !== undefined && { status: await idOf('ticket statuses', status) }),
    externalXRef: ticket.key,
    // Internal: the ticket is about a client, who may get a separate note.
    initialInternalAnalysis: ticket.body,
    processNotifications: false,
  };
  const { id } = await psa.write('POST', '/service/tickets', body, z.object({ id: Id }));
  await verifyFilter(psa, facts, byKey(ticket));
  return { remoteId: id };
}

const KeyedTicket = z.object({ id: Id, externalXRef: Text });
type KeyedTicket = z.infer<typeof KeyedTicket>;

export function byKey({ key, clientId }: Keyed) {
  const isOurs = (wire: KeyedTicket): boolean => wire.externalXRef === key;
  const fact = 'conditions-external-xref';
  const theirs = ofCompany(clientId);
  return searchFor('/service/tickets', KeyedTicket, 'externalXRef', key, fact, theirs, isOurs);
}

const AlertTicket = KeyedTicket.extend({ closedFlag: Flag, board: Reference });

type AlertView = TicketView & Pick<z.infer<typeof AlertTicket>, 'board'>;

async function readTicket(psa: Psa, id: SourceId): Promise<AlertView> {
  const ticket = await psa.get(ticketPath(id), AlertTicket, fieldsOf(AlertTicket));
  const { externalXRef, closedFlag, board } = ticket;
  return { bearsKey: (key) => externalXRef === key, isClosed: closedFlag === true, board };
}

/** `isAnnounced`: whether ConnectWise may send its notifications about a note; by default, of one for the client. */
function notesWith(isAnnounced?: false) {
  return guardedNotes<Psa, FactId>(facts, 'note-flags', {
    async find(psa, { ticketId, key }) {
      const list = { path: notesPath(ticketId), ...fieldsOf(NoteText) };
      const found = await findRow(psa, list, NoteText, ({ text }) => hasMarker(text, key));
      return found && { remoteId: found.id };
    },
    write: (psa, note) => writeNote(psa, note, isAnnounced),
  });
}

export const notes = notesWith();
/** For the probe. */
export const silentNotes = notesWith(false);

const alertTicket: ClosableTicket<Psa, AlertView> = {
  read: (psa, id) => ifThere(readTicket(psa, id)),
  async close(psa, id, { board }) {
    const value = Number(await closingStatus(psa, board));
    // An invalid path may return 200 and change nothing.
    const operation = { op: 'replace', path: 'status/id', value };
    return () => psa.write('PATCH', ticketPath(id), [operation]);
  },
  note: notes,
};

export function ticketPath(id: SourceId): string {
  return `/service/tickets/${encodeURIComponent(id)}`;
}

const BoardStatus = z.object({ id: Id, name: z.string(), closedStatus: Flag, inactive: Flag });

/** The configured status on the ticket's current board, else the board's first closing status. */
async function closingStatus(psa: Psa, board: AlertView['board']): Promise<SourceId> {
  const wanted = psa.config.alerts.withdrawnStatus;
  const path = `/service/boards/${board?.id ?? ''}/statuses`;
  const statuses = await allRows(psa, { path, ...fieldsOf(BoardStatus) }, BoardStatus);
  const closing = statuses.filter((status) => status.closedStatus === true && !status.inactive);
  const chosen = closing.find(({ name }) => name === (wanted ?? name));
  if (chosen !== undefined) return chosen.id;
  const what = wanted === undefined ? 'that closes a ticket' : `"${wanted}" that closes a ticket`;
  throw new KindError('config', `Board ${board?.name ?? ''} has no active status ${what}.`, {
    fix: `Set alerts.withdrawnStatus to one of: ${closing.map(({ name }) => name).join(', ') || 'none'}.`,
  });
}

const NoteText = z.object({ id: Id, text: Text });
const NoteFlags = z.object({ id: Id, internalAnalysisFlag: Flag, detailDescriptionFlag: Flag });

async function writeNote(psa: Psa, note: Note, isAnnounced?: false) {
  const isForClient = note.audience === 'client';
  const body = {
    text: withMarker(note.body, note.key),
    detailDescriptionFlag: isForClient,
    internalAnalysisFlag: !isForClient,
    resolutionFlag: false,
    processNotifications: isAnnounced ?? isForClient,
  };
  const shown = await psa.write('POST', notesPath(note.ticketId), body, NoteFlags);
  const { id, internalAnalysisFlag, detailDescriptionFlag } = shown;
  const isInternal = detailDescriptionFlag === !internalAnalysisFlag ? internalAnalysisFlag : null;
  return { remoteId: id, isInternal };
}

export function notesPath(ticketId: SourceId): string {
  return `${ticketPath(ticketId)}/notes`;
}

const Company = z.object({ id: Id, customFields: z.array(CustomField).nullish() });

export const customFields: ClientFields<Psa, CustomField, FactId> = {
  noun: 'company',
  product: 'ConnectWise',
  fact: 'custom-fields',
  read: async (psa, clientId) =>
    (await psa.get(companyPath(clientId), Company, fieldsOf(Company))).customFields ?? [],
  /** Sends ALL fields, since a PATCH reportedly empties missing ones. */
  async write(psa, clientId, { before, target, value }) {
    const all = before.map((field) => toWire(field, field === target ? value : field.value));
    const operation = { op: 'replace', path: 'customFields', value: all };
    const path = companyPath(clientId);
    const shown = await psa.write('PATCH', path, [operation], Company.nullish().catch(null));
    return shown?.customFields ?? null;
  },
  valueFor({ name, type }, hoursText) {
    if (type === 'Text' || type === 'TextArea') return hoursText;
    if (type !== 'Number') {
      throw new KindError('config', `The custom field "${name}" is of type ${type}.`, {
        fix: 'The balance needs a Text or Number field.',
      });
    }
    return numberFor(name, hoursText);
  },
  remoteId: (clientId) => clientId,
  writableFix: 'Let the API member’s security role edit company custom fields.',
};

/** The balance of a client with several kinds of hours is not a number. */
function numberFor(name: string, hoursText: string): number {
  if (Number.isFinite(Number(hoursText))) return Number(hoursText);
  throw new KindError('rejected', `The Number field "${name}" cannot show ${hoursText}.`, {
    fix: 'Make it a Text field, which can show several kinds of hours, and money.',
  });
}

const numericTypes = ['Number', 'Currency', 'Percent'];

/** Decimals arrive as text and must be sent back as numbers. */
function toWire({ wire, type }: CustomField, value: unknown): object {
  const isNumber = numericTypes.includes(type ?? '') && typeof value === 'string' && value !== '';
  return isNumber ? { ...wire, value: Number(value) } : { ...wire, value: value ?? wire.value };
}
