/** Reading: one list a stream (tickets: two), pages in the order of ids, for the configured clients. */
import { createHash } from 'node:crypto';
import { z } from 'zod';
import type {
  ClientRow,
  InvoiceLine,
  InvoiceRow,
  Page,
  PresenceRequest,
  PullRequest,
  SourceId,
  TicketRow,
  TimeEntryRow,
} from '../../src/contract/connector.ts';
import { Id } from '../http/wire.ts';
import { type LinesOf, withLines } from '../kit/invoice-lines.ts';
import { ignoredFilter, readPages } from '../kit/lists.ts';
import type { List, Psa } from './call.ts';
import { changedSince, companyNumbers, startedWithin } from './conditions.ts';
import { facts } from './facts.ts';
import { listsOf, type ReadList, readLists, rowsOf } from './lists.ts';
import { fromCompany, fromInvoice, fromInvoiceLine, fromTicket, fromTimeEntry } from './mapping.ts';
import {
  CompanyWire,
  InvoiceLineWire,
  InvoiceWire,
  invoiceLineFields,
  TicketWire,
  TimeEntryWire,
} from './schema.ts';

interface Reading<Wire, Row> {
  schema: z.ZodType<Wire>;
  fromWire(wire: Wire): Row;
  /** The row's company, to see that the conditions were honoured. */
  companyOf(row: Row): SourceId | null;
}

export function pullClients(psa: Psa, request: PullRequest): AsyncGenerator<Page<ClientRow>> {
  return pullLists(psa, request, [readLists.companies], {
    schema: CompanyWire,
    fromWire: fromCompany,
    companyOf: ({ sourceId }) => sourceId,
  });
}

export function pullTickets(psa: Psa, request: PullRequest): AsyncGenerator<Page<TicketRow>> {
  const services = readLists['service-tickets'];
  // A service list that holds project tickets too shows them less fully than their own list.
  const pages = async function* (list: List) {
    for await (const page of psa.pages(list)) {
      if (list.path !== services.path) yield page;
      else yield { ...page, rows: page.rows.filter((row) => !isProjectTicket(row)) };
    }
  };
  return pullLists({ ...psa, pages }, request, [services, readLists['project-tickets']], {
    schema: TicketWire,
    fromWire: (wire) => fromTicket(wire, psa.config),
    companyOf: ({ clientId }) => clientId,
  });
}

const ProjectTicket = z.object({ recordType: z.enum(['ProjectTicket', 'ProjectIssue']) });

function isProjectTicket(row: unknown): boolean {
  return ProjectTicket.safeParse(row).success;
}

export function pullTime(psa: Psa, request: PullRequest): AsyncGenerator<Page<TimeEntryRow>> {
  return pullLists(psa, request, [readLists.time], {
    schema: TimeEntryWire,
    fromWire: (wire) => fromTimeEntry(wire, psa),
    companyOf: ({ clientId }) => clientId,
  });
}

export async function* pullInvoices(
  psa: Psa,
  request: PullRequest,
): AsyncGenerator<Page<InvoiceRow>> {
  const pages = pullLists(psa, request, [readLists.invoices], {
    schema: InvoiceWire,
    fromWire: (wire) => fromInvoice(wire, psa),
    companyOf: ({ clientId }) => clientId,
  });
  const read = (ids: readonly SourceId[]): Promise<LinesOf> => readLines(psa, ids);
  for await (const page of pages) {
    yield { ...page, rows: await withLines(page.rows, request, read) };
  }
}

/** An invoice does not show its product lines: they are asked for by the invoices' ids. */
async function readLines(psa: Psa, invoiceIds: readonly SourceId[]): Promise<LinesOf> {
  const found = new Map<SourceId, InvoiceLine[]>(invoiceIds.map((id) => [id, []]));
  const list = { path: '/procurement/products', fields: invoiceLineFields };
  const lists = listsOf(psa, list, 'invoice/id', invoiceIds);
  for (const wire of await rowsOf(psa, lists, InvoiceLineWire)) {
    found.get(wire.invoice?.id ?? '')?.push(fromInvoiceLine(wire, psa.context.currency));
  }
  return found;
}

/** Where a pass is: in which of its lists, and after which id in it. */
const Position = z.object({
  /** Tells the question that was asked; a position in another question means nothing. */
  of: z.string(),
  endpoint: z.int().min(0),
  chunk: z.int().min(0),
  pageId: z.string().nullable(),
});
type Position = z.infer<typeof Position>;

async function* pullLists<Wire, Row>(
  psa: Psa,
  request: PullRequest,
  lists: readonly ReadList[],
  { schema, fromWire, companyOf }: Reading<Wire, Row>,
): AsyncGenerator<Page<Row>> {
  await facts.refuseIfFalse(
    psa.context,
    'conditions-company',
    'conditions-last-updated',
    'forward-only',
    'ticket-numbers',
  );
  const ids = companyNumbers(request.clientIds);
  const changed = changedSince(request.since, psa.config);
  const of = fingerprint(ids, request.since);
  const parts = lists.flatMap((list, endpoint) =>
    listsOf(psa, list, list.companyField, ids, changed).map((part, chunk) => {
      return { part, position: { of, endpoint, chunk, pageId: null } };
    }),
  );
  const start = positionOf(request.resume, of);
  const first = parts.findIndex(
    ({ position }) => position.endpoint === start.endpoint && position.chunk === start.chunk,
  );
  for (const [index, { part, position }] of parts.entries()) {
    if (index < first) continue;
    const pageId = index === first ? start.pageId : null;
    const after = parts[index + 1]?.position ?? null;
    const refuse = (row: Row): void => refuseStranger(part.path, companyOf(row), part.ids);
    const list = { ...part, pageId };
    for await (const page of readPages(psa, { list, schema, fromWire, refuse })) {
      const resume = page.resume === null ? after : { ...position, pageId: page.resume };
      yield { ...page, resume: resume === null ? null : JSON.stringify(resume) };
    }
  }
}

/** Rows nobody asked for mean that the whole table is coming, with or without the right rows. */
function refuseStranger(path: string, company: SourceId | null, ids: readonly SourceId[]): void {
  if (company === null || ids.includes(company)) return;
  throw ignoredFilter(path, `company ${company}, not asked for`);
}

function positionOf(resume: string | null, of: string): Position {
  const position = Position.safeParse(JSON.parse(resume ?? 'null'));
  if (position.success && position.data.of === of) return position.data;
  return { of, endpoint: 0, chunk: 0, pageId: null };
}

function fingerprint(ids: readonly SourceId[], since: string): string {
  return createHash('sha256')
    .update(`${since} ${ids.join(',')}`)
    .digest('hex')
    .slice(0, 12);
}

const EntryId = z.object({ id: Id });
const Count = z.object({ count: z.int().min(0) });

/** Which time there is now: ConnectWise does not report entries that were deleted. */
export async function* presentTime(
  psa: Psa,
  request: PresenceRequest,
): AsyncGenerator<readonly SourceId[]> {
  await facts.refuseIfFalse(psa.context, 'conditions-company', 'forward-only');
  for (const list of presentLists(psa, request)) {
    // A row without an id would otherwise count as one that is gone.
    for await (const { rows } of psa.pages(list)) yield rows.map((row) => EntryId.parse(row).id);
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
  const within = startedWithin(from, to, psa.config);
  const list = { path: readLists.time.path, fields: 'id' };
  return listsOf(psa, list, 'company/id', companyNumbers(clientIds), within);
}
