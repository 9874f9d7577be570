/** Reading: one list per stream (two for tickets), sorted by ID, for the configured clients. */
import { z } from 'zod';
import type {
  ClientRow,
  InvoiceLine,
  InvoiceRow,
  PresenceRequest,
  PullRequest,
  SourceId,
  TicketRow,
  TimeEntryRow,
} from '../../src/contract/connector.ts';
import { Id } from '../http/answers/wire.ts';
import { withLines } from '../kit/reading/invoice-lines.ts';
import {
  believeRows,
  type PresentIds,
  type Rows,
  readPages,
  refuseStranger,
} from '../kit/reading/lists.ts';
import { resumableLists } from '../kit/reading/positions.ts';
import type { List, Psa } from './call.ts';
import { facts } from './facts.ts';
import {
  changedSince,
  companyNumbers,
  listsOf,
  type ReadList,
  readLists,
  readRowsByIds,
  startedWithin,
} from './lists.ts';
import { fromCompany, fromInvoice, fromInvoiceLine, fromTicket, fromTimeEntry } from './mapping.ts';
import {
  CompanyWire,
  fieldsOf,
  InvoiceLineWire,
  InvoiceWire,
  TicketWire,
  TimeEntryWire,
} from './schema.ts';

function pullClients(psa: Psa, request: PullRequest): Rows<ClientRow> {
  return pullLists(psa, request, [readLists.Companies], CompanyWire, fromCompany);
}

function pullTickets(psa: Psa, request: PullRequest): Rows<TicketRow> {
  const lists = [readLists['Service tickets'], readLists['Project tickets']];
  return pullLists(psa, request, lists, TicketWire, fromTicket);
}

const ProjectTicket = z.object({ recordType: z.enum(['ProjectTicket', 'ProjectIssue']) });

/** If the service list includes project tickets, it shows fewer of their fields. */
function isOnOtherList({ path }: List, row: unknown): boolean {
  return path === '/service/tickets' && ProjectTicket.safeParse(row).success;
}

function pullTime(psa: Psa, request: PullRequest): Rows<TimeEntryRow> {
  const toRow = (wire: TimeEntryWire) => fromTimeEntry(wire, psa);
  const pages = pullLists(psa, request, [readLists.Time], TimeEntryWire, toRow);
  return psa.addEmails(psa, pages);
}

function pullInvoices(psa: Psa, request: PullRequest): Rows<InvoiceRow> {
  const toRow = (wire: InvoiceWire) => fromInvoice(wire, psa);
  const pages = pullLists(psa, request, [readLists.Invoices], InvoiceWire, toRow);
  return withLines(pages, request, (...wanted) => readLines(psa, ...wanted));
}

/** An invoice does not show its product lines: they are requested by invoice ID. */
async function readLines(
  psa: Psa,
  invoiceIds: readonly SourceId[],
  currencyOf: (id: SourceId) => string | null,
) {
  const found = new Map<SourceId, InvoiceLine[]>(invoiceIds.map((id) => [id, []]));
  const path = '/procurement/products';
  for (const wire of await readRowsByIds(psa, path, InvoiceLineWire, 'invoice/id', invoiceIds)) {
    const id = wire.invoice?.id ?? '';
    found.get(id)?.push(fromInvoiceLine(wire, currencyOf(id) ?? psa.context.currency));
  }
  return found;
}

async function* pullLists<Wire, Row extends ClientRow | TicketRow | TimeEntryRow | InvoiceRow>(
  psa: Psa,
  { clientIds, since, resume }: PullRequest,
  lists: readonly ReadList[],
  schema: z.ZodType<Wire>,
  fromWire: (wire: Wire) => Row,
): Rows<Row> {
  await facts.refuseIfFalse(psa.context, 'conditions-company', 'conditions-last-updated');
  const ids = companyNumbers(clientIds);
  const changed = changedSince(since, psa);
  const parts = lists.flatMap((list) => listsOf(psa, list, list.companyField, ids, changed));
  yield* resumableLists(parts, resume, (list, pageId) =>
    readPages(psa.pages({ ...list, pageId }), {
      schema,
      fromWire,
      concernsUs: (row) => !isOnOtherList(list, row),
      refuse: (row) =>
        refuseStranger(list.path, 'clientId' in row ? row.clientId : row.sourceId, list.ids),
    }),
  );
}

const EntryId = z.object({ id: Id });
const Count = z.object({ count: z.int().min(0) });

/** Which time exists now: ConnectWise does not report deleted entries. */
export async function* presentTime(psa: Psa, request: PresenceRequest): PresentIds {
  await facts.refuseIfFalse(psa.context, 'conditions-company');
  for (const list of presentLists(psa, request)) {
    for await (const { rows } of psa.pages(list)) {
      yield believeRows(list, rows, EntryId).map(({ id }) => id);
    }
  }
}

export async function countTime(psa: Psa, request: PresenceRequest): Promise<number> {
  let total = 0;
  for (const { path, conditions } of presentLists(psa, request)) {
    total += (await psa.get(`${path}/count`, Count, { conditions })).count;
  }
  return total;
}

function presentLists(psa: Psa, { from, to, clientIds }: PresenceRequest) {
  const within = startedWithin(from, to, psa);
  const list = { path: readLists.Time.path, ...fieldsOf(EntryId) };
  return listsOf(psa, list, 'company/id', companyNumbers(clientIds), within);
}

export const pull = {
  clients: pullClients,
  tickets: pullTickets,
  timeEntries: pullTime,
  invoices: pullInvoices,
};
