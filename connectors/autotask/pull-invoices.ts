/**
 * Invoices, with our key where a charge of ours is on them. An invoice does not bear it: its billing
 * items name their charges, and the charges bear the key.
 */
import { z } from 'zod';
import { addSeconds } from '../../src/domain/time.ts';
import type { InvoiceRow, Pull } from '../contract.ts';
import { parseRows } from '../http/rows.ts';
import { Id } from '../http/wire.ts';
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

const ItemWire = z.object({ id: Id, invoiceID: Id, contractChargeID: Id });
const itemFields = Object.keys(ItemWire.shape);

export function createInvoicePull(rooms: Rooms): Pull<InvoiceRow> {
  /** Keys by invoice; what is billed stays as it was billed, once the billing is done with. */
  const keysOf = new Map<string, readonly string[]>();
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
      const unknown = invoices.map(({ id }) => id).filter((id) => !keysOf.has(id));
      const found = await readKeys(rooms, unknown, request.signal);
      const parsed = parseRows(page.rows, InvoiceWire, (wire) =>
        toRows(wire, context.currency, keysOf.get(wire.id) ?? found.get(wire.id) ?? []),
      );
      const settledBefore = new Date(context.now() - settledAfterMs).toISOString();
      for (const { id, createDateTime } of invoices) {
        const keys = found.get(id);
        const isSettled = (createDateTime ?? '9') < settledBefore;
        if (keys !== undefined && isSettled) keysOf.set(id, keys);
      }
      yield { rows: parsed.rows.flat(), rejected: parsed.rejected, resume: page.resume };
    }
    if (rows === 0) await proveStillVisible(rooms.api, 'Invoices', request.signal);
    else await noteSeen(context, 'Invoices');
  };
}

/** One row; one more for each further sale on the same invoice, so that each finds its payment. */
function toRows(wire: InvoiceWire, currency: string, keys: readonly string[]): InvoiceRow[] {
  const [first = null, ...others] = keys;
  return [
    fromInvoice(wire, currency, first),
    ...others.map((key) => fromInvoice(wire, currency, key, `${wire.id}:${key}`)),
  ];
}

async function readKeys(
  { api }: Rooms,
  invoiceIds: readonly string[],
  signal: AbortSignal,
): Promise<Map<string, string[]>> {
  const keys = new Map<string, string[]>(invoiceIds.map((id) => [id, []]));
  if ((await readFact(api.context, 'invoice-lines')) === 'no') return keys;
  for (const chunk of inChunks(invoiceIds)) {
    const items = await readAll(api, linesOf(chunk), ItemWire, signal);
    const keyOf = await keysOfCharges(
      api,
      items.map((item) => item.contractChargeID),
      signal,
    );
    for (const { invoiceID, contractChargeID } of items) {
      const key = keyOf.get(contractChargeID);
      const found = keys.get(invoiceID);
      if (key !== undefined && found?.includes(key) === false) found.push(key);
    }
  }
  for (const found of keys.values()) found.sort();
  return keys;
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
