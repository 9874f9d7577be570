/**
 * Invoices, with our key where a charge of ours is on them. An invoice does not bear it: its billing
 * items name their charges, and the charges bear the key.
 */
import { z } from 'zod';
import type { InvoiceLine, InvoiceRow, Pull } from '../../src/contract/connector.ts';
import { minorFromText } from '../../src/domain/money.ts';
import { addSeconds } from '../../src/domain/time.ts';
import { parseRows } from '../http/rows.ts';
import { DecimalText, Id } from '../http/wire.ts';
import { type LinesOf, withLines } from '../kit/invoice-lines.ts';
import type { Query } from './api.ts';
import { readFact } from './facts.ts';
import { noteSeen, proveStillVisible, readAll } from './look-up.ts';
import { fromInvoice } from './mapping.ts';
import { readable, resumable } from './pull.ts';
import { anyOf, companyNumbers, exists, inChunks, isOneOf, since } from './query.ts';
import { questionOf } from './resume.ts';
import type { Rooms } from './rooms.ts';
import { ChargeWire, chargeFields, InvoiceWire, invoiceFields } from './schema.ts';

/** People write in the day of a payment later, and invoices have no moment of their last change. */
const lookBackSeconds = 60 * 86_400;

const settledAfterMs = 86_400_000;

const ItemWire = z.object({
  id: Id,
  invoiceID: Id,
  contractChargeID: Id,
  extendedPrice: DecimalText.nullish(),
});
const itemFields = Object.keys(ItemWire.shape);

const LineWire = z.object({
  id: Id,
  invoiceID: Id,
  billingCodeID: Id.nullish(),
  quantity: DecimalText.nullish(),
  extendedPrice: DecimalText.nullish(),
});
const lineFields = Object.keys(LineWire.shape);

export function createInvoicePull(rooms: Rooms): Pull<InvoiceRow> {
  /** Sales by invoice; what is billed stays as it was billed, once the billing is done with. */
  const salesOf = new Map<string, readonly BilledSale[]>();
  return async function* pull(request) {
    const { context } = rooms.api;
    const ids = companyNumbers(request.clientIds);
    const lookBack = addSeconds(request.since, -lookBackSeconds);
    const changed = anyOf(
      since('createDateTime', request.since),
      since('paidDate', lookBack),
      since('voidedDate', lookBack),
    );
    const queries = inChunks(ids).map((chunk) => ({
      entity: 'Invoices',
      filter: [isOneOf('companyID', chunk), changed],
      fields: invoiceFields,
    }));
    const question = questionOf(request.since, ...ids);
    let rows = 0;
    for await (const page of resumable(rooms, queries, question, request)) {
      rows += page.rows.length;
      const invoices = readable(page.rows, InvoiceWire);
      const unknown = invoices.map(({ id }) => id).filter((id) => !salesOf.has(id));
      const found = await readSales(rooms, unknown, request.signal);
      const parsed = parseRows(page.rows, InvoiceWire, (wire) =>
        toRows(wire, context.currency, salesOf.get(wire.id) ?? found.get(wire.id) ?? []),
      );
      const settledBefore = new Date(context.now() - settledAfterMs).toISOString();
      for (const { id, createDateTime } of invoices) {
        const sales = found.get(id);
        const isSettled = (createDateTime ?? '9') < settledBefore;
        if (sales !== undefined && isSettled) salesOf.set(id, sales);
      }
      const read = (wanted: readonly string[], signal: AbortSignal): Promise<LinesOf> =>
        readLines(rooms, wanted, signal);
      const withAll = await withLines(parsed.rows.flat(), request, read);
      yield { rows: withAll, rejected: parsed.rejected, resume: page.resume };
    }
    if (rows === 0) await proveStillVisible(rooms.api, 'Invoices', request.signal);
    else await noteSeen(context, 'Invoices');
  };
}

interface BilledSale {
  key: string;
  chargeId: string;
  netMinor: number | null;
}

/** One row; one more for each further sale on the same invoice, so that each finds its payment. */
function toRows(wire: InvoiceWire, currency: string, sales: readonly BilledSale[]): InvoiceRow[] {
  const [first, ...others] = sales.map(({ key, chargeId, netMinor }) => ({
    ...{ reference: key, saleId: chargeId, netMinor },
  }));
  return [
    fromInvoice(wire, currency, first),
    ...others.map((sale) => fromInvoice(wire, currency, sale, `${wire.id}:${sale.reference}`)),
  ];
}

async function readSales(
  { api }: Rooms,
  invoiceIds: readonly string[],
  signal: AbortSignal,
): Promise<Map<string, BilledSale[]>> {
  const sales = new Map<string, BilledSale[]>(invoiceIds.map((id) => [id, []]));
  if ((await readFact(api.context, 'invoice-lines')) === 'no') return sales;
  for (const chunk of inChunks(invoiceIds)) {
    const items = await readAll(api, linesOf(chunk), ItemWire, signal);
    const keyOf = await keysOfCharges(
      api,
      items.map((item) => item.contractChargeID),
      signal,
    );
    for (const { invoiceID, contractChargeID: chargeId, extendedPrice } of items) {
      const key = keyOf.get(chargeId);
      const found = sales.get(invoiceID);
      if (key === undefined || found?.some((sale) => sale.key === key) !== false) continue;
      found.push({ key, chargeId, netMinor: minorIn(extendedPrice, api.context.currency) });
    }
  }
  for (const found of sales.values()) found.sort((a, b) => (a.key < b.key ? -1 : 1));
  return sales;
}

function minorIn(text: string | null | undefined, currency: string): number | null {
  return text == null ? null : minorFromText(text, currency);
}

/** All billing items of these invoices; their products are billing codes. */
async function readLines(
  { api, directory }: Rooms,
  invoiceIds: readonly string[],
  signal: AbortSignal,
): Promise<LinesOf> {
  const lines = new Map<string, InvoiceLine[]>(invoiceIds.map((id) => [id, []]));
  for (const chunk of inChunks(invoiceIds)) {
    const query = {
      entity: 'BillingItems',
      filter: [isOneOf('invoiceID', chunk)],
      fields: lineFields,
    };
    const items = await readAll(api, query, LineWire, signal);
    const codeIds = items.map(({ billingCodeID }) => billingCodeID);
    const codes = await directory.names('BillingCodes', codeIds, signal);
    for (const { invoiceID, billingCodeID, quantity, extendedPrice } of items) {
      lines.get(invoiceID)?.push({
        product: codes.get(billingCodeID ?? '') ?? null,
        quantity: quantity ?? null,
        totalMinor: minorIn(extendedPrice, api.context.currency),
      });
    }
  }
  return lines;
}

/** The billing items of these invoices that come of a contract's charge. */
export function linesOf(invoiceIds: readonly string[]): Query {
  const filter = [isOneOf('invoiceID', invoiceIds), exists('contractChargeID')];
  return { entity: 'BillingItems', filter, fields: itemFields };
}

async function keysOfCharges(
  api: Rooms['api'],
  chargeIds: readonly string[],
  signal: AbortSignal,
): Promise<Map<string, string>> {
  const keyOf = new Map<string, string>();
  for (const chunk of inChunks([...new Set(chargeIds)])) {
    const filter = [isOneOf('id', chunk)];
    const query = { entity: 'ContractCharges', filter, fields: chargeFields };
    for (const charge of await readAll(api, query, ChargeWire, signal)) {
      const text = charge.internalPurchaseOrderNumber ?? '';
      // People number their orders too; those have no key's shape, or are nobody's key.
      if (/^[A-Za-z0-9_.:-]{1,50}$/.test(text)) keyOf.set(charge.id, text);
    }
  }
  return keyOf;
}
