/** Before every write, the record is looked up by its key, compared in code and not just by a filter. */
import type { Delivered } from '../../src/contract/connector.ts';
import { findRow } from '../kit/reading/lists.ts';
import { hasMarker, markedLine, withMarker } from '../kit/writing/marker.ts';
import type { NoteRecord } from '../kit/writing/notes.ts';
import type { KeyedRecord } from '../kit/writing/push.ts';
import { refuseOtherTotal, type Sale, saleLine } from '../kit/writing/sales.ts';
import type { TicketText } from '../kit/writing/tickets.ts';
import type { PlainDesk } from './call.ts';
import type { FactId } from './facts.ts';
import { invoicesOf, notesOf, ticketsOf } from './lists.ts';
import { fromInvoice } from './mapping.ts';
import { InvoiceWire, MadeWire, NoteWire, TicketWire } from './schema.ts';

export const alertRecord: KeyedRecord<PlainDesk, TicketText, TicketWire, FactId> = {
  noun: 'ticket',
  kept: 'ticket-key',
  find: (desk, { key, clientId }) => {
    const isOurs = (row: TicketWire): boolean => hasMarker(row.subject, key);
    return findRow(desk, ticketsOf(clientId, key), TicketWire, isOurs);
  },
  create: (desk, { key, clientId, subject, body }) =>
    make(desk, '/tickets', { clientId, subject: markedLine(subject, key), text: body }),
  delivered: ({ id }) => ({ remoteId: id, label: `#${id}` }),
};

export const notes: NoteRecord<PlainDesk> = {
  async find(desk, { key, ticketId }) {
    const isOurs = ({ text }: { text: string }): boolean => hasMarker(text, key);
    const note = await findRow(desk, notesOf(ticketId, key), NoteWire, isOurs);
    return note === null ? null : { remoteId: note.id };
  },
  write: (desk, { key, ticketId, body, audience }) =>
    make(desk, notesOf(ticketId).path, {
      text: withMarker(body, key),
      isPublic: audience === 'client',
    }),
};

export const saleRecord: KeyedRecord<PlainDesk, Sale, InvoiceWire, FactId> = {
  noun: 'invoice',
  kept: 'invoice-key',
  find: (desk, { key, clientId }) =>
    findRow(desk, invoicesOf(clientId), InvoiceWire, ({ reference }) => reference === key),
  create: (desk, sale) => {
    const { quantity, unitPrice } = saleLine(sale);
    const { clientId, key: reference, issuedOn, currency } = sale;
    const line = { product: sale.product, text: sale.title, quantity, unitPrice };
    return make(desk, '/invoices', { clientId, reference, issuedOn, currency, lines: [line] });
  },
  delivered: ({ id, number }) => ({ remoteId: id, label: number }),
  refuseOther: (_, invoice, sale) =>
    refuseOtherTotal(sale, `Invoice ${invoice.number}`, fromInvoice(invoice).netMinor),
};

async function make(desk: PlainDesk, path: string, body: object): Promise<Delivered> {
  return { remoteId: (await desk.write('POST', path, body, MadeWire)).id };
}
