/** Clients, tickets, time and invoices, sorted by ID, and which time exists now. */
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
import { addSeconds, instantFromMs } from '../../src/domain/time.ts';
import { DecimalText, Id, optional } from '../http/answers/wire.ts';
import { type LinesOf, lineMinor, rowPerSale, withLines } from '../kit/reading/invoice-lines.ts';
import {
  believeRows,
  type PresentIds,
  type Rows,
  readPages,
  refuseStranger,
} from '../kit/reading/lists.ts';
import { questionOf } from '../kit/reading/presence.ts';
import { keyIn } from '../kit/writing/marker.ts';
import { type Autotask, companyNumbers, listOf, readRows, splitList, where } from './call.ts';
import { facts } from './facts.ts';
import { type BilledSale, readNames, streamPages } from './lists.ts';
import {
  fromCompany,
  fromInvoice,
  fromTicket,
  fromTimeEntry,
  readStart,
  ticketNames,
  timeNames,
} from './mapping.ts';
import { ChargeWire, CompanyWire, InvoiceWire, TicketWire, TimeEntryWire } from './schema.ts';

/** The companies of all clients: few, and seeing one proves that the permission is still there. */
function pullClients(api: Autotask, request: PullRequest): Rows<ClientRow> {
  const ids = companyNumbers(request.clientIds);
  const lists = splitList(listOf('Companies', CompanyWire), 'id', ids);
  return readPages(streamPages(api, lists, request.resume), {
    schema: CompanyWire,
    fromWire: fromCompany,
    refuse: ({ sourceId }) => refuseStranger('Companies', sourceId, ids),
  });
}

async function* pullTickets(api: Autotask, request: PullRequest): Rows<TicketRow> {
  await facts.refuseIfFalse(api.context, 'change-filters');
  const ids = companyNumbers(request.clientIds);
  forgetOwners(api);
  const changed = where.anyOf(
    where.since('lastActivityDate', request.since),
    where.since('lastTrackedModificationDateTime', request.since),
  );
  const lists = splitList(listOf('Tickets', TicketWire, changed), 'companyID', ids);
  yield* readPages(streamPages(api, lists, request.resume), {
    schema: TicketWire,
    async prepare(wires) {
      const nameIn = await readNames(api, wires, ticketNames);
      return (wire) => fromTicket(wire, nameIn, api.config.closedStatuses);
    },
    refuse({ sourceId, clientId }) {
      refuseStranger('Tickets', clientId, ids);
      api.cache.owners.Tickets.set(sourceId, clientId);
    },
  });
}

/**
 * Only these clients' time: it has no company of its own but that of its ticket, or of its task's project, so that all
 * companies' time is listed. An entry with a hidden owner is quarantined, not dropped.
 */
async function* pullTime(api: Autotask, request: PullRequest): Rows<TimeEntryRow> {
  await facts.refuseIfFalse(api.context, 'change-filters');
  const clientIds = companyNumbers(request.clientIds);
  const changed = where.anyOf(
    where.since('lastModifiedDateTime', request.since),
    // Whether an approval counts as a change is not documented.
    where.since('billingApprovalDateTime', request.since),
  );
  // Time without either is the MSP's own.
  const isOwned = where.anyOf(where.exists('ticketID'), where.exists('taskID'));
  const list = listOf('TimeEntries', TimeEntryWire, changed, isOwned);
  yield* readPages(streamPages(api, [list], request.resume), {
    schema: TimeEntryWire,
    async prepare(wires) {
      const { ownerOf, isOurs } = await findOwners(api, wires, clientIds);
      const nameIn = await readNames(api, wires.filter(isOurs), timeNames);
      return (wire) =>
        isOurs(wire) ? fromTimeEntry(wire, nameIn, ownerOf(wire), api.context.timezone) : [];
    },
  });
}

/** Above this many the cache is cleared, at the cost of one more batch of requests. */
const knownMax = 200_000;

/** Clears the cache: tickets move between companies. */
function forgetOwners({ cache: { owners } }: Autotask): void {
  for (const known of Object.values(owners)) known.clear();
}

const ownerFields = { Tickets: 'companyID', Tasks: 'projectID', Projects: 'companyID' } as const;
type Owner = keyof typeof ownerFields;

/** Adds unknown owners of these rows; hidden rows stay missing. */
async function learnOwners(api: Autotask, entity: Owner, ids: readonly SourceId[]) {
  const known = api.cache.owners[entity];
  const field = ownerFields[entity];
  if (known.size > knownMax) known.clear();
  const unknown = new Set(ids.filter((id) => !known.has(id)));
  const Owned = z.object({ id: Id, ...optional(Id, field) });
  for (const row of await readRows(api, entity, Owned, 'id', [...unknown])) {
    known.set(row.id, row[field] ?? null);
  }
  return known;
}

type Owned = Pick<TimeEntryWire, 'ticketID' | 'taskID'>;

/** The company of an entry: of its ticket, else of its task's project; undefined for hidden ones. */
async function findOwners(api: Autotask, entries: readonly Owned[], ours: readonly SourceId[]) {
  const taskIds = entries.flatMap(({ taskID }) => taskID ?? []);
  // The ticket stream has just provided most.
  const ticketIds = entries.flatMap(({ ticketID }) => ticketID ?? []);
  const tickets = await learnOwners(api, 'Tickets', ticketIds);
  const tasks = await learnOwners(api, 'Tasks', taskIds);
  const projectIds = taskIds.flatMap((id) => tasks.get(id) ?? []);
  const projects = await learnOwners(api, 'Projects', projectIds);
  const ownerOf = ({ ticketID, taskID }: Owned) =>
    ticketID == null ? projects.get(tasks.get(taskID ?? '') ?? '') : tickets.get(ticketID);
  const isOurs = (entry: Owned): boolean => {
    const owner = ownerOf(entry) ?? null;
    // Time on a hidden ticket may be a client's; the MSP's own time has none.
    if (owner === null) return entry.ticketID != null || entry.taskID != null;
    return ours.includes(owner);
  };
  return { ownerOf, isOurs };
}

const Present = TimeEntryWire.pick({
  id: true,
  ticketID: true,
  taskID: true,
  dateWorked: true,
  startDateTime: true,
});

const Count = z.object({ queryCount: z.int().min(0) });

/** How far `dateWorked` may differ from the start, in any zone. */
const marginSeconds = 2 * 86_400;

/** Deleted time: the vendor's log of it needs nearly all rights, and does not name the entry. */
export async function* presentTime(api: Autotask, request: PresenceRequest): PresentIds {
  await facts.refuseIfFalse(api.context, 'change-filters');
  const filter = [
    where.since('dateWorked', addSeconds(request.from, -marginSeconds)),
    where.before('dateWorked', addSeconds(request.to, marginSeconds)),
    // Work logged during the read belongs neither to the list nor to the count.
    where.before('createDateTime', addSeconds(instantFromMs(api.context.now()), 1)),
  ];
  const sweep = { of: questionOf(request), filter, others: 0 };
  api.cache.sweep = sweep;
  forgetOwners(api);
  const list = listOf('TimeEntries', Present, ...filter);
  for await (const { rows } of streamPages(api, [list], null)) {
    const entries = believeRows(list, rows, Present);
    const { isOurs } = await findOwners(api, entries, request.clientIds);
    const present = entries.filter((entry) => {
      const at = readStart(entry, api.context.timezone);
      return isOurs(entry) && (at === null || (at >= request.from && at < request.to));
    });
    sweep.others += rows.length - present.length;
    yield present.map(({ id }) => id);
  }
}

/** The vendor counts all companies' time: rows skipped in the list are subtracted. */
export async function countTime(api: Autotask, request: PresenceRequest): Promise<number> {
  const { of, filter, others } = api.cache.sweep;
  if (of !== questionOf(request)) throw new Error('Time is counted after it was listed.');
  const body = { filter };
  const counted = { method: 'POST', path: '/TimeEntries/query/count', body, isRead: true } as const;
  return (await api.send(counted, Count)).data.queryCount - others;
}

/** Invoices have no last-modified timestamp: payments are entered later, and taken back, until then. */
const lookBackSeconds = 180 * 86_400;
const billedAfterSeconds = 86_400;

/**
 * Invoices, with our key if they include a charge of ours. The invoice lacks it: its billing items name
 * their charges, and the charges have the key.
 */
function pullInvoices(api: Autotask, request: PullRequest): Rows<InvoiceRow> {
  const { salesOfInvoice } = api.cache;
  const lookBack = addSeconds(request.since, -lookBackSeconds);
  const changed = where.anyOf(
    where.since('createDateTime', lookBack),
    where.since('paidDate', lookBack),
    where.since('voidedDate', lookBack),
  );
  const ids = companyNumbers(request.clientIds);
  const lists = splitList(listOf('Invoices', InvoiceWire, changed), 'companyID', ids);
  const pages = readPages(streamPages(api, lists, request.resume), {
    schema: InvoiceWire,
    async prepare(invoices) {
      const unknown = invoices.filter(({ id }) => !salesOfInvoice.has(id));
      const sales = await readSales(api, new Set(unknown.map(({ id }) => id)));
      const billedBefore = addSeconds(instantFromMs(api.context.now()), -billedAfterSeconds);
      for (const { id, createDateTime } of unknown) {
        if ((createDateTime ?? '9') < billedBefore) salesOfInvoice.set(id, sales.get(id) ?? []);
      }
      const salesOf = (id: SourceId) => salesOfInvoice.get(id) ?? sales.get(id) ?? [];
      return (wire) => rowPerSale(fromInvoice(wire, api.context), salesOf(wire.id));
    },
  });
  return withLines(pages, request, (ids) => readLines(api, ids));
}

const Item = z.object({ id: Id, invoiceID: Id, ...optional(DecimalText, 'extendedPrice') });
const SoldItem = Item.extend({ contractChargeID: Id });
const Line = Item.extend({
  ...optional(Id, 'billingCodeID'),
  ...optional(DecimalText, 'quantity'),
});

/** Our sales by invoice, each once. */
async function readSales(api: Autotask, invoiceIds: ReadonlySet<SourceId>) {
  const sales = new Map<SourceId, BilledSale[]>();
  const sold = where.exists('contractChargeID');
  const items = await readRows(api, 'BillingItems', SoldItem, 'invoiceID', [...invoiceIds], sold);
  const chargeIds = new Set(items.map(({ contractChargeID }) => contractChargeID));
  const charges = await readRows(api, 'ContractCharges', ChargeWire, 'id', [...chargeIds]);
  const keys = new Map(charges.map((one) => [one.id, keyIn(one.internalPurchaseOrderNumber)]));
  for (const { invoiceID, contractChargeID: saleId, extendedPrice } of items) {
    const reference = keys.get(saleId) ?? null;
    const found = sales.get(invoiceID) ?? [];
    if (reference === null || !invoiceIds.has(invoiceID)) continue;
    if (found.some((sale) => sale.reference === reference)) continue;
    const sale = { reference, saleId, netMinor: lineMinor(extendedPrice, api.context.currency) };
    sales.set(invoiceID, [...found, sale]);
  }
  for (const found of sales.values()) found.sort((a, b) => (a.reference < b.reference ? -1 : 1));
  return sales;
}

/** All billing items of these invoices; their products are billing codes. */
async function readLines(api: Autotask, invoiceIds: readonly SourceId[]): Promise<LinesOf> {
  const lines = new Map<SourceId, InvoiceLine[]>(invoiceIds.map((id) => [id, []]));
  const items = await readRows(api, 'BillingItems', Line, 'invoiceID', invoiceIds);
  const nameIn = await readNames(api, items, { billingCodeID: 'billing codes' });
  for (const { invoiceID, billingCodeID, quantity = null, extendedPrice } of items) {
    const product = nameIn({ billingCodeID }, 'billingCodeID')?.name ?? null;
    const totalMinor = lineMinor(extendedPrice, api.context.currency);
    lines.get(invoiceID)?.push({ product, quantity, totalMinor });
  }
  return lines;
}

export const pull = {
  clients: pullClients,
  tickets: pullTickets,
  timeEntries: pullTime,
  invoices: pullInvoices,
};
