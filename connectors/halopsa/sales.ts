/**
 * A sale of hours: an invoice, and optionally an entry in the client's pre-pay. It counts as found only if both
 * exist, and creating completes what is missing, so that a crash or a lost response in between never leads to a
 * duplicate.
 */
import { z } from 'zod';
import type { Delivered, RemoteState, SourceId } from '../../src/contract/connector.ts';
import { KindError } from '../../src/domain/errors.ts';
import { textFromMinor } from '../../src/domain/money.ts';
import { instantFromMs } from '../../src/domain/time.ts';
import { minorOf } from '../http/answers/exact.ts';
import { Id } from '../http/answers/wire.ts';
import { findRow } from '../kit/reading/lists.ts';
import { hasMarker, oneLine, withMarker } from '../kit/writing/marker.ts';
import type { KeyedRecord } from '../kit/writing/push.ts';
import {
  refuseOtherCurrency,
  refuseOtherTotal,
  type Sale,
  saleHours,
  saleLine,
} from '../kit/writing/sales.ts';
import { type Halo, post } from './call.ts';
import { type FactId, facts } from './facts.ts';
import { clientNumber, invoiceList, itemNumber, readClient } from './lists.ts';
import { fromInvoice, isNothing } from './mapping.ts';
import { type ClientDetail, InvoiceWire, PrepayWire } from './schema.ts';

const Created = z.object({ id: Id });
const KeyedInvoice = InvoiceWire.pick({
  id: true,
  client_id: true,
  invoicenumber: true,
  reference: true,
  total: true,
  tax_total: true,
});
type Invoice = z.infer<typeof KeyedInvoice>;

/** A pre-pay entry is in hours: a block of money is just an invoice. */
function hasPrepay({ config }: Halo, sale: Sale): boolean {
  return config.billing.prepayEntry && sale.seconds > 0;
}

export const saleRecord: KeyedRecord<Halo, Sale, InvoiceWire, FactId> = {
  noun: 'invoice',
  needs: (halo, sale) => ['invoice-key', ...(hasPrepay(halo, sale) ? ['prepay-key' as const] : [])],
  async find(halo, sale) {
    const invoice = await findInvoice(halo, sale);
    const isWhole =
      invoice !== null && (!hasPrepay(halo, sale) || (await findPrepay(halo, sale)) !== null);
    return isWhole ? invoice : null;
  },
  create: createSale,
  delivered: invoiceDelivered,
  refuseOther: (_, invoice, sale) => refuseOtherPrice(invoice, sale),
  inspect: inspectInvoice,
  // Only newer versions can void, and how is not documented: left to people.
  async withdraw(halo, sale, { remoteId }) {
    const invoice = await inspectInvoice(halo, sale, remoteId);
    return invoice === null || invoice.isVoid === true ? { remoteId } : null;
  },
};

async function createSale(halo: Halo, sale: Sale): Promise<Delivered> {
  const client = await readClient(halo, sale.clientId);
  refuseAutoTopUp(client);
  refuseOtherCurrency(sale, client.currencyisocode ?? null);
  const product = sale.product ?? halo.config.billing.product;
  const item = product === undefined ? null : await itemNumber(halo, product);
  const hours = hasPrepay(halo, sale) ? saleHours(sale) : null;
  const invoice = (await findInvoice(halo, sale)) ?? (await createInvoice(halo, sale, item));
  if (hours !== null && (await findPrepay(halo, sale)) === null) {
    await createPrepay(halo, sale, hours);
  }
  refuseOtherPrice(invoice, sale);
  return invoiceDelivered(invoice);
}

export async function createInvoice(halo: Halo, sale: Sale, item: number | null): Promise<Invoice> {
  const { quantity, unitPrice } = saleLine(sale);
  const body = {
    client_id: clientNumber(sale.clientId),
    invoice_date: noonOf(sale.issuedOn),
    // Not `thirdpartyinvoicenumber`: accounting systems put their own number there.
    reference: sale.key,
    lines: [
      {
        item_shortdescription: sale.title,
        item_longdescription: sale.body,
        qty_order: quantity,
        unit_price: unitPrice,
        ...(item === null ? {} : { _itemid: item }),
      },
    ],
  };
  const { id } = await post(halo, '/Invoice', body, Created);
  const invoice = await findInvoice(halo, sale);
  await facts.verifyKept(halo.context, 'invoice-key', false, async () => invoice !== null);
  if (invoice !== null) return invoice;
  halo.context.log.warn('A new invoice is not listed with its reference.', { invoice: id });
  return { id, client_id: sale.clientId, reference: sale.key };
}

/** Null: it no longer exists, or is no longer ours. */
async function inspectInvoice(
  halo: Halo,
  { clientId, currency }: Sale,
  invoiceId: SourceId,
): Promise<RemoteState | null> {
  const isWanted = (row: InvoiceWire) => row.id === invoiceId && row.client_id === clientId;
  const wire = await findRow(halo, invoicesOf(clientId), InvoiceWire, isWanted);
  if (wire === null) return null;
  const readAt = instantFromMs(halo.context.now());
  const { isVoid, isPaid, netMinor, ...row } = fromInvoice(wire, currency, readAt);
  const net = netMinor === null ? {} : { totalMinor: netMinor };
  return { isVoid, isPaid, currency: row.currency ?? currency, ...net };
}

function invoicesOf(clientId: SourceId) {
  return invoiceList({ client_id: String(clientNumber(clientId)), order: 'id' });
}

function findInvoice(halo: Halo, { key, clientId }: Sale): Promise<Invoice | null> {
  const isWanted = (row: Invoice) => row.reference === key && row.client_id === clientId;
  return findRow(halo, invoicesOf(clientId), KeyedInvoice, isWanted);
}

async function createPrepay(halo: Halo, sale: Sale, hours: number): Promise<void> {
  const body = {
    client_id: Number(sale.clientId),
    date: noonOf(sale.issuedOn),
    hours,
    amount: Number(textFromMinor(sale.totalMinor, sale.currency)),
    description: oneLine(withMarker(sale.title, sale.key)),
    invoice_number: sale.key,
  };
  await post(halo, '/ClientPrepay', body, z.unknown());
  const entry = await findPrepay(halo, sale);
  await facts.verifyKept(halo.context, 'prepay-key', false, async () => entry !== null);
  if (entry !== null) return;
  halo.context.log.warn('A new pre-pay entry is not listed with its key.', { key: sale.key });
}

function findPrepay(halo: Halo, { key, clientId }: Sale): Promise<PrepayWire | null> {
  const query = { client_id: String(clientNumber(clientId)), order: 'id', orderdesc: true };
  const list = { path: '/ClientPrepay', rows: 'prepayhistory', query };
  const isWanted = (row: PrepayWire): boolean =>
    hasMarker(row.description, key) && (row.client_id ?? clientId) === clientId;
  return findRow(halo, list, PrepayWire, isWanted);
}

/** The same day in any zone Halo may use. */
function noonOf(day: string): string {
  return `${day}T12:00:00Z`;
}

/** Throws for an invoice whose net total differs from the sale. */
function refuseOtherPrice({ id, total, tax_total }: Invoice, sale: Sale): void {
  const minor = (text: string): number => minorOf(text, sale.currency);
  const net = total == null ? null : minor(total) - minor(tax_total ?? '0');
  refuseOtherTotal(sale, `Invoice ${id}`, net);
}

function invoiceDelivered({ id, invoicenumber }: Invoice): Delivered {
  return { remoteId: id, ...(invoicenumber ? { label: invoicenumber } : {}) };
}

/** Throws `config` if Halo would sell the same hours a second time. */
function refuseAutoTopUp(client: ClientDetail): void {
  if (!hasAutoTopUp(client)) return;
  const message = `Halo tops up ${client.name} automatically; a sale from here would be a duplicate.`;
  throw new KindError('config', message, {
    fix: 'Turn off automatic top-up for this client in Halo, then retry.',
  });
}

export function hasAutoTopUp(client: ClientDetail): boolean {
  const amounts = [client.autotopupbyamount, client.autotopuptoamount];
  return amounts.some((amount) => !isNothing(amount ?? '0'));
}
