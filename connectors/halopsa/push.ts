/** Alert tickets, notes and the balance field. Sales are in sales.ts. */
import { z } from 'zod';
import type { Delivered } from '../../src/contract/connector.ts';
import { Id, optional } from '../http/answers/wire.ts';
import { requireSettings } from '../kit/call.ts';
import { findRow } from '../kit/reading/lists.ts';
import type { ClientFields } from '../kit/writing/balance-field.ts';
import { hasMarker, oneLine, withMarker } from '../kit/writing/marker.ts';
import { readBackNotes } from '../kit/writing/notes.ts';
import type { KeyedRecord } from '../kit/writing/push.ts';
import { findByKey, type KeySearch, verifyFilter } from '../kit/writing/search.ts';
import type { ClosableTicket, Keyed, TicketText } from '../kit/writing/tickets.ts';
import { create, type Halo, type List } from './call.ts';
import { type FactId, facts } from './facts.ts';
import { actionList, clientNumber, readClient, ticketList } from './lists.ts';
import { createTicketMapper } from './pull.ts';
import { actionId, type CustomField, TicketWire } from './schema.ts';

const KeyedTicket = TicketWire.pick({ id: true, third_party_id_string: true });
type KeyedTicket = z.infer<typeof KeyedTicket>;

export const alertRecord: KeyedRecord<Halo, TicketText, KeyedTicket, FactId> = {
  noun: 'ticket',
  kept: 'ticket-key',
  find: (halo, ticket) => findByKey(halo, facts, byKey(ticket)),
  delivered: ({ id }) => ({ remoteId: id, label: `#${id}` }),
  create: createTicket,
  ticket: () => alertTicket,
};

async function createTicket(halo: Halo, ticket: TicketText): Promise<Delivered> {
  const { alerts } = halo.config;
  const { ticketType, team } = requireSettings('Halo', 'alerts', alerts, '{ ticketType: NAME }');
  const tickettype_id = Number(await halo.names.idOf(halo, 'ticket types', ticketType));
  if (team !== undefined) await halo.names.idOf(halo, 'teams', team);
  const client = await readClient(halo, ticket.clientId);
  const body = {
    summary: oneLine(ticket.subject),
    details_html: toHtml(ticket.body),
    client_id: Number(client.id),
    ...(client.main_site_id != null && { site_id: Number(client.main_site_id) }),
    tickettype_id,
    team,
    third_party_id_string: ticket.key,
    // No rules that reply to customers, no acknowledgement: the ticket is internal.
    dont_do_rules: true,
    sendack: false,
  };
  const id = await create(halo, '/Tickets', body);
  await verifyFilter(halo, facts, byKey(ticket));
  return alertRecord.delivered({ id }, ticket);
}

function byKey({ key, clientId }: Keyed): KeySearch<List, KeyedTicket, FactId> {
  const query = { client_id: String(clientNumber(clientId)), orderdesc: true };
  return {
    schema: KeyedTicket,
    isOurs: (row) => row.third_party_id_string === key,
    // Newest first: ours is among them.
    unfiltered: ticketList(query),
    filtered: ticketList({ ...query, search: key }),
    fact: 'ticket-search',
  };
}

const NoteWire = z.object({
  id: Id,
  ticket_id: Id,
  ...optional(z.string(), 'note', 'note_html'),
  ...optional(z.boolean(), 'hiddenfromuser'),
});
type NoteWire = z.infer<typeof NoteWire>;

export const notes = readBackNotes<Halo, NoteWire, FactId>(facts, 'note-audience', {
  send(halo, { ticketId, audience, body, key }) {
    const { notes } = halo.config;
    const isForClient = audience === 'client';
    const action = {
      ticket_id: Number(ticketId),
      outcome: isForClient ? notes.client : notes.internal,
      note_html: toHtml(withMarker(body, key)),
      hiddenfromuser: !isForClient,
      sendemail: isForClient && notes.email,
      timetaken: 0,
    };
    return halo.write('POST', '/Actions', [action]);
  },
  read(halo, { key, ticketId }) {
    const isOurs = ({ note, note_html, ticket_id }: NoteWire): boolean =>
      (hasMarker(note, key) || hasMarker(note_html, key)) && ticket_id === ticketId;
    return findRow(halo, actionList(ticketId, { includehtmlnote: true }), NoteWire, isOurs);
  },
  isInternal: ({ hiddenfromuser }) => hiddenfromuser,
  delivered(note) {
    return { remoteId: actionId(note), label: `note ${note.id} on #${note.ticket_id}` };
  },
});

const alertTicket: ClosableTicket<Halo> = {
  async read(halo, id) {
    const ticket = await halo.getIfThere(`/Tickets/${encodeURIComponent(id)}`, TicketWire);
    if (ticket === null || ticket.deleted === true) return null;
    const { isClosed } = (await createTicketMapper(halo))(ticket);
    return { isClosed, bearsKey: (key) => ticket.third_party_id_string === key };
  },
  async close(halo, id) {
    const { alerts, closedStatuses } = halo.config;
    const status = alerts?.withdrawnStatus ?? closedStatuses?.[0] ?? 'Closed';
    const status_id = Number(await halo.names.idOf(halo, 'statuses', status));
    return () => halo.write('POST', '/Tickets', [{ id: Number(id), status_id }]);
  },
  note: notes,
  whenGone: 'by hand',
};

const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' };

/** Text as Halo shows it: HTML. */
function toHtml(text: string): string {
  const escaped = text.trimEnd().replace(/[&<>]/g, (char) => entities[char] ?? char);
  return `<p>${escaped.replace(/\r?\n/g, '<br>')}</p>`;
}

/** By its label, or its API name (`CFprepaidHoursLeft`). */
export const clientFields: ClientFields<Halo, CustomField, FactId> = {
  noun: 'client',
  product: 'Halo',
  fact: 'client-fields',
  read: async (halo, clientId) => (await readClient(halo, clientId)).customfields ?? [],
  async write(halo, clientId, { target: { id, name }, value }) {
    const body = { id: Number(clientId), customfields: [{ id, name, value }] };
    await halo.write('POST', '/Client', [body]);
  },
  writableFix: 'Make it a text or decimal field that the API application’s agent may edit.',
};
