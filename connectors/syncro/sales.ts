/**
 * Sales as invoices, whose number is made from the key. Syncro ignores lines sent with a new invoice, so the
 * line is added by a second request; an invoice that is found without one gets it.
 */
import { z } from 'zod';
import type { Delivered, SourceId } from '../../src/contract/connector.ts';
import { KindError } from '../../src/domain/errors.ts';
import { withMarker } from '../kit/writing/marker.ts';
import type { KeyedRecord } from '../kit/writing/push.ts';
import {
  dueAt,
  refuseOtherCurrency,
  refuseOtherTotal,
  type Sale,
  saleLine,
} from '../kit/writing/sales.ts';
import type { Syncro } from './call.ts';
import type { FactId } from './facts.ts';
import { clientNumber } from './lists.ts';
import { invoiceNumberOf, minorOf } from './mapping.ts';
import { saleProduct } from './prepay-products.ts';
import { InvoiceDetail, NumberId, type ProductWire } from './schema.ts';

export const saleRecord: KeyedRecord<Syncro, Sale, InvoiceDetail, FactId> = {
  noun: 'invoice',
  kept: 'invoice-number',
  find: findInvoice,
  isWhole: hasLine,
  create: createInvoice,
  delivered: ({ id, number }) => ({ remoteId: id, ...(number == null ? {} : { label: number }) }),
  refuseOther({ context }, invoice, sale) {
    const what = `Invoice ${invoice.number}`;
    if (hasLine(invoice)) {
      return refuseOtherTotal(sale, what, minorOf(invoice, 'subtotal', context.currency));
    }
    throw new KindError('config', `${what} was created but has no line.`, {
      fix: 'Let the token edit invoices, delete it in Syncro, then retry.',
    });
  },
  async inspect({ context: { currency }, getIfThere }, _, invoiceId) {
    const invoice = await getIfThere(`/invoices/${encodeURIComponent(invoiceId)}`, InvoiceDetail);
    if (invoice === null) return null;
    const totalMinor = minorOf(invoice, 'subtotal', currency);
    const total = totalMinor === null ? {} : { totalMinor, currency };
    return { isPaid: invoice.is_paid === true, updatedAt: invoice.updated_at, ...total };
  },
};

async function createInvoice(syncro: Syncro, sale: Sale): Promise<Delivered> {
  // Syncro has one currency; its amounts do not include it.
  refuseOtherCurrency(sale, syncro.context.currency);
  const product = await saleProduct(syncro, sale.product);
  const before = await findInvoice(syncro, sale);
  const invoiceId = before?.id ?? (await createEmpty(syncro, sale));
  if (before === null || !hasLine(before)) {
    await syncro.write('POST', `/invoices/${invoiceId}/line_items`, lineOf(syncro, sale, product));
  }
  return { remoteId: invoiceId, label: invoiceNumberOf(sale.key) };
}

const Created = z.object({ invoice: z.object({ id: NumberId }) });

async function createEmpty(syncro: Syncro, sale: Sale): Promise<SourceId> {
  const body = {
    customer_id: clientNumber(sale.clientId),
    number: invoiceNumberOf(sale.key),
    date: `${sale.issuedOn}T00:00:00.000Z`,
    due_date: dueAt(sale, syncro.config.billing.dueInDays, 'T00:00:00.000Z'),
    note: withMarker(sale.body, sale.key),
  };
  return (await syncro.write('POST', '/invoices', body, Created)).invoice.id;
}

function lineOf({ config }: Syncro, sale: Sale, product: ProductWire | null) {
  const { quantity, unitPrice } = saleLine(sale);
  return {
    item: product?.name ?? sale.offer,
    name: sale.title,
    ...(product === null ? {} : { product_id: Number(product.id) }),
    quantity,
    price: unitPrice,
    cost: 0,
    taxable: product?.taxable ?? config.billing.taxable,
  };
}

/** By number; compared here, since the same URL also takes IDs. */
async function findInvoice(syncro: Syncro, sale: Sale): Promise<InvoiceDetail | null> {
  const number = invoiceNumberOf(sale.key);
  const invoice = await syncro.getIfThere(`/invoices/${number}`, InvoiceDetail);
  if (invoice === null) return null;
  const owner = invoice.customer_id ?? invoice.customer?.id ?? null;
  if (invoice.number === number && owner === sale.clientId) return invoice;
  const shown = `invoice ${invoice.number ?? invoice.id} of customer ${owner ?? 'unknown'}`;
  throw new KindError('contract', `GET /invoices/${number} answered with ${shown}.`, {
    fix: 'Look up that number in Syncro. Nothing is written until it is clear whose invoice it is.',
  });
}

function hasLine({ line_items }: InvoiceDetail): boolean {
  return (line_items ?? []).length > 0;
}
