/**
 * Reading: one list a stream, the last changed first, down to what has not changed since. Nothing is
 * filtered by SuperOps: its filter by client goes by name, which people change, and that the rows come in
 * order is seen on the rows themselves.
 */
import { z } from 'zod';
import type {
  ClientRow,
  InvoiceRow,
  Page,
  Pull,
  PullRequest,
  SourceId,
  TicketRow,
  TimeEntryRow,
} from '../../src/contract/connector.ts';
import { isKindError, KindError } from '../../src/domain/errors.ts';
import { addSeconds, type DateText, type Instant } from '../../src/domain/time.ts';
import { parseRows, readableRows } from '../http/rows.ts';
import { Id, UtcInstant } from '../http/wire.ts';
import { type Api, type List, type ListPage, refuseOtherOrder } from './api.ts';
import { rememberClosed } from './closed.ts';
import { billableItemList, clientList, invoiceList, itemList, ticketList } from './documents.ts';
import { refuseIfFalse } from './facts.ts';
import { showsBillable } from './introspection.ts';
import { dayOf, fromClient, fromInvoice, fromItem, fromTicket, isWork } from './mapping.ts';
import { ClientWire, InvoiceWire, ItemWire, TicketWire } from './schema.ts';

export const ticketsByChange: List = {
  operation: ticketList,
  rows: 'tickets',
  sort: ['updatedTime', 'createdTime'],
};

export const clients: List = { operation: clientList, rows: 'clients', sort: ['name'] };

export const invoicesByDate: List = {
  operation: invoiceList,
  rows: 'invoices',
  sort: ['invoiceDate'],
};

/** Offered items, with the billable flag where this tenant has it. */
export async function itemsBy(api: Api, ...sort: readonly string[]): Promise<List> {
  const operation = (await showsBillable(api)) ? billableItemList : itemList;
  return { operation, rows: 'items', sort };
}

/** All of them: a client has no moment of its last change. */
export function createClientPull(api: Api): Pull<ClientRow> {
  return async function* pull(request): AsyncGenerator<Page<ClientRow>> {
    await refuseIfFalse(api.context, 'schema-clients');
    let found = 0;
    for await (const { rows } of seenBefore(api, clients, request.signal)) {
      const ours = rows.filter((row) => isOf(request.clientIds, idIn('accountId')(row)));
      const parsed = parseRows(ours, ClientWire, fromClient, idIn('accountId'));
      found += ours.length;
      yield { ...parsed, resume: null };
    }
    if (found > 0) return;
    throw new KindError('permission', 'SuperOps shows none of the configured clients.', {
      fix: 'Let the role of the token’s user see them, or correct the clients’ ids.',
    });
  };
}

export function listClients(api: Api, signal: AbortSignal): Promise<ClientRow[]> {
  return readableRows(api.pages(clients, signal), ClientWire, fromClient);
}

export function createTicketPull(api: Api): Pull<TicketRow> {
  const { closedStatuses } = api.config;
  return async function* pull(request): AsyncGenerator<Page<TicketRow>> {
    await refuseIfFalse(api.context, 'schema-tickets', 'dates-utc');
    const closed = rememberClosed(api.context.memory);
    for await (const page of changedSince(api, ticketsByChange, request)) {
      const ours = ofClients(page.rows, request);
      const parsed = parseRows(ours, TicketWire, (row) => row, idIn('ticketId'));
      const rows: TicketRow[] = [];
      for (const wire of parsed.rows) {
        const row = fromTicket(wire, closedStatuses);
        if (!isChanged(row, request)) continue;
        rows.push({ ...row, closedAt: await closed.closedAt(wire, row.isClosed) });
      }
      await closed.store();
      yield { rows, rejected: parsed.rejected, resume: null };
    }
  };
}

export function createTimePull(api: Api): Pull<TimeEntryRow> {
  return async function* pull(request): AsyncGenerator<Page<TimeEntryRow>> {
    await refuseIfFalse(api.context, 'schema-time', 'dates-utc', 'quantity-hours');
    await refuseIfFalse(api.context, 'items-hold-time', 'items-billable');
    const list = await itemsBy(api, 'updatedTime', 'createdTime');
    for await (const page of changedSince(api, list, request)) {
      // What else is offered is nobody's time.
      const toRows = (wire: ItemWire) => (isWork(wire) ? [fromItem(wire, api.context)] : []);
      const ours = ofClients(page.rows, request);
      const { rows, rejected } = parseRows(ours, ItemWire, toRows, idIn('itemId'));
      yield { rows: rows.flat().filter((row) => isChanged(row, request)), rejected, resume: null };
    }
  };
}

/** By their date, and so far back that a payment is still seen: there is no moment of the last change. */
export function createInvoicePull(api: Api): Pull<InvoiceRow> {
  return async function* pull(request): AsyncGenerator<Page<InvoiceRow>> {
    await refuseIfFalse(api.context, 'schema-invoices');
    const from = addSeconds(request.since, -api.config.invoiceDays * 86_400).slice(0, 10);
    for await (const page of seenBefore(api, invoicesByDate, request.signal)) {
      const toRows = (wire: InvoiceWire) => fromInvoice(wire, api.config, api.context);
      const ours = ofClients(page.rows, request);
      const { rows, rejected } = parseRows(ours, InvoiceWire, toRows, idIn('invoiceId'));
      const isRecent = ({ issuedOn }: InvoiceRow): boolean => (issuedOn ?? '9') >= from;
      yield { rows: rows.flat().filter(isRecent), rejected, resume: null };
      const days = page.rows.flatMap((row) => readableDay(row, api));
      refuseOtherOrder(invoicesByDate, days);
      if ((days.at(-1) ?? '9') < from) return;
    }
  };
}

/** Pages of rows in the order of their change, until one holds nothing that changed since. */
async function* changedSince(
  api: Api,
  list: List,
  { since, signal }: Pick<PullRequest, 'since' | 'signal'>,
): AsyncGenerator<ListPage> {
  for await (const page of seenBefore(api, list, signal)) {
    const times = changesOf(page.rows);
    refuseOtherOrder(list, times);
    yield page;
    // SuperOps shows whole seconds.
    if ((times.at(-1) ?? '9') < wholeSecond(since)) return;
  }
}

/** Of an invoice that shows one; the others are set aside elsewhere. */
function readableDay(row: unknown, { context }: Api): DateText[] {
  const wire = InvoiceWire.pick({ invoiceDate: true }).safeParse(row).data;
  try {
    return wire === undefined ? [] : [dayOf(wire.invoiceDate, context.timezone)];
  } catch (error) {
    if (!isKindError(error, 'contract')) throw error;
    return [];
  }
}

/** A list that showed rows once and shows none now is hidden from us, not empty. */
export async function* seenBefore(
  api: Api,
  list: List,
  signal: AbortSignal,
): AsyncGenerator<ListPage> {
  const { name } = list.operation;
  const { memory } = api.context;
  const isKnown = (await memory.get(`seen.${name}`)) !== null;
  let isFirst = true;
  for await (const page of api.pages(list, signal)) {
    if (page.rows.length === 0 && isFirst && isKnown) {
      throw new KindError('permission', `${name} lists nothing any more.`, {
        fix: 'Give the role of the token’s user back what it could see before.',
      });
    }
    if (page.rows.length > 0 && isFirst && !isKnown) await memory.set(`seen.${name}`, 'yes');
    isFirst = false;
    yield page;
  }
}

function wholeSecond(instant: Instant): Instant {
  return `${instant.slice(0, 19)}.000Z`;
}

const Owned = z.object({ client: z.object({ accountId: Id }).nullish() });

/** Rows of other clients come along, and are nobody's business; one without a client may be of any. */
export function ofClients(
  rows: readonly unknown[],
  { clientIds }: Pick<PullRequest, 'clientIds'>,
): unknown[] {
  return rows.filter((row) =>
    isOf(clientIds, Owned.safeParse(row).data?.client?.accountId ?? null),
  );
}

function isOf(clientIds: readonly SourceId[], clientId: SourceId | null): boolean {
  return clientId === null || clientIds.includes(clientId);
}

function isChanged({ updatedAt }: { updatedAt: Instant }, { since }: PullRequest): boolean {
  return updatedAt >= wholeSecond(since);
}

const Changed = z.object({ updatedTime: UtcInstant });

/** Of the rows that show one; the others are set aside elsewhere. */
function changesOf(rows: readonly unknown[]): Instant[] {
  return rows.flatMap((row) => Changed.safeParse(row).data?.updatedTime ?? []);
}

export function idIn(field: string): (row: unknown) => string | null {
  const Row = z.object({ [field]: Id });
  return (row) => Row.safeParse(row).data?.[field] ?? null;
}
