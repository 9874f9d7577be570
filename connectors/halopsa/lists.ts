/** Halo's lists. It ignores unknown parameters, so the effect of each is verified on the response. */
import { z } from 'zod';
import type { ClientRow, ListedProduct, SourceId } from '../../src/contract/connector.ts';
import { KindError } from '../../src/domain/errors.ts';
import { Id } from '../http/answers/wire.ts';
import type { Query } from '../kit/call.ts';
import { findRow, inChunks, numericIds, parseAll, readableRows } from '../kit/reading/lists.ts';
import type { NameSources } from '../kit/reading/names.ts';
import type { Halo, List } from './call.ts';
import { facts } from './facts.ts';
import { ClientDetail, ClientWire, Named } from './schema.ts';

export function ticketList(more: Query, pageSize?: number): List {
  // Otherwise rows lack names and hours.
  const shown = { includestatus: true, includetickettype: true, includetimetaken: true };
  const query = { order: 'id', ...shown, ...more };
  return { path: '/Tickets', rows: 'tickets', query, pageSize };
}

export function invoiceList(query: Query): List {
  const order = { order: 'last_modified', orderdesc: true };
  return { path: '/Invoice', rows: 'invoices', query: { ...order, ...query } };
}

export function clientList(more: Query): List {
  const query = { includeactive: true, order: 'id', ...more };
  return { path: '/Client', rows: 'clients', query };
}

/** Without `timeentriesonly` and `excludesys`: what they exclude is not documented, and could be time. */
export function actionList(ticket_id: SourceId, more: Query = {}): List {
  return { path: '/Actions', rows: 'actions', query: { ticket_id, ...more }, pageSize: 'all' };
}

/** Halo returns most short lists bare, and some in an envelope with a count. */
const ShortList = z.union([
  z.array(z.unknown()),
  z
    .looseObject({ record_count: z.int() })
    .transform((envelope) => Object.values(envelope).find((value) => Array.isArray(value)))
    .pipe(z.array(z.unknown())),
]);

const NamedOrOutcome = z.union([
  Named,
  z.object({ id: Id, outcome: z.string() }).transform(({ id, outcome }) => ({ id, name: outcome })),
]);

function named(path: string, query: Query = {}) {
  return async (halo: Halo) => parseAll(await halo.get(path, ShortList, query), NamedOrOutcome);
}

export const nameSources = {
  agents: named('/Agent', { includeenabled: true, includedisabled: 'true' }),
  // The ID of the look-up table of charge types.
  'charge types': named('/Lookup', { lookupid: 17 }),
  'ticket types': named('/TicketType'),
  teams: named('/Team'),
  outcomes: named('/Outcome'),
  statuses: named('/Status'),
} satisfies NameSources<Halo, string>;
export type NameKind = keyof typeof nameSources;

const itemList: List = { path: '/Item', rows: 'items', query: { order: 'id' } };

export function listProducts(halo: Halo): Promise<ListedProduct[]> {
  return readableRows(halo, itemList, Named);
}

/** The ID of an item; there may be thousands, so pages are searched one by one. */
export async function itemNumber(halo: Halo, name: string): Promise<number> {
  const isNamed = (row: { name: string }): boolean => row.name === name;
  const found = await findRow(halo, itemList, Named, isNamed, () => false);
  if (found !== null) return Number(found.id);
  throw new KindError('config', `Halo has no item called "${name}".`, {
    fix: 'Write the name as Halo shows it, or let the API application see items.',
  });
}

export function clientNumbers(clientIds: readonly SourceId[]): SourceId[] {
  return numericIds('Halo', clientIds);
}

export function clientNumber(clientId: SourceId): number {
  return Number(clientNumbers([clientId])[0]);
}

/** The clients in as few lists as the URL length and this tenant allow. */
export async function clientLists({ context }: Halo, clientIds: readonly SourceId[]) {
  const isSingle = (await facts.readFact(context, 'client-ids')) === 'no';
  const parts = inChunks(clientNumbers(clientIds), isSingle ? 1 : 100);
  return parts.map((ids) => {
    return { ids, query: ids.length === 1 ? { client_id: ids[0] } : { client_ids: ids.join(',') } };
  });
}

export function fromClient({ id, name }: ClientWire): ClientRow {
  return { sourceId: id, name };
}

export async function listClients(halo: Halo): Promise<ClientRow[]> {
  return (await readableRows(halo, clientList({}), ClientWire)).map(fromClient);
}

/** One client with its pre-pay, currency and custom fields. */
export function readClient(halo: Halo, clientId: SourceId): Promise<ClientDetail> {
  const query = { includedetails: true, includeprepay: true };
  return halo.get(`/Client/${clientNumber(clientId)}`, ClientDetail, query);
}

/** A page may be repeated, but IDs rise within it, and from the first row of one page to that of the next. */
export function isRising(ids: readonly number[], firstBefore: number): boolean {
  return ids.every((id, index) => id > (ids[index - 1] ?? firstBefore - 1));
}

/** `2026-03-02T10:30:00`, as Halo reads timestamps in filters: UTC without a zone. */
export function filterTime(instant: string): string {
  return instant.slice(0, 19);
}
