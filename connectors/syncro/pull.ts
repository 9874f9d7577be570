/** Clients, tickets and invoices that changed: lists of the whole account, of which ours are taken. */
import type {
  ClientRow,
  InvoiceLine,
  InvoiceRow,
  Page,
  Pull,
  PullRequest,
  RejectedRow,
  TicketRow,
} from '../../src/contract/connector.ts';
import { parseRows, readableRows } from '../http/rows.ts';
import { withLines } from '../kit/invoice-lines.ts';
import { type Api, clientNumbers, type List } from './api.ts';
import { refuseIfFalse } from './facts.ts';
import { changedInvoices, changedTickets, refuseOld } from './lists.ts';
import { fromCustomer, fromInvoice, fromInvoiceLine, fromTicket } from './mapping.ts';
import { addRecent, type RecentById, type RecentTickets } from './recent-tickets.ts';
import { CustomerWire, InvoiceDetail, InvoiceWire, TicketWire } from './schema.ts';

/** The last changed first: customers have no filter for what changed. */
export const customerList: List = {
  path: '/customers',
  rows: 'customers',
  query: { sort: 'updated_at DESC', include_disabled: true },
};

/** Read down to what has not changed since; to the end, where Syncro keeps another order. */
export function createClientPull(api: Api): Pull<ClientRow> {
  return async function* pull(request: PullRequest): AsyncGenerator<Page<ClientRow>> {
    const ids = clientNumbers(request.clientIds);
    let oldest = '9999';
    let isOrdered = true;
    for await (const page of api.pages(customerList, request.signal)) {
      const found: { rows: ClientRow[]; rejected: RejectedRow[] } = { rows: [], rejected: [] };
      const { rows, rejected } = parseRows(page.rows, CustomerWire, (wire) => ({
        row: fromCustomer(wire),
        updatedAt: wire.updated_at,
      }));
      found.rejected.push(...rejected);
      for (const { row, updatedAt } of rows) {
        if (updatedAt > oldest) isOrdered = false;
        oldest = updatedAt;
        if (updatedAt >= request.since && ids.includes(row.sourceId)) found.rows.push(row);
      }
      // What changes meanwhile moves to the top: only the end is a safe point.
      yield { ...found, resume: null };
      if (isOrdered && oldest < request.since) return;
    }
  };
}

export function listClients(api: Api, signal: AbortSignal): Promise<ClientRow[]> {
  return readableRows(api.pages(customerList, signal), CustomerWire, fromCustomer);
}

/** In no known order, so that only the end is a safe point. */
export function createTicketPull(api: Api, recent: RecentTickets): Pull<TicketRow> {
  return async function* pull(request: PullRequest): AsyncGenerator<Page<TicketRow>> {
    await refuseIfFalse(api.context, 'tickets-since', 'closed-listed');
    const ids = clientNumbers(request.clientIds);
    const list = changedTickets(request.since);
    const tickets: RecentById = new Map();
    for await (const page of api.pages(list, request.signal)) {
      const { rows, rejected } = parseRows(page.rows, TicketWire, (wire) =>
        fromTicket(wire, api.config.closedStatuses),
      );
      for (const { updatedAt } of rows) refuseOld(list, updatedAt, request.since);
      addRecent(tickets, page.rows);
      yield {
        rows: rows.filter(({ clientId }) => ids.includes(clientId ?? '')),
        rejected,
        resume: null,
      };
    }
    recent.keep(request, tickets);
  };
}

export function createInvoicePull(api: Api): Pull<InvoiceRow> {
  const readLines = async (invoiceIds: readonly string[], signal: AbortSignal) => {
    const found = new Map<string, readonly InvoiceLine[]>();
    for (const id of invoiceIds) {
      const detail = await api.getIfThere(`/invoices/${id}`, InvoiceDetail, signal);
      const lines = detail?.invoice.line_items ?? [];
      found.set(
        id,
        lines.map((line) => fromInvoiceLine(line, api.context.currency)),
      );
    }
    return found;
  };
  return async function* pull(request: PullRequest): AsyncGenerator<Page<InvoiceRow>> {
    await refuseIfFalse(api.context, 'invoices-since');
    const ids = clientNumbers(request.clientIds);
    const list = changedInvoices(request.since);
    for await (const page of api.pages(list, request.signal)) {
      const { rows, rejected } = parseRows(page.rows, InvoiceWire, (wire) =>
        fromInvoice(wire, api.context.currency),
      );
      for (const { updatedAt } of rows) refuseOld(list, updatedAt, request.since);
      const ours = rows.filter(({ clientId }) => ids.includes(clientId ?? ''));
      yield { rows: await withLines(ours, request, readLines), rejected, resume: null };
    }
  };
}
