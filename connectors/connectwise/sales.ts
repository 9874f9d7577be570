/**
 * A sale of hours, by the configured route. Each route writes two records; a sale counts as found only
 * if both exist, and creating completes what is missing, so that a crash or a lost response between the
 * two never leads to a duplicate invoice.
 */
import { z } from 'zod';
import type { Delivered, RemoteState, SourceId } from '../../src/contract/connector.ts';
import { KindError } from '../../src/domain/errors.ts';
import { addDays } from '../../src/domain/time.ts';
import { Id } from '../http/answers/wire.ts';
import type { KeyedRecord } from '../kit/writing/push.ts';
import { saleSubject } from '../kit/writing/sale-text.ts';
import { dueAt, refuseOtherTotal, type Sale, saleLine } from '../kit/writing/sales.ts';
import { findByKey, type KeySearch, missingBy, verifyFilter } from '../kit/writing/search.ts';
import type { List, Psa } from './call.ts';
import { type FactId, facts } from './facts.ts';
import {
  changedSince,
  findProduct,
  ofCompany,
  readBilling,
  refuseOtherBilling,
  searchFor,
} from './lists.ts';
import { fromInvoice, priceOf } from './mapping.ts';
import { byKey, createTicket } from './push.ts';
import { AnyId, Decimal, Flag, fieldsOf, InvoiceWire, Text } from './schema.ts';

/** A miscellaneous invoice or a renewal ticket, which gets the product. */
interface Holder {
  noun: 'invoice' | 'ticket';
  path: string;
  search(sale: Sale): KeySearch<List, HolderRow, FactId>;
  create(psa: Psa, sale: Sale): Promise<Delivered>;
  delivered(line: ProductLine, holder: Delivered): Delivered;
  /** The state of the sale; null: it no longer exists. */
  inspect(psa: Psa, sale: Sale, remoteId: SourceId): Promise<RemoteState | null>;
}

type HolderRow = { id: SourceId; invoiceNumber?: string | null | undefined };

export function holderOf({ config }: Psa): Holder {
  return config.billing.invoiceRoute === 'invoice' ? invoiceHolder : ticketHolder;
}

const findMissing = missingBy<Psa, Sale, List, FactId>(facts, (psa, sale) => [
  holderOf(psa).search(sale),
  lineByKey(psa, sale),
]);

export const saleRecord: KeyedRecord<Psa, Sale, Delivered, FactId> = {
  noun: 'invoice',
  needs: (psa) => [`product-on-${holderOf(psa).noun}`],
  async find(psa, sale) {
    const found = await findHolder(psa, sale);
    const line = found && (await findByKey(psa, facts, lineByKey(psa, sale)));
    return found && line && accept(holderOf(psa), line, found, sale);
  },
  async findMissing(psa, known, sales) {
    const missing = await findMissing(psa, known, sales);
    if (missing.size > 0) await readBilling(psa, sales);
    return missing;
  },
  async create(psa, sale) {
    const holder = holderOf(psa);
    // Whatever could fail is checked before the first write.
    await findProduct(psa, sale);
    await refuseOtherBilling(psa, sale);
    const found = (await findHolder(psa, sale)) ?? (await holder.create(psa, sale));
    const line =
      (await findByKey(psa, facts, lineByKey(psa, sale))) ??
      (await createLine(psa, sale, found.remoteId));
    return accept(holder, line, found, sale);
  },
  delivered: (delivered) => delivered,
  inspect: (psa, sale, remoteId) => holderOf(psa).inspect(psa, sale, remoteId),
  // The API cannot reverse a sale; it shows whether people have.
  async withdraw(psa, sale, { remoteId }) {
    const found = await holderOf(psa).inspect(psa, sale, remoteId);
    return found === null || found.isVoid === true ? { remoteId } : null;
  },
  isWithdrawnByHand: true,
};

/** Throws for a line without its holder, on another one, or with a different total. */
function accept(holder: Holder, line: ProductLine, on: Delivered, sale: Sale): Delivered {
  const { noun } = holder;
  if (line[noun]?.id !== on.remoteId) {
    const message = `Product ${line.id} is not on its ${noun} ${on.label ?? on.remoteId}.`;
    const fix = `Add it to the ${noun} by hand, or delete both; or choose another billing.invoiceRoute.`;
    throw new KindError('config', message, { fix });
  }
  refuseOtherTotal(sale, `Product ${line.id}`, priceOf(line, sale.currency));
  return holder.delivered(line, on);
}

export const linesPath = '/procurement/products';

const ProductLine = z.object({
  id: Id,
  integrationXRef: Text,
  extPrice: Decimal,
  invoice: AnyId,
  ticket: AnyId,
});
type ProductLine = z.infer<typeof ProductLine>;

/** Writes the product line with a link to its holder, and verifies the link as it is shown. */
export async function createLine(psa: Psa, sale: Sale, holderId: SourceId): Promise<ProductLine> {
  const { noun } = holderOf(psa);
  const fact = `product-on-${noun}` as const;
  const { quantity, unitPrice } = saleLine(sale);
  const body = {
    catalogItem: { id: Number(await findProduct(psa, sale)) },
    quantity,
    price: unitPrice,
    [noun]: { id: Number(holderId) },
    billableOption: 'Billable',
    customerDescription: sale.title,
    integrationXRef: sale.key,
    // The offer's price was agreed with the client; a ConnectWise price schedule must not change it.
    ignorePricingSchedulesFlag: true,
  };
  const created = await psa.write('POST', linesPath, body, ProductLine);
  await verifyFilter(psa, facts, lineByKey(psa, sale));
  const isVerified = (await facts.readFact(psa.context, fact)) === 'yes';
  // Once links are known to be kept, a response that shows one and the price is enough.
  const isShown = isVerified && created[noun]?.id === holderId && created.extPrice != null;
  const path = `${linesPath}/${created.id}`;
  const line = isShown ? created : await psa.get(path, ProductLine, fieldsOf(ProductLine));
  await facts.verifyFact(psa.context, fact, line[noun]?.id === holderId);
  return line;
}

function lineByKey(psa: Psa, { key, issuedOn }: Sale) {
  // No line of this sale is older than the sale; two extra days cover any zone.
  const recent = changedSince(`${addDays(issuedOn, -2)}T00:00:00.000Z`, psa);
  const isOurs = (line: ProductLine): boolean => line.integrationXRef === key;
  const fact = 'conditions-integration-xref';
  return searchFor(linesPath, ProductLine, 'integrationXRef', key, fact, recent, isOurs);
}

const Invoice = z.object({ id: Id, invoiceNumber: Text, reference: Text, company: AnyId });
type Invoice = z.infer<typeof Invoice>;

const invoiceHolder: Holder = {
  noun: 'invoice',
  path: '/finance/invoices',
  search: invoiceByKey,
  async create(psa, sale) {
    const { department, dueInDays } = psa.config.billing;
    const body = {
      type: 'Miscellaneous',
      company: { id: Number(sale.clientId) },
      reference: sale.key,
      date: `${sale.issuedOn}T00:00:00Z`,
      dueDate: dueAt(sale, dueInDays, 'T00:00:00Z'),
      applyToType: 'All',
      topComment: sale.body,
      departmentId: department && Number(await psa.names.idOf(psa, 'departments', department)),
    };
    const invoice = await psa.write('POST', '/finance/invoices', body, Invoice);
    await verifyFilter(psa, facts, invoiceByKey(sale));
    return holderDelivered(invoice);
  },
  delivered: (_, invoice) => invoice,
  /** An offer's price is before tax, and so is the subtotal. */
  async inspect(psa, _, invoiceId) {
    const path = `/finance/invoices/${invoiceId}`;
    const wire = await psa.getIfThere(path, InvoiceWire, fieldsOf(InvoiceWire));
    if (wire === null) return null;
    const { isVoid, isPaid, updatedAt, netMinor, totalMinor, ...row } = fromInvoice(wire, psa);
    const currency = row.currency ?? psa.context.currency;
    return { isVoid, isPaid, updatedAt, currency, ...totalOf(netMinor ?? totalMinor) };
  },
};

function invoiceByKey({ key, clientId }: Sale) {
  const isOurs = ({ reference, company }: Invoice): boolean =>
    reference === key && company?.id === clientId;
  const fact = 'conditions-reference';
  const theirs = ofCompany(clientId);
  return searchFor('/finance/invoices', Invoice, 'reference', key, fact, theirs, isOurs);
}

async function findHolder(psa: Psa, sale: Sale): Promise<Delivered | null> {
  const row = await findByKey(psa, facts, holderOf(psa).search(sale));
  return row === null ? null : holderDelivered(row);
}

function holderDelivered({ id, invoiceNumber }: HolderRow): Delivered {
  return { remoteId: id, ...(invoiceNumber == null ? {} : { label: invoiceNumber }) };
}

function totalOf(totalMinor: number | null): { totalMinor?: number } {
  return totalMinor === null ? {} : { totalMinor };
}

const CancellableLine = z.object({ id: Id, extPrice: Decimal, cancelledFlag: Flag });

/** Billed by ConnectWise's own run. */
const ticketHolder: Holder = {
  noun: 'ticket',
  path: '/service/tickets',
  search: byKey,
  create(psa, sale) {
    const { key, clientId, body } = sale;
    const board = psa.config.billing.board ?? '';
    return createTicket(psa, { key, clientId, subject: saleSubject(sale), body, board });
  },
  delivered: ({ id }, { remoteId }) => ({ remoteId: id, label: `product on ticket ${remoteId}` }),
  async inspect(psa, { currency }, lineId) {
    const path = `${linesPath}/${lineId}`;
    const line = await psa.getIfThere(path, CancellableLine, fieldsOf(CancellableLine));
    if (line === null) return null;
    return { isVoid: line.cancelledFlag === true, ...totalOf(priceOf(line, currency)) };
  },
};
