/** Changed clients, tickets and invoices. Time is in ticket-time.ts. */
import { z } from 'zod';
import type { InvoiceRow, PullRequest, SourceId, TicketRow } from '../../src/contract/connector.ts';
import { parseRows } from '../http/answers/rows.ts';
import { DecimalText, optional } from '../http/answers/wire.ts';
import type { Query } from '../kit/call.ts';
import { lineMinor, type ReadLines, withLines } from '../kit/reading/invoice-lines.ts';
import {
  createDescent,
  ignoredFilter,
  oneByOne,
  type Rows,
  readPages,
  refuseOld,
  refuseStranger,
} from '../kit/reading/lists.ts';
import { lookUpNames } from '../kit/reading/names.ts';
import type { Halo, List } from './call.ts';
import { facts } from './facts.ts';
import {
  clientList,
  clientLists,
  clientNumbers,
  filterTime,
  fromClient,
  invoiceList,
  isRising,
  ticketList,
} from './lists.ts';
import { fromInvoice, fromTicket } from './mapping.ts';
import { ClientWire, InvoiceWire, isZero, Named, Reference, TicketWire } from './schema.ts';
import { forgetDeleted, keepDeleted } from './ticket-time.ts';

/** All changed clients: they cannot be requested by ID. If the timestamp is ignored, that only costs requests. */
export function pullClients(halo: Halo, request: PullRequest) {
  const ids = clientNumbers(request.clientIds);
  const changed = { includeinactive: true, lastupdatefromdate: filterTime(request.since) };
  return readPages(halo.pages(clientList(changed)), {
    schema: ClientWire,
    fromWire: fromClient,
    isWanted: ({ sourceId }) => ids.includes(sourceId),
  });
}

/** Changed tickets, page by page, sorted by ID; then deleted ones. */
export async function* pullTickets(halo: Halo, request: PullRequest): Rows<TicketRow> {
  await facts.refuseIfFalse(halo.context, 'last-update', 'closed-listed', 'closed-flag');
  await facts.refuseIfFalse(halo.context, 'dates-utc', 'action-moves-ticket');
  for (const { ids, query } of await clientLists(halo, request.clientIds)) {
    const since = { ...query, lastupdatefromdate: filterTime(request.since) };
    yield* changedTickets(halo, request.since, ids, ticketList(since));
    yield* deletedTickets(halo, ids, since);
  }
}

async function* changedTickets(halo: Halo, since: string, ours: readonly SourceId[], list: List) {
  const toTicket = await createTicketMapper(halo);
  const showsTotal = (await facts.readFact(halo.context, 'ticket-total')) === 'yes';
  const untimedIds: SourceId[] = [];
  let before = -1;
  const pages = readPages(halo.pages(list), {
    schema: TicketWire,
    fromWire: toTicket,
    refuse: ({ sourceId, clientId }, { last_update: changedAt, timetaken }) => {
      refuseStranger('/Tickets', clientId, ours);
      if (showsTotal && timetaken != null && isZero(timetaken)) untimedIds.push(sourceId);
      // The filter applies to `last_update` only: the last action of a changed ticket may be old.
      if (changedAt != null) refuseOld('/Tickets', changedAt, `${filterTime(since)}.000Z`);
    },
  });
  for await (const page of pages) {
    const ids = page.rows.map(({ sourceId }) => sourceId);
    if (!isRising(ids.map(Number), before))
      throw ignoredFilter('/Tickets', 'tickets in another order');
    before = Number(ids[0] ?? before);
    await forgetDeleted(halo, ids);
    // Numbered pages: a pass can only resume at the end of the list.
    yield { ...page, resume: null, untimedIds: untimedIds.splice(0) };
  }
}

/** Status names are needed only for closedStatuses: rows may show just the number. */
export async function createTicketMapper(halo: Halo): Promise<(row: TicketWire) => TicketRow> {
  const { closedStatuses } = halo.config;
  if (closedStatuses === undefined) return (row) => fromTicket(row, null);
  const statuses = await halo.names.list(halo, 'statuses');
  return (row) => {
    const status_name = row.status_name || statuses.find(({ id }) => id === row.status_id)?.name;
    return fromTicket({ ...row, status_name }, closedStatuses);
  };
}

/** Each is read by itself first: if the filter is ignored, the time of all tickets would be reversed. */
async function* deletedTickets(halo: Halo, ids: readonly SourceId[], query: Query) {
  for await (const page of halo.pages(ticketList({ ...query, deleted: true }))) {
    const parsed = parseRows(page.rows, TicketWire, (row) => row);
    const rows: TicketRow[] = [];
    for (const row of parsed.rows) {
      refuseStranger('/Tickets', row.client_id, ids);
      if (row.timetaken != null && isZero(row.timetaken)) continue;
      if ((await halo.get(`/Tickets/${row.id}`, TicketWire)).deleted !== true) {
        const message = 'Halo lists tickets as deleted that still exist; run sweep instead.';
        halo.context.log.warn(message, { ticket: row.id });
        return;
      }
      await keepDeleted(halo, row.id);
      rows.push({ ...fromTicket({ ...row, dateclosed: null }, null), status: 'Deleted' });
    }
    yield { rows, rejected: parsed.rejected, resume: null };
  }
}

/**
 * Read until invoices have not changed since, or to the end if Halo sorts differently or does not count payments
 * as changes. Invoices changed during the read move to the top, so `resume` is null.
 */
export async function* pullInvoices(halo: Halo, request: PullRequest): Rows<InvoiceRow> {
  await facts.refuseIfFalse(halo.context, 'dates-utc');
  const mayStop = (await facts.readFact(halo.context, 'invoice-modified')) !== 'no';
  const readLines: ReadLines = (wanted, currencyOf) =>
    oneByOne((id) => readInvoiceLines(halo, id, currencyOf(id)))(wanted);
  for (const { ids, query } of await clientLists(halo, request.clientIds)) {
    const descent = createDescent(request.since);
    const pages = readPages(halo.pages(invoiceList(query)), {
      schema: InvoiceWire,
      fromWire: (wire) => fromInvoice(wire, halo.context.currency, request.until),
      refuse: (row) => {
        refuseStranger('/Invoice', row.clientId, ids);
        descent.see(row.updatedAt);
      },
      isWanted: (row) => !mayStop || row.updatedAt >= request.since,
    });
    for await (const page of withLines(pages, request, readLines)) {
      yield page;
      if (mayStop && descent.isDone()) break;
    }
  }
}

const LineWire = z.object({
  ...optional(Reference, '_itemid'),
  ...optional(DecimalText, 'qty_order', 'net_amount'),
});
const InvoiceLines = z.object({ lines: z.array(LineWire).nullish() });

/** Only a single invoice shows its lines; their items are numbers. */
async function readInvoiceLines(halo: Halo, invoiceId: SourceId, currency: string | null) {
  const path = `/Invoice/${invoiceId}`;
  const invoice = await halo.getIfThere(path, InvoiceLines, { includedetails: true });
  const lines = invoice?.lines ?? [];
  const readName = async (id: SourceId) =>
    (await halo.getIfThere(`/Item/${id}`, Named))?.name ?? null;
  const itemIds = lines.flatMap(({ _itemid }) => _itemid ?? []);
  const names = await lookUpNames(halo, 'items', itemIds, oneByOne(readName));
  return lines.map(({ _itemid, qty_order, net_amount }) => ({
    product: names.get(_itemid ?? '')?.name ?? null,
    quantity: qty_order ?? null,
    totalMinor: lineMinor(net_amount, currency ?? halo.context.currency),
  }));
}
