/**
 * Reading: one list a stream, the last changed first, down to what has not changed since. Nothing is
 * filtered by SuperOps: its filter by client goes by name, which people change, and that the rows come in
 * order is seen on the rows themselves.
 */
import { z } from 'zod';
import { KindError } from '../../src/domain/errors.ts';
import { addSeconds, type Instant } from '../../src/domain/time.ts';
import type {
  ClientRow,
  InvoiceRow,
  Page,
  Pull,
  PullRequest,
  RejectedRow,
  SourceId,
  TicketRow,
  TimeEntryRow,
} from '../contract.ts';
import { parseRows } from '../http/rows.ts';
import { Id, UtcInstant } from '../http/wire.ts';
import { type Api, type List, type ListPage, refuseOtherOrder } from './api.ts';
import { rememberClosed } from './closed.ts';
import { billableItemList, clientList, invoiceList, itemList, ticketList } from './documents.ts';
import { refuseIfNot } from './facts.ts';
import { showsBillable } from './introspection.ts';
import { fromClient, fromInvoice, fromItem, fromTicket, isWork } from './mapping.ts';
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
    await refuseIfNot(api.context, 'schema-clients');
    for await (const { rows } of seenBefore(api, clients, request.signal)) {
      const parsed = parseRows(rows, ClientWire, fromClient, idIn('accountId'));
      const wanted = parsed.rows.filter(({ sourceId }) => request.clientIds.includes(sourceId));
      yield { rows: wanted, rejected: parsed.rejected, resume: null };
    }
  };
}

export function createTicketPull(api: Api): Pull<TicketRow> {
  const { closedStatuses } = api.config;
  return async function* pull(request): AsyncGenerator<Page<TicketRow>> {
    await refuseIfNot(api.context, 'schema-tickets', 'dates-utc');
    const closed = rememberClosed(api.context.memory);
    for await (const page of changedSince(api, ticketsByChange, request)) {
      const parsed = parseRows(page.rows, TicketWire, (row) => row, idIn('ticketId'));
      const rows: TicketRow[] = [];
      for (const wire of parsed.rows) {
        const row = fromTicket(wire, closedStatuses);
        if (!isWanted(row, request)) continue;
        rows.push({ ...row, closedAt: await closed.closedAt(wire, row.isClosed) });
      }
      await closed.store();
      yield { rows, rejected: parsed.rejected, resume: null };
    }
  };
}

export function createTimePull(api: Api): Pull<TimeEntryRow> {
  return async function* pull(request): AsyncGenerator<Page<TimeEntryRow>> {
    await refuseIfNot(api.context, 'schema-time', 'dates-utc', 'quantity-hours');
    await refuseIfNot(api.context, 'items-hold-time', 'items-billable');
    const list = await itemsBy(api, 'updatedTime', 'createdTime');
    for await (const page of changedSince(api, list, request)) {
      const { rows, rejected } = parseItems(page.rows, (wire) => fromItem(wire, api.context));
      yield { rows: rows.filter((row) => isWanted(row, request)), rejected, resume: null };
    }
  };
}

/** Items of work alone; what else is offered is nobody's time. */
export function parseItems<Row>(
  raw: readonly unknown[],
  fromWire: (wire: ItemWire) => Row,
): { rows: Row[]; rejected: RejectedRow[] } {
  const toRows = (wire: ItemWire): Row[] => (isWork(wire) ? [fromWire(wire)] : []);
  const { rows, rejected } = parseRows(raw, ItemWire, toRows, idIn('itemId'));
  return { rows: rows.flat(), rejected };
}

/** By their date, and so far back that a payment is still seen: there is no moment of the last change. */
export function createInvoicePull(api: Api): Pull<InvoiceRow> {
  return async function* pull(request): AsyncGenerator<Page<InvoiceRow>> {
    await refuseIfNot(api.context, 'schema-invoices');
    const from = addSeconds(request.since, -api.config.invoiceDays * 86_400).slice(0, 10);
    for await (const page of seenBefore(api, invoicesByDate, request.signal)) {
      const { rows, rejected } = parseRows(
        page.rows,
        InvoiceWire,
        (wire) => fromInvoice(wire, api.config, api.context),
        idIn('invoiceId'),
      );
      const isRecent = ({ issuedOn }: InvoiceRow): boolean => (issuedOn ?? '9') >= from;
      const wanted = rows.filter(({ clientId }) => isOf(request.clientIds, clientId));
      yield { rows: wanted.filter(isRecent), rejected, resume: null };
      const days = rows.map(({ issuedOn }) => issuedOn ?? '');
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

/** A list that showed rows once and shows none now is hidden from us, not empty. */
export async function* seenBefore(
  api: Api,
  list: List,
  signal: AbortSignal,
): AsyncGenerator<ListPage> {
  const { name } = list.operation;
  const { memory } = api.context;
  const isKnown = (await memory.get(`seen.${name}`)) !== null;
  for await (const page of api.pages(list, signal)) {
    if (page.rows.length === 0 && isKnown) {
      throw new KindError('permission', `${name} lists nothing any more.`, {
        fix: 'Give the role of the token’s user back what it could see before.',
      });
    }
    if (page.rows.length > 0 && !isKnown) await memory.set(`seen.${name}`, 'yes');
    yield page;
  }
}

function wholeSecond(instant: Instant): Instant {
  return `${instant.slice(0, 19)}.000Z`;
}

/** Rows of clients that are not configured come along; a row without a client may be of any. */
function isOf(clientIds: readonly SourceId[], clientId: SourceId | null): boolean {
  return clientId === null || clientIds.includes(clientId);
}

function isWanted(
  row: { clientId: SourceId | null; updatedAt: Instant },
  { since, clientIds }: PullRequest,
): boolean {
  return row.updatedAt >= wholeSecond(since) && isOf(clientIds, row.clientId);
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
