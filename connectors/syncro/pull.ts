/** Changed clients, tickets and invoices: lists of the whole account, filtered here. */
import type {
  ClientRow,
  InvoiceRow,
  PullRequest,
  TicketRow,
} from '../../src/contract/connector.ts';
import { parseRows } from '../http/answers/rows.ts';
import { withLines } from '../kit/reading/invoice-lines.ts';
import { createDescent, oneByOne, type Rows, readPages } from '../kit/reading/lists.ts';
import type { Syncro } from './call.ts';
import { facts } from './facts.ts';
import { clientNumbers, customerList, invoiceList, refuseUnasked, ticketList } from './lists.ts';
import { fromCustomer, fromInvoice, fromInvoiceLine, fromTicket } from './mapping.ts';
import { CustomerWire, InvoiceDetail, InvoiceWire, TicketWire } from './schema.ts';
import { addRecent, type RecentTickets } from './timers.ts';

/**
 * Read until rows have not changed since; to the end, if Syncro sorts differently. Changed rows move to the top, so
 * a pass can resume only at the end.
 */
export async function* pullClients(
  syncro: Syncro,
  { clientIds, since }: PullRequest,
): Rows<ClientRow> {
  const ids = clientNumbers(clientIds);
  const descent = createDescent(since);
  const pages = readPages(syncro.pages(customerList), {
    schema: CustomerWire,
    fromWire: (wire) => ({ client: fromCustomer(wire), updatedAt: wire.updated_at }),
    refuse: ({ updatedAt }) => descent.see(updatedAt),
    isWanted: ({ client, updatedAt }) => updatedAt >= since && ids.includes(client.sourceId),
  });
  for await (const page of pages) {
    yield { ...page, rows: page.rows.map(({ client }) => client) };
    if (descent.isDone()) return;
  }
}

/** The order is not known, so a pass can resume only at the end. */
export async function* pullTickets(
  syncro: Syncro,
  { clientIds, since, until }: PullRequest,
): Rows<TicketRow> {
  await facts.refuseIfFalse(syncro.context, 'tickets-since', 'closed-listed');
  const ids = clientNumbers(clientIds);
  const list = ticketList.since(since);
  const tickets: RecentTickets = new Map();
  const fromWire = (wire: TicketWire) => fromTicket(wire, syncro.config.closedStatuses);
  for await (const page of syncro.pages(list)) {
    const { rows, rejected } = parseRows(page.rows, TicketWire, fromWire);
    for (const { updatedAt } of rows) refuseUnasked(list, updatedAt, since);
    addRecent(tickets, page.rows);
    const ours = rows.filter(({ clientId }) => ids.includes(clientId ?? ''));
    yield { rows: ours, rejected, resume: null };
  }
  syncro.seen.last = { since, until, tickets };
}

export async function* pullInvoices(syncro: Syncro, request: PullRequest): Rows<InvoiceRow> {
  await facts.refuseIfFalse(syncro.context, 'invoices-since');
  const { currency } = syncro.context;
  const ids = clientNumbers(request.clientIds);
  const list = invoiceList.since(request.since);
  const pages = readPages(syncro.pages(list), {
    schema: InvoiceWire,
    fromWire: (wire) => fromInvoice(wire, currency),
    refuse: ({ updatedAt }) => refuseUnasked(list, updatedAt, request.since),
    isWanted: ({ clientId }) => ids.includes(clientId ?? ''),
  });
  const readLines = oneByOne(async (id) => {
    const invoice = await syncro.getIfThere(`/invoices/${id}`, InvoiceDetail);
    return (invoice?.line_items ?? []).map((line) => fromInvoiceLine(line, currency));
  });
  yield* withLines(pages, request, readLines);
}
