/**
 * A sale of hours: an invoice, and where the config says so an entry in the client's pre-pay. It is found
 * only when all of it stands, and creating completes what is missing, so that a crash or a lost answer in
 * between never makes a second one.
 */
import { z } from 'zod';
import type { Delivered, Push, PushMessages, Standing } from '../../src/contract/connector.ts';
import { hoursText, secondsFromDecimalText } from '../../src/domain/duration.ts';
import { KindError } from '../../src/domain/errors.ts';
import { textFromMinor } from '../../src/domain/money.ts';
import { instantFromMs } from '../../src/domain/time.ts';
import { minorOf } from '../http/exact.ts';
import { describeIssue } from '../http/issues.ts';
import { Id } from '../http/wire.ts';
import { hasMarker, withMarker } from '../text/marker.ts';
import type { Api, List } from './api.ts';
import { readClient } from './clients.ts';
import { refuseIfNot, settleKept } from './facts.ts';
import { invoiceList } from './invoices.ts';
import { clientNumbers } from './lists.ts';
import { fromInvoice } from './mapping.ts';
import { itemNumber } from './names.ts';
import { refuseAutoTopUp } from './native.ts';
import { InvoiceWire, PrepayWire } from './schema.ts';

export type Sale = PushMessages['invoice'];

const Created = z.object({ id: Id });
type Invoice = z.infer<typeof KeyedInvoice>;
const KeyedInvoice = InvoiceWire.pick({
  id: true,
  client_id: true,
  invoicenumber: true,
  reference: true,
  total: true,
  tax_total: true,
});

export function createInvoicePush(api: Api): Push<'invoice'> {
  // A pre-pay entry counts hours: a block of money is an invoice alone.
  const hasPrepay = (sale: Sale) => api.config.billing.prepayEntry && sale.seconds > 0;
  return {
    async find(sale, signal) {
      const invoice = await findInvoice(api, sale, signal);
      if (invoice === null) return null;
      if (hasPrepay(sale) && (await findPrepay(api, sale, signal)) === null) return null;
      refuseOtherPrice(invoice, sale);
      return delivered(invoice);
    },
    async create(sale, signal) {
      const prepayEntry = hasPrepay(sale);
      await refuseIfNot(
        api.context,
        'invoice-key',
        ...(prepayEntry ? (['prepay-key'] as const) : []),
      );
      // What could fail is asked before the first half is written.
      const client = await readClient(api, sale.clientId, signal);
      refuseAutoTopUp(client);
      refuseOtherCurrency(client.currencyisocode ?? null, sale);
      const item = await itemOf(api, sale, signal);
      const hours = prepayEntry ? hoursOf(sale) : 0;
      const standing = await findInvoice(api, sale, signal);
      const invoice = standing ?? (await createInvoice(api, sale, item, signal));
      if (prepayEntry && (await findPrepay(api, sale, signal)) === null) {
        await createPrepay(api, sale, hours, signal);
      }
      refuseOtherPrice(invoice, sale);
      return delivered(invoice);
    },
    inspect: (sale, invoiceId, signal) => inspectInvoice(api, sale, invoiceId, signal),
    // Voiding is only known of newer versions, and no document tells how: people do it.
    async withdraw(sale, { remoteId }, signal) {
      const standing = await inspectInvoice(api, sale, remoteId, signal);
      return standing === null || standing.isVoid === true ? { remoteId } : null;
    },
  };
}

/** Null: it is not there any more, or is another's by now. */
async function inspectInvoice(
  api: Api,
  { clientId, currency }: Sale,
  invoiceId: string,
  signal: AbortSignal,
): Promise<Standing | null> {
  const query = { client_id: clientNumbers([clientId])[0], order: 'id' };
  const isWanted = (row: InvoiceWire) => row.id === invoiceId && row.client_id === clientId;
  const wire = await findInList(api, invoiceList(query), InvoiceWire, isWanted, signal);
  if (wire === null) return null;
  const readAt = instantFromMs(api.context.now());
  const { isVoid, isPaid, netMinor, ...row } = fromInvoice(wire, currency, readAt);
  const net = netMinor === null ? {} : { totalMinor: netMinor };
  return { isVoid, isPaid, currency: row.currency ?? currency, ...net };
}

export async function createInvoice(
  api: Api,
  sale: Sale,
  item: number | null,
  signal: AbortSignal,
): Promise<Invoice> {
  const isEven = sale.quantity > 0 && sale.totalMinor % sale.quantity === 0;
  const quantity = isEven ? sale.quantity : 1;
  const line = {
    item_shortdescription: sale.title,
    item_longdescription: sale.body,
    qty_order: quantity,
    unit_price: Number(textFromMinor(sale.totalMinor / quantity, sale.currency)),
    ...(item === null ? {} : { _itemid: item }),
  };
  const body = {
    client_id: Number(clientNumbers([sale.clientId])[0]),
    invoice_date: noonOf(sale.issuedOn),
    // Not `thirdpartyinvoicenumber`: accounting systems put their own number there.
    reference: sale.key,
    lines: [line],
  };
  const { id } = await api.post('/Invoice', body, Created, signal);
  const invoice = await findInvoice(api, sale, signal);
  await settleKept(api.context, 'invoice-key', false, async () => invoice !== null);
  if (invoice !== null) return invoice;
  api.context.log.warn('A new invoice is not listed with its reference.', { invoice: id });
  return { id, client_id: sale.clientId, reference: sale.key };
}

async function findInvoice(api: Api, sale: Sale, signal: AbortSignal): Promise<Invoice | null> {
  const list = invoiceList({ client_id: clientNumbers([sale.clientId])[0], order: 'id' });
  const isWanted = (row: Invoice): boolean =>
    row.reference === sale.key && row.client_id === sale.clientId;
  return findInList(api, list, KeyedInvoice, isWanted, signal);
}

async function createPrepay(
  api: Api,
  sale: Sale,
  hours: number,
  signal: AbortSignal,
): Promise<void> {
  const body = {
    client_id: Number(sale.clientId),
    date: noonOf(sale.issuedOn),
    hours,
    amount: Number(textFromMinor(sale.totalMinor, sale.currency)),
    description: withMarker(sale.title, sale.key).replace(/\s+/g, ' '),
    invoice_number: sale.key,
  };
  await api.post('/ClientPrepay', body, z.unknown(), signal);
  const entry = await findPrepay(api, sale, signal);
  await settleKept(api.context, 'prepay-key', false, async () => entry !== null);
  if (entry !== null) return;
  api.context.log.warn('A new pre-pay entry is not listed with its key.', { key: sale.key });
}

function findPrepay(api: Api, sale: Sale, signal: AbortSignal): Promise<PrepayWire | null> {
  const query = { client_id: clientNumbers([sale.clientId])[0], order: 'id', orderdesc: true };
  const list = { path: '/ClientPrepay', rows: 'prepayhistory', query };
  const isWanted = (row: PrepayWire): boolean =>
    hasMarker(row.description, sale.key) && (row.client_id ?? sale.clientId) === sale.clientId;
  return findInList(api, list, PrepayWire, isWanted, signal);
}

async function findInList<Wire>(
  api: Api,
  list: List,
  schema: z.ZodType<Wire>,
  isWanted: (row: Wire) => boolean,
  signal: AbortSignal,
): Promise<Wire | null> {
  for await (const { rows } of api.pages(list, signal)) {
    for (const raw of rows) {
      const row = schema.safeParse(raw);
      // An unreadable row might be the wanted one: taking it for another would write twice.
      if (!row.success) {
        throw new KindError('contract', `GET ${list.path}: ${describeIssue(row.error)}.`);
      }
      if (isWanted(row.data)) return row.data;
    }
  }
  return null;
}

/** The same day in whichever zone Halo reads it. */
function noonOf(day: string): string {
  return `${day}T12:00:00Z`;
}

/** The item that the sale (else the config) names; a line may do without one. */
async function itemOf(api: Api, sale: Sale, signal: AbortSignal): Promise<number | null> {
  const name = sale.product ?? api.config.billing.product;
  return name === undefined ? null : itemNumber(api, name, signal);
}

/** Throws `config` when Halo would bill the client in another currency than the offer's. */
function refuseOtherCurrency(billed: string | null, sale: Sale): void {
  if (!/^[A-Z]{3}$/.test(billed ?? '') || billed === sale.currency) return;
  throw new KindError(
    'config',
    `Client ${sale.clientId} is billed in ${billed}, but the offer "${sale.offer}" is in ${sale.currency}.`,
    { fix: 'Sell this client an offer in its own currency.' },
  );
}

/** Throws when the invoice that stands is not worth what was sold, tax left aside. */
function refuseOtherPrice(invoice: Invoice, sale: Sale): void {
  if (invoice.total == null) return;
  const tax = minorOf(invoice.tax_total ?? '0', sale.currency);
  const net = minorOf(invoice.total, sale.currency) - tax;
  if (net === sale.totalMinor) return;
  const [shown, wanted] = [net, sale.totalMinor].map((minor) =>
    textFromMinor(minor, sale.currency),
  );
  throw new KindError('rejected', `Invoice ${invoice.id} comes to ${shown} instead of ${wanted}.`, {
    fix: 'Correct its price in Halo (a price list may have changed it), then retry.',
  });
}

/** Hours as Halo takes them, or `config` where they would come to something else than was sold. */
function hoursOf(sale: Sale): number {
  const text = hoursText(sale.seconds);
  if (secondsFromDecimalText(text, 'hours') === sale.seconds) return Number(text);
  throw new KindError('config', `${sale.seconds} s cannot be written as hours with two decimals.`, {
    fix: `Give the offer "${sale.offer}" a size in hundredths of an hour.`,
  });
}

function delivered(invoice: Invoice): Delivered {
  const label = invoice.invoicenumber || null;
  return { remoteId: invoice.id, ...(label === null ? {} : { label }) };
}
