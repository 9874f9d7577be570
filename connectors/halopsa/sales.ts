/** A sale of hours is an invoice, on which the payment that a provider collected is booked. */
import { z } from 'zod';
import type { Delivered, SourceId } from '../../src/contract/connector.ts';
import { KindError } from '../../src/domain/errors.ts';
import { textFromMinor } from '../../src/domain/money.ts';
import { instantFromMs } from '../../src/domain/time.ts';
import { minorOf } from '../http/answers/exact.ts';
import { Id } from '../http/answers/wire.ts';
import { findRow } from '../kit/reading/lists.ts';
import type { KeyedRecord } from '../kit/writing/push.ts';
import {
  dueAt,
  type Payment,
  refuseOtherCurrency,
  refuseOtherTotal,
  refuseSettled,
  type Sale,
  saleLine,
} from '../kit/writing/sales.ts';
import { create, type Halo } from './call.ts';
import type { FactId } from './facts.ts';
import { clientNumber, invoiceList, itemNumber, readClient } from './lists.ts';
import { fromInvoice } from './mapping.ts';
import { type ClientDetail, InvoiceWire, isZero, KeyedInvoice } from './schema.ts';

export const saleRecord: KeyedRecord<Halo, Sale, KeyedInvoice, FactId> = {
  noun: 'invoice',
  kept: 'invoice-key',
  find(halo, { key, clientId }) {
    const isWanted = (row: KeyedInvoice) => row.reference === key && row.client_id === clientId;
    return findRow(halo, invoicesOf(clientId), KeyedInvoice, isWanted);
  },
  create: createInvoice,
  delivered: ({ id: remoteId, invoicenumber: label }) => ({ remoteId, ...(label && { label }) }),
  refuseOther(_, { id, total, tax_total }, sale) {
    const minor = (text: string): number => minorOf(text, sale.currency);
    const net = total == null ? null : minor(total) - minor(tax_total ?? '0');
    refuseOtherTotal(sale, `Invoice ${id}`, net);
  },
  inspect: inspectInvoice,
  // Only newer versions can void, and how is not documented: left to people.
  async withdraw(halo, sale, { remoteId }) {
    const invoice = await inspectInvoice(halo, sale, remoteId);
    return invoice === null || invoice.isVoid === true ? { remoteId } : null;
  },
  isWithdrawnByHand: true,
};

async function createInvoice(halo: Halo, sale: Sale): Promise<Delivered> {
  const client = await readClient(halo, sale.clientId);
  const topUp = findTopUp(client);
  if (topUp !== null) throw new KindError('config', topUp.detail, { fix: topUp.fix });
  refuseOtherCurrency(sale, client.currencyisocode ?? null);
  const product = sale.product ?? halo.config.billing.product;
  const _itemid = product === undefined ? undefined : await itemNumber(halo, product);
  const { quantity: qty_order, unitPrice: unit_price } = saleLine(sale);
  const texts = { item_shortdescription: sale.title, item_longdescription: sale.body };
  const body = {
    client_id: clientNumber(sale.clientId),
    // The same day in any zone Halo may use.
    invoice_date: `${sale.issuedOn}T12:00:00Z`,
    duedate: dueAt(sale, halo.config.billing.dueInDays, 'T12:00:00Z'),
    // Not `thirdpartyinvoicenumber`: accounting systems put their own number there.
    reference: sale.key,
    lines: [{ ...texts, qty_order, unit_price, _itemid }],
  };
  return { remoteId: await create(halo, '/Invoice', body) };
}

/** Null: it no longer exists, or is no longer ours. */
async function inspectInvoice(halo: Halo, { clientId, currency }: Sale | Payment, id: SourceId) {
  const isWanted = (row: InvoiceWire) => row.id === id && row.client_id === clientId;
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

/** What is wrong if Halo itself sells this client hours; null: it does not. */
export function findTopUp({ name, autotopupbyamount, autotopuptoamount }: ClientDetail) {
  if (isZero(autotopupbyamount) && isZero(autotopuptoamount)) return null;
  const detail = `Halo tops up ${name} automatically: a sale from here would be a duplicate.`;
  const fix = 'Turn off automatic top-up for this client, or sell its hours only in Halo.';
  return { detail, fix };
}

const PaymentWire = z.object({ id: Id, invoice_id: Id, thirdpartyid: z.string().nullish() });
type PaymentWire = z.infer<typeof PaymentWire>;

/** Without `withdraw`: once its payment is deleted, a collector could charge the invoice again. */
export const paymentRecord: KeyedRecord<Halo, Payment, PaymentWire, FactId> = {
  noun: 'payment',
  kept: 'payment-key',
  find(halo, { invoiceId, reference }) {
    const list = { path: '/InvoicePayment', rows: 'payments', query: { invoice_id: invoiceId } };
    const isOurs = ({ invoice_id, thirdpartyid }: PaymentWire): boolean =>
      invoice_id === invoiceId && thirdpartyid === reference;
    return findRow(halo, list, PaymentWire, isOurs);
  },
  create: createPayment,
  delivered: ({ id }) => ({ remoteId: id }),
};

async function createPayment(halo: Halo, payment: Payment): Promise<Delivered> {
  const { clientId, invoiceId, amountMinor, currency, paidOn, reference } = payment;
  refuseSettled(payment, await inspectInvoice(halo, payment, invoiceId));
  // Neither `method` nor `intent_id`: Halo's own payment provider must have nothing to collect.
  const body = {
    invoice_id: Number(invoiceId),
    client_id: clientNumber(clientId),
    date: `${paidOn}T12:00:00Z`,
    amount: Number(textFromMinor(amountMinor, currency)),
    thirdpartyid: reference,
  };
  return { remoteId: await create(halo, '/InvoicePayment', body) };
}
