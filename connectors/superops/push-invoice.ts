/**
 * A sale, by the route of the config: a ticket that says what to invoice, or an invoice in draft, found again
 * by the key in the details of its line.
 */
import { z } from 'zod';
import type { Delivered, Push, PushMessages, Standing } from '../../src/contract/connector.ts';
import { KindError } from '../../src/domain/errors.ts';
import { textFromMinor } from '../../src/domain/money.ts';
import { addDays } from '../../src/domain/time.ts';
import { ifThere } from '../http/if-there.ts';
import { hasMarker, markedLine, markerOf } from '../kit/marker.ts';
import { saleText } from '../kit/sale-text.ts';
import type { Api } from './api.ts';
import { createInvoice, oneInvoice } from './documents.ts';
import { refuseIfFalse, verifyKept } from './facts.ts';
import { findRow } from './look-up.ts';
import { dayOf, fromInvoice, netOf } from './mapping.ts';
import { invoicesByDate } from './pull.ts';
import { findTicket, standingOf, writeTicket } from './push-ticket.ts';
import { InvoiceWire } from './schema.ts';
import { withdrawTicket } from './withdraw-ticket.ts';

type Sale = PushMessages['invoice'];

const detailsLengthMax = 255;

/** Days that an invoice's date may lie before that of its sale: whoever edits the draft may set it back. */
const marginDays = 31;

export function createInvoicePush(api: Api): Push<'invoice'> {
  return api.config.billing.route === 'ticket' ? createTicketRoute(api) : createInvoiceRoute(api);
}

function createTicketRoute(api: Api): Push<'invoice'> {
  return {
    find: ({ key }, signal) => findTicket(api, key, signal),
    create: (sale, signal) => writeTicket(api, toTicket(sale), signal),
    inspect: (_, ticketId, signal) => standingOf(api, ticketId, signal),
    withdraw: (sale, withdrawal, signal) => withdrawTicket(api, sale, withdrawal, signal),
  };
}

function toTicket(sale: Sale) {
  const { key, clientId, title: subject } = sale;
  const hint = `With ${markerOf(key)} in the details of a line, its payment is seen from here.`;
  return { key, clientId, subject, body: saleText(sale, [hint]) };
}

function createInvoiceRoute(api: Api): Push<'invoice'> {
  return {
    async find(sale, signal) {
      const invoice = await findInvoice(api, sale, signal);
      if (invoice === null) return null;
      refuseOtherPrice(invoice, sale);
      return delivered(invoice);
    },
    async create(sale, signal) {
      await refuseIfFalse(api.context, 'schema-sale', 'invoice-key');
      refuseOtherCurrency(api, sale);
      const invoice = await writeInvoice(api, sale, signal);
      refuseOtherPrice(invoice, sale);
      return delivered(invoice);
    },
    async inspect(_, invoiceId, signal): Promise<Standing | null> {
      const answer = z.object({ getInvoice: InvoiceWire.nullable() });
      const asked = api.send(oneInvoice, { input: { invoiceId } }, answer, signal);
      const wire = (await ifThere(asked))?.getInvoice ?? null;
      if (wire === null) return null;
      const [{ isVoid, isPaid, netMinor }] = fromInvoice(wire, api.config, api.context);
      return { isVoid, isPaid, ...(netMinor === null ? {} : { totalMinor: netMinor }) };
    },
    // No operation is known that voids an invoice: a person must.
    withdraw: async () => null,
  };
}

async function writeInvoice(api: Api, sale: Sale, signal: AbortSignal): Promise<InvoiceWire> {
  const isEven = sale.quantity > 0 && sale.totalMinor % sale.quantity === 0;
  const quantity = isEven ? sale.quantity : 1;
  const line = {
    billedDate: sale.issuedOn,
    serviceItem: { itemId: sale.product ?? api.config.billing.serviceItem },
    details: markedLine(`${sale.title}: ${sale.body}`, sale.key, detailsLengthMax),
    quantity: String(quantity),
    unitPrice: textFromMinor(sale.totalMinor / quantity, sale.currency),
    taxable: true,
  };
  const input = {
    client: { accountId: sale.clientId },
    statusEnum: 'DRAFT',
    invoiceDate: sale.issuedOn,
    dueDate: addDays(sale.issuedOn, 30),
    addItems: [line],
    title: sale.title,
  };
  const answer = z.object({ createInvoice: InvoiceWire });
  const { createInvoice: invoice } = await api.send(createInvoice, { input }, answer, signal);
  const listed = await findInvoice(api, sale, signal);
  await verifyKept(api.context, 'invoice-key', false, async () => listed !== null);
  if (listed !== null) return listed;
  const { invoiceId } = invoice;
  api.context.log.warn('A new invoice is not listed with its key.', { invoice: invoiceId });
  return invoice;
}

/** By date, the last first, down to what is older than the sale. */
function findInvoice(api: Api, sale: Sale, signal: AbortSignal): Promise<InvoiceWire | null> {
  const from = addDays(sale.issuedOn, -marginDays);
  const wanted = {
    ...{ schema: InvoiceWire, key: sale.key, from },
    idOf: ({ invoiceId }: InvoiceWire) => invoiceId,
    isWanted: ({ items, client }: InvoiceWire) =>
      client?.accountId === sale.clientId &&
      items?.some(({ details }) => hasMarker(details, sale.key)) === true,
    timeOf: ({ invoiceDate }: InvoiceWire) => dayOf(invoiceDate, api.context.timezone),
  };
  return findRow(api, invoicesByDate, wanted, signal);
}

/** SuperOps has one currency, which its amounts do not name. */
function refuseOtherCurrency({ context }: Api, { currency, offer }: Sale): void {
  if (currency === context.currency) return;
  throw new KindError('config', `SuperOps bills in ${context.currency}, not in ${currency}.`, {
    fix: `Give the offer "${offer}" a price in ${context.currency}, or set billing.route: ticket.`,
  });
}

function refuseOtherPrice(invoice: InvoiceWire, sale: Sale): void {
  const netMinor = netOf(invoice, sale.currency);
  if (netMinor === sale.totalMinor) return;
  const shown = netMinor === null ? 'nothing it shows' : textFromMinor(netMinor, sale.currency);
  const wanted = textFromMinor(sale.totalMinor, sale.currency);
  throw new KindError(
    'rejected',
    `Invoice ${invoice.invoiceId} comes to ${shown} instead of ${wanted}.`,
    { fix: 'Correct its price in SuperOps, then retry.' },
  );
}

function delivered({ invoiceId, displayId }: InvoiceWire): Delivered {
  return { remoteId: invoiceId, ...(displayId == null ? {} : { label: displayId }) };
}
