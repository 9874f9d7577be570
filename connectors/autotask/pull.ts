/** Clients, tickets and invoices, sorted by ID. Time is in time.ts. */
import { z } from 'zod';
import type {
  ClientRow,
  InvoiceLine,
  InvoiceRow,
  PullRequest,
  SourceId,
  TicketRow,
} from '../../src/contract/connector.ts';
import { addSeconds, instantFromMs } from '../../src/domain/time.ts';
import { parseRows } from '../http/answers/rows.ts';
import { DecimalText, Id, optional } from '../http/answers/wire.ts';
import { type LinesOf, rowPerSale, withLines } from '../kit/reading/invoice-lines.ts';
import { parseAll, type Rows, refuseStranger } from '../kit/reading/lists.ts';
import { keyIn } from '../kit/writing/marker.ts';
import { type Autotask, companyNumbers, listOf, readRows, splitList, where } from './call.ts';
import { facts } from './facts.ts';
import {
  type BilledSale,
  proveStillVisible,
  readEntityNames,
  readNames,
  streamPages,
} from './lists.ts';
import { fromCompany, fromInvoice, fromTicket, minorIn, ticketNames } from './mapping.ts';
import { ChargeWire, CompanyWire, InvoiceWire, TicketWire } from './schema.ts';
import { forgetOwners } from './time.ts';

/** The companies of all clients: few, and seeing one proves that the permission is still there. */
export async function* pullClients(api: Autotask, { clientIds }: PullRequest): Rows<ClientRow> {
  const ids = companyNumbers(clientIds);
  const lists = splitList(listOf('Companies', CompanyWire), 'id', ids);
  // All of them are read every time.
  for await (const page of streamPages(api, 'Companies', lists, { resume: null })) {
    const { rows, rejected } = parseRows(page.rows, CompanyWire, fromCompany);
    for (const { sourceId } of rows) refuseStranger('Companies', sourceId, ids);
    yield { rows, rejected, resume: null };
  }
}

export async function* pullTickets(api: Autotask, request: PullRequest): Rows<TicketRow> {
  await facts.refuseIfFalse(api.context, 'change-filters');
  const ids = companyNumbers(request.clientIds);
  forgetOwners(api);
  const changed = where.anyOf(
    where.since('lastActivityDate', request.since),
    where.since('lastTrackedModificationDateTime', request.since),
  );
  const lists = splitList(listOf('Tickets', TicketWire, changed), 'companyID', ids);
  for await (const page of streamPages(api, 'Tickets', lists, request)) {
    const namesIn = await readNames(api, parseAll(page.rows, TicketWire), ticketNames);
    const { rows, rejected } = parseRows(page.rows, TicketWire, (wire) =>
      fromTicket(wire, namesIn, api.config.closedStatuses),
    );
    for (const { sourceId, clientId } of rows) {
      refuseStranger('Tickets', clientId, ids);
      api.cache.owners.Tickets.set(sourceId, clientId);
    }
    yield { rows, rejected, resume: page.resume };
  }
}

/** Payment dates are entered later, and invoices have no last-modified timestamp. */
const lookBackSeconds = 60 * 86_400;
const billedAfterSeconds = 86_400;

/**
 * Invoices, with our key if they include a charge of ours. The invoice lacks it: its billing items name
 * their charges, and the charges have the key.
 */
export async function* pullInvoices(api: Autotask, request: PullRequest): Rows<InvoiceRow> {
  const { currency, now } = api.context;
  const { salesOfInvoice } = api.cache;
  const lookBack = addSeconds(request.since, -lookBackSeconds);
  const changed = where.anyOf(
    where.since('createDateTime', request.since),
    where.since('paidDate', lookBack),
    where.since('voidedDate', lookBack),
  );
  const ids = companyNumbers(request.clientIds);
  const lists = splitList(listOf('Invoices', InvoiceWire, changed), 'companyID', ids);
  const read = (invoiceIds: readonly SourceId[]) => readLines(api, invoiceIds);
  for await (const page of streamPages(api, 'Invoices', lists, request, proveStillVisible)) {
    const invoices = parseAll(page.rows, InvoiceWire);
    const unknown = invoices.filter(({ id }) => !salesOfInvoice.has(id));
    const sales = await readSales(api, new Set(unknown.map(({ id }) => id)));
    const salesOf = (id: SourceId) => salesOfInvoice.get(id) ?? sales.get(id) ?? [];
    const { rows, rejected } = parseRows(page.rows, InvoiceWire, (wire) =>
      rowPerSale(fromInvoice(wire, currency), salesOf(wire.id)),
    );
    const billedBefore = addSeconds(instantFromMs(now()), -billedAfterSeconds);
    for (const { id, createDateTime } of unknown) {
      if ((createDateTime ?? '9') < billedBefore) salesOfInvoice.set(id, sales.get(id) ?? []);
    }
    yield { rows: await withLines(rows.flat(), request, read), rejected, resume: page.resume };
  }
}

const Item = z.object({ id: Id, invoiceID: Id, ...optional(DecimalText, 'extendedPrice') });
const SoldItem = Item.extend({ contractChargeID: Id });
const Line = Item.extend({
  ...optional(Id, 'billingCodeID'),
  ...optional(DecimalText, 'quantity'),
});

/** Our sales by invoice, each once. */
async function readSales(api: Autotask, invoiceIds: ReadonlySet<SourceId>) {
  const { currency } = api.context;
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
    const sale = { reference, saleId, netMinor: minorIn(extendedPrice, currency) };
    sales.set(invoiceID, [...found, sale]);
  }
  for (const found of sales.values()) found.sort((a, b) => (a.reference < b.reference ? -1 : 1));
  return sales;
}

/** All billing items of these invoices; their products are billing codes. */
async function readLines(api: Autotask, invoiceIds: readonly SourceId[]): Promise<LinesOf> {
  const lines = new Map<SourceId, InvoiceLine[]>(invoiceIds.map((id) => [id, []]));
  const items = await readRows(api, 'BillingItems', Line, 'invoiceID', invoiceIds);
  const codeIds = new Set(items.flatMap(({ billingCodeID }) => billingCodeID ?? []));
  const codes = await readEntityNames(api, 'BillingCodes', codeIds);
  for (const { invoiceID, billingCodeID, quantity = null, extendedPrice } of items) {
    const product = codes.get(billingCodeID ?? '') ?? null;
    const totalMinor = minorIn(extendedPrice, api.context.currency);
    lines.get(invoiceID)?.push({ product, quantity, totalMinor });
  }
  return lines;
}
