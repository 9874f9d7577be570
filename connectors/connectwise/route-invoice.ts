/** Route `invoice`: a miscellaneous invoice, then its product line. */
import { z } from 'zod';
import type { Delivered, Standing } from '../../src/contract/connector.ts';
import { KindError } from '../../src/domain/errors.ts';
import { Id } from '../http/wire.ts';
import type { Api } from './api.ts';
import { companyNumbers, isOneOf } from './conditions.ts';
import { refuseIfFalse, verifyFact } from './facts.ts';
import { findByKey, getIfThere, type Search, settleFilter } from './look-up.ts';
import { fromInvoice } from './mapping.ts';
import { idOfName } from './names.ts';
import type { Route, Sale } from './sale.ts';
import {
  createProductLine,
  findProductLine,
  type ProductLine,
  productOf,
  refuseOtherCurrency,
  refuseOtherPrice,
} from './sale.ts';
import { InvoiceWire, invoiceFields } from './schema.ts';

const Invoice = z.object({
  id: Id,
  invoiceNumber: z.string().nullish(),
  reference: z.string().nullish(),
  company: z.object({ id: Id }).nullish(),
});
type Invoice = z.infer<typeof Invoice>;

export function createInvoiceRoute(api: Api): Route {
  return {
    async find(sale, signal) {
      const invoice = await findByKey(api, searchForInvoice(sale), signal);
      if (invoice === null) return null;
      const line = await findProductLine(api, sale, signal);
      if (line === null) return null;
      refuseLoose(line, invoice);
      refuseOtherPrice(line, sale);
      return toDelivered(invoice);
    },
    async complete(sale, signal) {
      await refuseIfFalse(api.context, 'product-on-invoice');
      // What could fail is asked before the first half is written.
      await productOf(api, sale, signal);
      await refuseOtherCurrency(api, sale, signal);
      const standing = await findByKey(api, searchForInvoice(sale), signal);
      const invoice = standing ?? (await createInvoice(api, sale, signal));
      const line = await findProductLine(api, sale, signal);
      if (line !== null) {
        refuseLoose(line, invoice);
        return toDelivered(invoice);
      }
      const link = { invoice: { id: Number(invoice.id) } };
      const created = await createProductLine(api, sale, link, signal);
      await verifyFact(api.context, 'product-on-invoice', created.invoice?.id === invoice.id);
      refuseLoose(created, invoice);
      refuseOtherPrice(created, sale);
      return toDelivered(invoice);
    },
    inspect: (_, invoiceId, signal) => inspectInvoice(api, invoiceId, signal),
  };
}

/** An offer's price is before tax, and so is the subtotal. */
async function inspectInvoice(
  api: Api,
  invoiceId: string,
  signal: AbortSignal,
): Promise<Standing | null> {
  const path = `/finance/invoices/${invoiceId}`;
  const wire = await getIfThere(api, path, invoiceFields, InvoiceWire, signal);
  if (wire === null) return null;
  const row = fromInvoice(wire, api.config, api.context.currency);
  const currency = row.currency ?? api.context.currency;
  const totalMinor = row.netMinor ?? row.totalMinor;
  return {
    isVoid: row.isVoid,
    isPaid: row.isPaid,
    updatedAt: row.updatedAt,
    currency,
    ...(totalMinor === null ? {} : { totalMinor }),
  };
}

export async function createInvoice(api: Api, sale: Sale, signal: AbortSignal): Promise<Invoice> {
  const { department } = api.config.billing;
  const body = {
    type: 'Miscellaneous',
    company: { id: Number(companyNumbers([sale.clientId])[0]) },
    reference: sale.key,
    date: `${sale.issuedOn}T00:00:00Z`,
    applyToType: 'All',
    topComment: sale.body,
    ...(department === undefined
      ? {}
      : { departmentId: Number(await idOfName(api, 'department', department, signal)) }),
  };
  const invoice = await api.post('/finance/invoices', body, Invoice, signal);
  await settleFilter(api, searchForInvoice(sale), signal);
  return invoice;
}

function searchForInvoice(sale: Sale): Search<Invoice> {
  return {
    path: '/finance/invoices',
    fields: 'id,invoiceNumber,reference,company',
    schema: Invoice,
    keyField: 'reference',
    key: sale.key,
    fact: 'conditions-reference',
    otherwise: isOneOf('company/id', companyNumbers([sale.clientId])),
    isWanted: (invoice) => invoice.reference === sale.key && invoice.company?.id === sale.clientId,
  };
}

function refuseLoose(line: ProductLine, invoice: Invoice): void {
  if (line.invoice?.id === invoice.id) return;
  const number = invoice.invoiceNumber ?? invoice.id;
  throw new KindError('config', `Product ${line.id} is not on its invoice ${number}.`, {
    fix: 'Put it on the invoice by hand, or delete both; or choose another billing.invoiceRoute.',
  });
}

function toDelivered(invoice: Invoice): Delivered {
  const label = invoice.invoiceNumber ?? null;
  return { remoteId: invoice.id, ...(label === null ? {} : { label }) };
}
