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
import { minorFromText } from '../../src/domain/money.ts';
import { addSeconds, instantFromMs } from '../../src/domain/time.ts';
import { parseRows } from '../http/answers/rows.ts';
import { DecimalText, Id, optional } from '../http/answers/wire.ts';
import { type LinesOf, withLines } from '../kit/reading/invoice-lines.ts';
import { parseAll, type Rows, readPages, refuseStranger } from '../kit/reading/lists.ts';
import { keyIn } from '../kit/writing/marker.ts';
import {
  type Autotask,
  companyNumbers,
  listOf,
  readRows,
  resumablePages,
  splitList,
  where,
} from './call.ts';
import { facts } from './facts.ts';
import { noteSeen, proveStillVisible, proveVisible, readEntityNames, readNames } from './lists.ts';
import { fromCompany, fromInvoice, fromTicket, ticketNames } from './mapping.ts';
import { ChargeWire, CompanyWire, InvoiceWire, TicketWire } from './schema.ts';
import { forgetOwners } from './time.ts';

/**
 * The companies of the configured clients, changed or not: they are few, and seeing one proves that
 * the permission is still there.
 */
export async function* pullClients(api: Autotask, { clientIds }: PullRequest): Rows<ClientRow> {
  const ids = companyNumbers(clientIds);
  let seen = 0;
  for (const list of splitList(listOf('Companies', CompanyWire), 'id', ids)) {
    const pages = readPages(api, {
      list,
      schema: CompanyWire,
      fromWire: fromCompany,
      refuse: ({ sourceId }) => refuseStranger('Companies', sourceId, ids),
    });
    for await (const page of pages) {
      seen += page.rows.length + page.rejected.length;
      // All of them are read every time.
      yield { ...page, resume: null };
    }
  }
  if (seen === 0) await proveVisible(api, 'Companies');
}

export async function* pullTickets(api: Autotask, request: PullRequest): Rows<TicketRow> {
  await facts.refuseIfFalse(api.context, 'change-filters');
  const ids = companyNumbers(request.clientIds);
  forgetOwners(api);
  const changed = where.anyOf(
    where.since('lastActivityDate', request.since),
    where.since('lastTrackedModificationDateTime', request.since),
  );
  const list = listOf('Tickets', TicketWire, changed);
  let seen = 0;
  for await (const page of resumablePages(api, splitList(list, 'companyID', ids), request)) {
    seen += page.rows.length;
    const nameIn = await readNames(api, parseAll(page.rows, TicketWire), ticketNames);
    const { rows, rejected } = parseRows(page.rows, TicketWire, (wire) =>
      fromTicket(wire, nameIn, api.config.closedStatuses),
    );
    for (const { sourceId, clientId } of rows) {
      refuseStranger('Tickets', clientId, ids);
      api.cache.companyOfTicket.set(sourceId, clientId);
    }
    yield { rows, rejected, resume: page.resume };
  }
  if (seen === 0) await proveVisible(api, 'Tickets');
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
  const list = listOf('Invoices', InvoiceWire, changed);
  const lists = splitList(list, 'companyID', companyNumbers(request.clientIds));
  const read = (ids: readonly SourceId[]) => readLines(api, ids);
  let seen = 0;
  for await (const page of resumablePages(api, lists, request)) {
    seen += page.rows.length;
    const invoices = parseAll(page.rows, InvoiceWire);
    const unknown = invoices.filter(({ id }) => !salesOfInvoice.has(id));
    const sales = await readSales(api, new Set(unknown.map(({ id }) => id)));
    const { rows, rejected } = parseRows(page.rows, InvoiceWire, (wire) =>
      toRows(wire, currency, salesOfInvoice.get(wire.id) ?? sales.get(wire.id) ?? []),
    );
    const billedBefore = addSeconds(instantFromMs(now()), -billedAfterSeconds);
    for (const { id, createDateTime } of unknown) {
      if ((createDateTime ?? '9') < billedBefore) salesOfInvoice.set(id, sales.get(id) ?? []);
    }
    yield { rows: await withLines(rows.flat(), request, read), rejected, resume: page.resume };
  }
  if (seen === 0) await proveStillVisible(api, 'Invoices');
  else await noteSeen(api, 'Invoices');
}

export interface BilledSale {
  reference: string;
  saleId: SourceId;
  netMinor: number | null;
}

/** One row, and one more per further sale on the same invoice, so that each gets its payment. */
function toRows(wire: InvoiceWire, currency: string, sales: readonly BilledSale[]): InvoiceRow[] {
  const [first, ...others] = sales;
  return [
    fromInvoice(wire, currency, first),
    ...others.map((sale) => fromInvoice(wire, currency, sale, `${wire.id}:${sale.reference}`)),
  ];
}

const ItemWire = z.object({
  id: Id,
  invoiceID: Id,
  contractChargeID: Id,
  ...optional(DecimalText, 'extendedPrice'),
});

/** Our sales by invoice, each once. */
async function readSales(api: Autotask, invoiceIds: ReadonlySet<SourceId>) {
  const { context } = api;
  const sales = new Map<SourceId, BilledSale[]>();
  const ids = [...invoiceIds];
  const isOfCharge = where.exists('contractChargeID');
  const items = await readRows(api, 'BillingItems', ItemWire, 'invoiceID', ids, isOfCharge);
  const chargeIds = new Set(items.map(({ contractChargeID }) => contractChargeID));
  const charges = await readRows(api, 'ContractCharges', ChargeWire, 'id', [...chargeIds]);
  const keys = new Map(charges.map((one) => [one.id, one.internalPurchaseOrderNumber ?? '']));
  for (const { invoiceID, contractChargeID: saleId, extendedPrice } of items) {
    const reference = keyIn(keys.get(saleId));
    const found = sales.get(invoiceID) ?? [];
    if (reference === null || !invoiceIds.has(invoiceID)) continue;
    if (found.some((sale) => sale.reference === reference)) continue;
    const sale = { reference, saleId, netMinor: minorIn(extendedPrice, context.currency) };
    sales.set(invoiceID, [...found, sale]);
  }
  for (const found of sales.values()) found.sort((a, b) => (a.reference < b.reference ? -1 : 1));
  return sales;
}

function minorIn(text: string | null | undefined, currency: string): number | null {
  return text == null ? null : minorFromText(text, currency);
}

const LineWire = z.object({
  id: Id,
  invoiceID: Id,
  ...optional(Id, 'billingCodeID'),
  ...optional(DecimalText, 'quantity', 'extendedPrice'),
});

/** All billing items of these invoices; their products are billing codes. */
async function readLines(api: Autotask, invoiceIds: readonly SourceId[]): Promise<LinesOf> {
  const lines = new Map<SourceId, InvoiceLine[]>(invoiceIds.map((id) => [id, []]));
  const items = await readRows(api, 'BillingItems', LineWire, 'invoiceID', invoiceIds);
  const codeIds = new Set(items.flatMap(({ billingCodeID }) => billingCodeID ?? []));
  const codes = await readEntityNames(api, 'BillingCodes', codeIds);
  for (const { invoiceID, billingCodeID, quantity = null, extendedPrice } of items) {
    const product = codes.get(billingCodeID ?? '') ?? null;
    const totalMinor = minorIn(extendedPrice, api.context.currency);
    lines.get(invoiceID)?.push({ product, quantity, totalMinor });
  }
  return lines;
}
