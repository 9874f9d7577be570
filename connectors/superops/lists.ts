/**
 * SuperOps' lists, newest first, and single records. SuperOps filters only by subject: its client filter uses the
 * name, which may change. The order of the rows is verified on the rows themselves.
 */
import { type ZodType, z } from 'zod';
import type { ClientRow, SourceId } from '../../src/contract/connector.ts';
import { KindError } from '../../src/domain/errors.ts';
import { ifThere } from '../http/answers/if-there.ts';
import { Id } from '../http/answers/wire.ts';
import { findRow, type Pages, readableRows } from '../kit/reading/lists.ts';
import { type List, run, type SuperOps } from './call.ts';
import { operations } from './documents.ts';
import { fromClient, timeIn } from './mapping.ts';
import { ClientWire, InvoiceWire, TicketWire } from './schema.ts';

const { clientList, ticketList, invoiceList, contractList } = operations;

export const clients: List = { operation: clientList, rows: 'clients', sort: ['name'] };
export const newestTickets: List = {
  operation: ticketList,
  rows: 'tickets',
  sort: ['createdTime'],
};
export const ticketsByChange: List = { ...newestTickets, sort: ['updatedTime', 'createdTime'] };
export const invoicesByDate: List = {
  operation: invoiceList,
  rows: 'invoices',
  sort: ['invoiceDate'],
};
export const contracts: List = { operation: contractList, rows: 'clientContracts', sort: [] };

export function itemsBy(...sort: readonly string[]): List {
  return { operation: operations.itemList, rows: 'items', sort };
}

export async function listClients(ops: SuperOps): Promise<ClientRow[]> {
  return (await readableRows(ops, clients, ClientWire)).map(fromClient);
}

/** Null: there is no such ticket. */
export function readTicket(ops: SuperOps, ticketId: SourceId): Promise<TicketWire | null> {
  return ifThere(run(ops, operations.oneTicket, { ticketId }, TicketWire.nullable()));
}

export function readInvoice(ops: SuperOps, invoiceId: SourceId): Promise<InvoiceWire | null> {
  return ifThere(run(ops, operations.oneInvoice, { invoiceId }, InvoiceWire.nullable()));
}

/** The readable ones: for searching, not for storing. */
export function readable<T>(rows: readonly unknown[] | undefined, schema: ZodType<T>): T[] {
  return (rows ?? []).flatMap((row) => schema.safeParse(row).data ?? []);
}

export function idIn(field: string): (row: unknown) => SourceId | null {
  const Row = z.object({ [field]: Id });
  return (row) => Row.safeParse(row).data?.[field] ?? null;
}

const Owned = z.object({ client: z.object({ accountId: Id }).nullish() });

/** Rows of other clients are skipped; one without a client may belong to any. */
export function isOf(clientIds: readonly SourceId[]): (row: unknown) => boolean {
  return (row) => isOneOf(clientIds, Owned.safeParse(row).data?.client?.accountId ?? null);
}

export function isOneOf(clientIds: readonly SourceId[], clientId: SourceId | null): boolean {
  return clientId === null || clientIds.includes(clientId);
}

/** A list that had rows once and has none now is hidden from us, not empty. */
export async function* seenBefore(ops: SuperOps, list: List): Pages {
  const { name } = list.operation;
  const { memory } = ops.context;
  const isKnown = (await memory.get(`seen.${name}`)) !== null;
  let isFirst = true;
  for await (const page of ops.pages(list)) {
    if (page.rows.length === 0 && isFirst && isKnown) {
      throw new KindError('permission', `${name} no longer returns anything.`, {
        fix: 'Restore the permissions of the role of the token’s user.',
      });
    }
    if (page.rows.length > 0 && isFirst && !isKnown) await memory.set(`seen.${name}`, 'yes');
    isFirst = false;
    yield page;
  }
}

/** Until a page ends before `from`; it may hold older rows. */
export async function* downTo(ops: SuperOps, list: List, from: string): Pages {
  for await (const page of seenBefore(ops, list)) {
    const end = endOf(ops, list, page.rows);
    yield page;
    if (end < from) return;
  }
}

/**
 * The sort field of the last row. An unsorted list cannot be left early, and changes during the read would hide
 * rows.
 */
function endOf(ops: SuperOps, { operation, sort }: List, rows: readonly unknown[]): string {
  const [field = ''] = sort;
  const times = rows.flatMap((row) => timeIn(ops, field, row) ?? []);
  if (times.every((time, index) => index === 0 || time <= (times[index - 1] ?? ''))) {
    return times.at(-1) ?? '9';
  }
  throw new KindError('contract', `${operation.name} is not sorted by ${field}.`, {
    fix: 'The sort was ignored. Run check.',
  });
}

interface Wanted<Wire> {
  list: List;
  schema: ZodType<Wire>;
  idField: string;
  isWanted(wire: Wire): boolean;
  /** Matches the wanted row. */
  key: string;
  /** Older rows cannot match. */
  from: string;
}

/** A record that a push has already written, compared exactly. */
export function findKeyed<Wire>(
  ops: SuperOps,
  { list, schema, idField, isWanted, key, from }: Wanted<Wire>,
): Promise<Wire | null> {
  const pages = () => steadyPages(ops, list, idField, from);
  const bearsKey = (raw: unknown): boolean => JSON.stringify(raw).includes(key);
  return findRow({ pages }, { path: list.operation.name }, schema, isWanted, bearsKey);
}

/** Rows of the same day may move between two pages: then the wanted one may have been missed. */
async function* steadyPages(ops: SuperOps, list: List, idField: string, from: string): Pages {
  const { name } = list.operation;
  const idOf = idIn(idField);
  const seen = new Set<SourceId>();
  let countBefore: number | null | undefined;
  for await (const page of ops.pages(list)) {
    yield page;
    const ids = page.rows.flatMap((row) => idOf(row) ?? []);
    // Rows added during the read move others back, so one appears again.
    const isSteady = page.count === (countBefore ?? page.count);
    if (isSteady && ids.some((id) => seen.has(id))) {
      throw new KindError('transient', `${name} was reordered during the read.`, {
        fix: 'The next run looks for it again.',
      });
    }
    countBefore = page.count;
    for (const id of ids) seen.add(id);
    if (endOf(ops, list, page.rows) < from) return;
  }
}
