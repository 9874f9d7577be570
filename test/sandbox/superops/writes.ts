/** The mutations; their inputs were held against the schema before. */
import { z } from 'zod';
import { refused } from './refusal.ts';
import { clientRef, invoiceRow, type Row, ticketRow } from './rows.ts';
import type { Client, SuperopsState, Ticket } from './state.ts';

export interface WriteOptions {
  /** Of a note, whatever was requested. */
  privacyType: string | null;
  /** Custom fields that are emptied: those that were not sent, or all but the first of those that were. */
  emptiesFields: 'unsent' | 'others' | null;
  /** A subject is cut to so many letters. */
  subjectLengthMax: number;
  /** A price list writes over the unit price. */
  unitPrice: string | null;
}

const statuses = ['Open', 'On Hold', 'Resolved', 'Closed'];

export function ticketOf(state: SuperopsState, ticketId: unknown): Ticket {
  const found = state.tickets.find((one) => one.ticketId === String(ticketId));
  if (found === undefined) throw refused('entity_does_not_exist', 'ticketId');
  return found;
}

export function clientOf(state: SuperopsState, accountId: unknown): Client {
  const found = state.clients.find((one) => one.accountId === String(accountId));
  if (found === undefined) throw refused('referred_value_does_not_exist', 'accountId');
  return found;
}

const Account = z.object({ accountId: z.string() });

const NewTicket = z.object({
  subject: z.string(),
  client: Account,
  status: z.string().default('Open'),
});

export type Write = (state: SuperopsState, input: unknown, options: WriteOptions) => Row;

export const writes: Readonly<Record<string, Write>> = {
  createTicket(state, input, { subjectLengthMax }) {
    const { subject, client, status } = NewTicket.parse(input);
    refuseStatus(status);
    const { accountId: clientId } = clientOf(state, client.accountId);
    const ticketId = state.addTicket({
      clientId,
      subject: subject.slice(0, subjectLengthMax),
      status,
    });
    return ticketRow(state, ticketOf(state, ticketId), 0);
  },

  updateTicket(state, input) {
    const { ticketId, status } = z
      .object({ ticketId: z.string(), status: z.string() })
      .parse(input);
    const ticket = ticketOf(state, ticketId);
    refuseStatus(status);
    state.setStatus(ticketId, status);
    return ticketRow(state, ticket, 0);
  },

  createTicketNote(state, input, { privacyType }) {
    const note = z
      .object({
        ticket: z.object({ ticketId: z.string() }),
        content: z.string(),
        privacyType: z.enum(['PRIVATE', 'PUBLIC']),
      })
      .parse(input);
    const { ticketId } = ticketOf(state, note.ticket.ticketId);
    const added = state.addNote({
      ticketId,
      content: note.content,
      privacyType: privacyType ?? note.privacyType,
    });
    return { ...added, addedOn: null };
  },

  updateClient(state, input, { emptiesFields }) {
    const { accountId, customFields } = Account.extend({
      customFields: z.record(z.string(), z.unknown()),
    }).parse(input);
    const client = clientOf(state, accountId);
    const known = Object.keys(client.customFields);
    const unknown = Object.keys(customFields).find((name) => !known.includes(name));
    if (unknown !== undefined) throw refused('referred_value_does_not_exist', unknown);
    if (emptiesFields !== null) for (const name of known) client.customFields[name] = null;
    const kept = Object.entries(customFields).slice(0, emptiesFields === 'others' ? 1 : undefined);
    Object.assign(client.customFields, Object.fromEntries(kept));
    return { ...clientRef(state, accountId), customFields: client.customFields };
  },

  createInvoice(state, input, { unitPrice }) {
    const { client, invoiceDate, statusEnum, addItems } = NewInvoice.parse(input);
    const { accountId: clientId } = clientOf(state, client.accountId);
    const items = addItems.map(({ details, quantity, unitPrice: asked }) => {
      const price = unitPrice ?? asked;
      const amount = (Number(quantity) * Number(price)).toFixed(2);
      return { details, quantity, unitPrice: price, amount };
    });
    const total = items.reduce((sum, { amount }) => sum + Number(amount), 0) * 1.2;
    const totalAmount = total.toFixed(2);
    return invoiceRow(
      state,
      state.addInvoice({ clientId, invoiceDate, statusEnum, totalAmount, items }),
    );
  },
};

const NewInvoice = z.object({
  client: Account,
  invoiceDate: z.string(),
  statusEnum: z.string(),
  addItems: z.array(z.object({ details: z.string(), quantity: z.string(), unitPrice: z.string() })),
});

function refuseStatus(status: string): void {
  if (!statuses.includes(status)) throw refused('referred_value_does_not_exist', 'status');
}
