/**
 * Sales as invoices, whose number is made from the key. Syncro ignores lines sent with a new invoice, so the
 * line is added by a second request; an invoice that is found without one gets it.
 */
import { z } from 'zod';
import type { Delivered, Push, PushMessages, Standing } from '../../src/contract/connector.ts';
import { KindError } from '../../src/domain/errors.ts';
import { textFromMinor } from '../../src/domain/money.ts';
import { withMarker } from '../kit/marker.ts';
import { type Api, clientNumbers } from './api.ts';
import { refuseIfFalse, verifyKept } from './facts.ts';
import { invoiceNumberOf } from './keys.ts';
import { minorOf } from './mapping.ts';
import { saleProduct } from './products.ts';
import { InvoiceDetail, NumberId, type ProductWire } from './schema.ts';

type Sale = PushMessages['invoice'];
type Invoice = z.infer<typeof InvoiceDetail>['invoice'];

const Created = z.object({ invoice: z.object({ id: NumberId }) });

export function createInvoicePush(api: Api): Push<'invoice'> {
  return {
    async find(sale, signal) {
      const invoice = await findInvoice(api, sale, signal);
      if (invoice === null || !hasLine(invoice)) return null;
      refuseOtherPrice(api, invoice, sale);
      return delivered(invoice);
    },
    async create(sale, signal) {
      await refuseIfFalse(api.context, 'invoice-number');
      return createInvoice(api, sale, signal);
    },
    inspect: (_, invoiceId, signal) => inspectInvoice(api, invoiceId, signal),
  };
}

export async function createInvoice(api: Api, sale: Sale, signal: AbortSignal): Promise<Delivered> {
  // What could fail is asked before anything is written.
  refuseOtherCurrency(api, sale);
  const product = await saleProduct(api, sale, signal);
  const known = await findInvoice(api, sale, signal);
  const invoiceId = known?.id ?? (await createEmpty(api, sale, signal));
  if (known === null || !hasLine(known)) {
    const path = `/invoices/${invoiceId}/line_items`;
    await api.write('POST', path, lineOf(api, sale, product), z.unknown(), signal);
  }
  const invoice = await findInvoice(api, sale, signal);
  await verifyKept(api.context, 'invoice-number', false, async () => invoice !== null);
  if (invoice === null) {
    api.context.log.warn('A new invoice is not found by its number.', { invoice: invoiceId });
    return { remoteId: invoiceId, label: invoiceNumberOf(sale.key) };
  }
  if (!hasLine(invoice)) {
    throw new KindError('config', `Invoice ${invoice.number} was made but has no line.`, {
      fix: 'Let the token edit invoices, delete it in Syncro, then retry.',
    });
  }
  refuseOtherPrice(api, invoice, sale);
  return delivered(invoice);
}

async function createEmpty(api: Api, sale: Sale, signal: AbortSignal): Promise<string> {
  const body = {
    customer_id: Number(clientNumbers([sale.clientId])[0]),
    number: invoiceNumberOf(sale.key),
    date: `${sale.issuedOn}T00:00:00.000Z`,
    note: withMarker(sale.body, sale.key),
  };
  return (await api.write('POST', '/invoices', body, Created, signal)).invoice.id;
}

/** Quantity and unit price that make exactly the total. */
function lineOf({ config }: Api, sale: Sale, product: ProductWire | null) {
  const isEven = sale.quantity > 0 && sale.totalMinor % sale.quantity === 0;
  const quantity = isEven ? sale.quantity : 1;
  return {
    item: product?.name ?? sale.offer,
    name: sale.title,
    ...(product === null ? {} : { product_id: Number(product.id) }),
    quantity,
    price: Number(textFromMinor(sale.totalMinor / quantity, sale.currency)),
    cost: 0,
    taxable: product?.taxable ?? config.billing.taxable,
  };
}

/** By the number; compared here, since the same address takes ids. */
async function findInvoice(api: Api, sale: Sale, signal: AbortSignal): Promise<Invoice | null> {
  const number = invoiceNumberOf(sale.key);
  const found = await api.getIfThere(`/invoices/${number}`, InvoiceDetail, signal);
  if (found === null) return null;
  const { invoice } = found;
  const owner = invoice.customer_id ?? invoice.customer?.id ?? null;
  if (invoice.number === number && owner === sale.clientId) return invoice;
  const shown = `invoice ${invoice.number ?? invoice.id} of customer ${owner ?? 'unknown'}`;
  throw new KindError('contract', `GET /invoices/${number} answered with ${shown}.`, {
    fix: 'Look for that number in Syncro. Nothing is written before it is clear whose it is.',
  });
}

async function inspectInvoice(
  api: Api,
  invoiceId: string,
  signal: AbortSignal,
): Promise<Standing | null> {
  const path = `/invoices/${encodeURIComponent(invoiceId)}`;
  const found = await api.getIfThere(path, InvoiceDetail, signal);
  if (found === null) return null;
  const { invoice } = found;
  const { currency } = api.context;
  const totalMinor = minorOf(invoice, 'subtotal', currency);
  return {
    isPaid: invoice.is_paid === true,
    updatedAt: invoice.updated_at,
    ...(totalMinor === null ? {} : { totalMinor, currency }),
  };
}

function hasLine({ line_items }: Invoice): boolean {
  return (line_items ?? []).length > 0;
}

/** Syncro has one currency, which its amounts do not name. */
function refuseOtherCurrency({ context }: Api, sale: Sale): void {
  if (sale.currency === context.currency) return;
  throw new KindError(
    'config',
    `The offer "${sale.offer}" is in ${sale.currency}, but Syncro bills in ${context.currency}.`,
    { fix: 'Sell this client an offer in the file’s own currency.' },
  );
}

/** Throws when the invoice that stands is not worth what was sold, tax left aside. */
function refuseOtherPrice({ context }: Api, invoice: Invoice, sale: Sale): void {
  const shown = minorOf(invoice, 'subtotal', context.currency);
  if (shown === null || shown === sale.totalMinor) return;
  const [is, wanted] = [shown, sale.totalMinor].map((minor) => textFromMinor(minor, sale.currency));
  throw new KindError(
    'rejected',
    `Invoice ${invoice.number} comes to ${is} instead of ${wanted}.`,
    {
      fix: 'Correct its lines in Syncro (a discount or a price rule may have changed them), then retry.',
    },
  );
}

function delivered(invoice: Invoice): Delivered {
  const label = invoice.number ?? null;
  return { remoteId: invoice.id, ...(label === null ? {} : { label }) };
}
