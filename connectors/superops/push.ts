/** Tickets found by the key in their subject, notes, sales by the route of the config, and the balance field. */
import { z } from 'zod';
import type { Delivered } from '../../src/contract/connector.ts';
import { isKindError, KindError } from '../../src/domain/errors.ts';
import { textFromMinor } from '../../src/domain/money.ts';
import { addDays, addSeconds, instantFromMs } from '../../src/domain/time.ts';
import { isNow } from '../http/answers/clock.ts';
import { Id, UtcInstant } from '../http/answers/wire.ts';
import type { ClientField, ClientFields } from '../kit/writing/balance-field.ts';
import { hasMarker, markedLine, markerOf, withMarker } from '../kit/writing/marker.ts';
import { guardedNotes, type Note } from '../kit/writing/notes.ts';
import type { KeyedRecord } from '../kit/writing/push.ts';
import {
  refuseOtherCurrency,
  refuseOtherTotal,
  type Sale,
  saleLine,
} from '../kit/writing/sales.ts';
import type { ClosableTicket, TicketText } from '../kit/writing/tickets.ts';
import { run, type SuperOps } from './call.ts';
import { operations } from './documents.ts';
import { type FactId, facts } from './facts.ts';
import { findKeyed, invoicesByDate, newestTickets, readInvoice, readTicket } from './lists.ts';
import { fromInvoice, isAmong, netOf } from './mapping.ts';
import { InvoiceWire, NoteWire } from './schema.ts';

/** No length limits are published; a common database limit. */
const lineLengthMax = 255;

/** Until a search by subject is verified, tickets created within so many days are searched. */
const lookBackDays = 92;

const Keyed = z.object({
  ticketId: Id,
  displayId: Id.nullish(),
  subject: z.string().nullish(),
  createdTime: UtcInstant.nullish(),
});
type Keyed = z.infer<typeof Keyed>;

export const alertRecord: KeyedRecord<SuperOps, TicketText, Keyed, FactId> = {
  noun: 'ticket',
  needs: () => ['schema-alert', 'ticket-key'],
  find: findTicket,
  delivered: ticketDelivered,
  create: writeTicket,
  ticket: () => ourTicket,
};

/** What the ticket of a sale says besides. */
export function paymentHint({ key }: Pick<Sale, 'key'>): string[] {
  return [`With ${markerOf(key)} in the details of a line, its payment is seen from here.`];
}

/** Compared exactly in code, whatever the search makes of the key. */
async function findTicket(ops: SuperOps, { key }: { key: string }): Promise<Keyed | null> {
  return findBy(ops, key, (await facts.readFact(ops.context, 'subject-filter')) === 'yes');
}

function findBy(ops: SuperOps, key: string, isSearched: boolean): Promise<Keyed | null> {
  const condition = { attribute: 'subject', operator: 'contains', value: key };
  return findKeyed(ops, {
    list: isSearched ? { ...newestTickets, condition } : newestTickets,
    schema: Keyed,
    idField: 'ticketId',
    isWanted: ({ subject }) => hasMarker(subject, key),
    key,
    from: addSeconds(instantFromMs(ops.context.now()), -lookBackDays * 86_400),
  });
}

async function writeTicket(
  ops: SuperOps,
  { key, clientId, subject, body }: TicketText,
): Promise<Delivered> {
  const { context, config } = ops;
  const { status, priority, techGroup } = config.alerts;
  const input = {
    subject: markedLine(subject, key, lineLengthMax),
    client: { accountId: clientId },
    source: 'INTEGRATION',
    status,
    description: body,
    priority,
    techGroup: techGroup === undefined ? undefined : { groupId: techGroup },
  };
  const ticket = await run(ops, operations.createTicket, input, Keyed);
  const isKept = hasMarker(ticket.subject, key);
  await facts.verifyKept(context, 'ticket-key', isKept, async () => false);
  const { createdTime } = ticket;
  const isUtc = createdTime == null ? null : isNow(createdTime, context.now());
  await facts.verifyFact(context, 'dates-utc', isUtc);
  if ((await facts.readFact(context, 'subject-filter')) === null) {
    const found = await findBy(ops, key, true);
    await facts.verifyKept(context, 'subject-filter', false, async () => found !== null);
  }
  return ticketDelivered(ticket);
}

function ticketDelivered({ ticketId, displayId }: Keyed): Delivered {
  return { remoteId: ticketId, ...(displayId == null ? {} : { label: `#${displayId}` }) };
}

const isInternal: Readonly<Record<string, boolean>> = { PRIVATE: true, PUBLIC: false };

const noteRecord = {
  async find(ops: SuperOps, { ticketId, key }: Note) {
    const notes = await run(ops, operations.noteList, { ticketId }, z.array(NoteWire));
    const found = notes.find(({ content }) => hasMarker(content, key));
    return found === undefined ? null : { remoteId: found.noteId };
  },
  async write(ops: SuperOps, { ticketId, audience, body, key }: Note) {
    const privacyType = audience === 'client' ? 'PUBLIC' : 'PRIVATE';
    const input = { ticket: { ticketId }, content: withMarker(body, key), privacyType };
    const note = await run(ops, operations.createTicketNote, input, NoteWire);
    return { remoteId: note.noteId, isInternal: isInternal[note.privacyType ?? ''] };
  },
};

export const notes = guardedNotes(facts, 'note-audience', noteRecord, 'schema-note');

export const ourTicket: ClosableTicket<SuperOps> = {
  async read(ops, id) {
    const ticket = await readTicket(ops, id);
    if (ticket === null) return null;
    return {
      bearsKey: (key) => hasMarker(ticket.subject, key),
      isClosed: isAmong(ops.config.closedStatuses, ticket.status),
      updatedAt: ticket.updatedTime,
    };
  },
  async close(ops, ticketId) {
    await facts.refuseIfFalse(ops.context, 'schema-close');
    const { closedStatuses, alerts } = ops.config;
    const status = alerts.withdrawnStatus ?? closedStatuses.at(-1) ?? '';
    return async () => {
      try {
        await run(ops, operations.updateTicket, { ticketId, status }, z.unknown());
      } catch (error) {
        // A response without data is common here; the ticket's state afterwards decides.
        if (!isKindError(error, 'unknown-outcome')) throw error;
      }
    };
  },
  note: notes,
  whenGone: 'by hand',
};

/** Days that an invoice may be dated before its sale: the draft may be backdated when edited. */
const marginDays = 31;

/** A draft invoice, found by the key in the details of its line. */
export const draftRecord: KeyedRecord<SuperOps, Sale, InvoiceWire, FactId> = {
  noun: 'invoice',
  needs: () => ['schema-sale', 'invoice-key'],
  find: findInvoice,
  delivered: invoiceDelivered,
  create: writeInvoice,
  refuseOther: (_, invoice, sale) => refuseOtherPrice(invoice, sale),
  async inspect(ops, _, invoiceId) {
    const wire = await readInvoice(ops, invoiceId);
    if (wire === null) return null;
    const [{ isVoid, isPaid, netMinor }] = fromInvoice(ops, wire);
    return { isVoid, isPaid, ...(netMinor === null ? {} : { totalMinor: netMinor }) };
  },
  // No operation is known to void an invoice: left to people.
  withdraw: async () => null,
  isWithdrawnByHand: true,
};

async function writeInvoice(ops: SuperOps, sale: Sale): Promise<Delivered> {
  const { context, config } = ops;
  // SuperOps has one currency; its amounts do not include it.
  refuseOtherCurrency(sale, context.currency);
  const { quantity } = saleLine(sale);
  const line = {
    billedDate: sale.issuedOn,
    serviceItem: { itemId: sale.product ?? config.billing.serviceItem },
    details: markedLine(`${sale.title}: ${sale.body}`, sale.key, lineLengthMax),
    quantity: String(quantity),
    unitPrice: textFromMinor(sale.totalMinor / quantity, sale.currency),
    taxable: true,
  };
  const input = {
    client: { accountId: sale.clientId },
    statusEnum: 'DRAFT',
    invoiceDate: sale.issuedOn,
    dueDate: addDays(sale.issuedOn, config.billing.dueInDays),
    addItems: [line],
    title: sale.title,
  };
  const invoice = await run(ops, operations.createInvoice, input, InvoiceWire);
  const listed = await findInvoice(ops, sale);
  await facts.verifyKept(context, 'invoice-key', false, async () => listed !== null);
  if (listed === null) {
    const { invoiceId } = invoice;
    context.log.warn('A new invoice is not listed with its key.', { invoice: invoiceId });
  }
  refuseOtherPrice(listed ?? invoice, sale);
  return invoiceDelivered(listed ?? invoice);
}

/** By date, newest first, until older than the sale. */
function findInvoice(
  ops: SuperOps,
  { key, clientId, issuedOn }: Sale,
): Promise<InvoiceWire | null> {
  return findKeyed(ops, {
    list: invoicesByDate,
    schema: InvoiceWire,
    idField: 'invoiceId',
    isWanted: ({ items, client }) =>
      client?.accountId === clientId &&
      items?.some(({ details }) => hasMarker(details, key)) === true,
    key,
    from: addDays(issuedOn, -marginDays),
  });
}

function refuseOtherPrice(invoice: InvoiceWire, sale: Sale): void {
  const name = `Invoice ${invoice.invoiceId}`;
  const netMinor = netOf(invoice, sale.currency);
  refuseOtherTotal(sale, name, netMinor);
  if (netMinor !== null) return;
  throw new KindError('rejected', `${name} does not show the total of its lines.`, {
    fix: 'Correct its price in SuperOps, then retry.',
  });
}

function invoiceDelivered({ invoiceId, displayId }: InvoiceWire): Delivered {
  return { remoteId: invoiceId, ...(displayId == null ? {} : { label: displayId }) };
}

const ClientFieldsWire = z.object({
  customFields: z.record(z.string(), z.unknown()).nullish(),
});

/** By their API names. SuperOps wants all of them sent. */
export const clientFields: ClientFields<SuperOps, ClientField, FactId> = {
  noun: 'client',
  product: 'SuperOps',
  fact: 'client-fields',
  needs: ['schema-fields'],
  async read(ops, accountId) {
    const { customFields } = await run(ops, operations.oneClient, { accountId }, ClientFieldsWire);
    return Object.entries(customFields ?? {}).map(([name, value]) => ({ name, value }));
  },
  async write(ops, accountId, { before, target, value }) {
    const kept = Object.fromEntries(before.map((field) => [field.name, field.value]));
    const customFields = { ...kept, [target.name]: value };
    await run(ops, operations.updateClient, { accountId, customFields }, z.object({}));
  },
  writableFix: 'Make it a text field that the token’s user may edit.',
};
