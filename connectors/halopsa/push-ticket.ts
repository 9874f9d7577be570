/** Low-balance tickets, found again by `third_party_id_string`. */
import { z } from 'zod';
import type { Delivered, Push } from '../../src/contract/connector.ts';
import { KindError } from '../../src/domain/errors.ts';
import { describeIssue } from '../http/issues.ts';
import { Id } from '../http/wire.ts';
import type { Api, List, Query } from './api.ts';
import { readClient } from './clients.ts';
import { readFact, refuseIfNot, settleKept } from './facts.ts';
import { clientNumbers } from './lists.ts';
import type { Names } from './names.ts';
import { toHtml } from './text.ts';
import { ticketList } from './tickets.ts';
import { inspectTicket, withdrawTicket } from './withdraw-ticket.ts';

const Created = z.object({ id: Id });

const KeyedTicket = z.object({ id: Id, third_party_id_string: z.string().nullish() });

export interface NewTicket {
  key: string;
  clientId: string;
  subject: string;
  body: string;
}

export function createAlertPush(api: Api, names: Names): Push<'alert-ticket'> {
  return {
    find: (message, signal) => findTicket(api, message, signal),
    async create(message, signal) {
      await refuseIfNot(api.context, 'ticket-key');
      return createTicket(api, names, message, signal);
    },
    inspect: (_, ticketId, signal) => inspectTicket(api, names, ticketId, signal),
    withdraw: (message, withdrawal, signal) =>
      withdrawTicket(api, names, message, withdrawal, signal),
  };
}

export async function createTicket(
  api: Api,
  names: Names,
  ticket: NewTicket,
  signal: AbortSignal,
): Promise<Delivered> {
  const { alerts } = api.config;
  if (alerts === undefined) {
    throw new KindError('config', 'Halo is to get an alert ticket, but alerts is not set.', {
      fix: 'Add alerts: { ticketType: … } to this connection.',
    });
  }
  // What could fail is asked before anything is written.
  const tickettype_id = await names.idOf('ticket types', alerts.ticketType, signal);
  const team = alerts.team;
  if (team !== undefined) await names.idOf('teams', team, signal);
  const client = await readClient(api, ticket.clientId, signal);
  const body = {
    summary: ticket.subject.replace(/\s+/g, ' ').trim(),
    details_html: toHtml(ticket.body),
    client_id: Number(client.id),
    ...(client.main_site_id == null ? {} : { site_id: Number(client.main_site_id) }),
    tickettype_id,
    ...(team === undefined ? {} : { team }),
    third_party_id_string: ticket.key,
    // Neither rules that answer customers nor an acknowledgement: the ticket is about the client.
    dont_do_rules: true,
    sendack: false,
  };
  const { id } = await api.post('/Tickets', body, Created, signal);
  await settleLookUp(api, ticket, signal);
  return delivered(id);
}

/** After a write: do the lists show what now surely stands there? Settles both facts, once. */
async function settleLookUp(api: Api, ticket: NewTicket, signal: AbortSignal): Promise<void> {
  const { context } = api;
  if ((await readFact(context, 'ticket-key')) === null) {
    const listed = await findInList(api, ofClient(ticket), ticket.key, signal);
    await settleKept(context, 'ticket-key', false, async () => listed !== null);
  }
  if ((await readFact(context, 'ticket-search')) !== null) return;
  const searched = await findInList(api, bySearch(ticket), ticket.key, signal);
  await settleKept(context, 'ticket-search', false, async () => searched !== null);
}

export async function findTicket(
  api: Api,
  ticket: Pick<NewTicket, 'key' | 'clientId'>,
  signal: AbortSignal,
): Promise<Delivered | null> {
  const isSearched = (await readFact(api.context, 'ticket-search')) === 'yes';
  const list = isSearched ? bySearch(ticket) : ofClient(ticket);
  const found = await findInList(api, list, ticket.key, signal);
  return found === null ? null : delivered(found);
}

/** The last made come first: ours is among them. */
function ofClient({ clientId }: Pick<NewTicket, 'clientId'>, more: Query = {}): List {
  const client_id = clientNumbers([clientId])[0];
  return ticketList({ client_id, orderdesc: true, ...more });
}

function bySearch(ticket: Pick<NewTicket, 'key' | 'clientId'>): List {
  return ofClient(ticket, { search: ticket.key });
}

/** Compared here: a search finds by parts, and a filter may be ignored. */
async function findInList(
  api: Api,
  list: List,
  key: string,
  signal: AbortSignal,
): Promise<string | null> {
  for await (const { rows } of api.pages(list, signal)) {
    for (const raw of rows) {
      const row = KeyedTicket.safeParse(raw);
      // An unreadable row might be the wanted one: taking it for another would write twice.
      if (!row.success) {
        throw new KindError('contract', `GET /Tickets: ${describeIssue(row.error)}.`);
      }
      if (row.data.third_party_id_string === key) return row.data.id;
    }
  }
  return null;
}

function delivered(id: string): Delivered {
  return { remoteId: id, label: `#${id}` };
}
