/** Maps Syncro's rows to ours; an ended timer is a time entry. */
import type {
  ClientRow,
  InvoiceLine,
  InvoiceRow,
  TicketRow,
  TimeEntryRow,
} from '../../src/contract/connector.ts';
import { KindError } from '../../src/domain/errors.ts';
import { shortHash } from '../../src/domain/keys.ts';
import { minorFromText } from '../../src/domain/money.ts';
import { unknownTechnician } from '../../src/domain/records/rows.ts';
import { unlistedName } from '../../src/domain/records/unlisted-names.ts';
import { msFromInstant } from '../../src/domain/time.ts';
import { secondsOf as readSeconds } from '../http/answers/exact.ts';
import { inField, presentIds } from '../http/answers/rows.ts';
import { lineMinor, notShown } from '../kit/reading/invoice-lines.ts';
import type { NamedRow } from '../kit/reading/names.ts';
import { keysIn } from '../kit/writing/marker.ts';
import type { SyncroConfig } from './config.ts';
import type {
  CustomerWire,
  InvoiceLine as InvoiceLineWire,
  InvoiceWire,
  TicketWire,
  TimerWire,
} from './schema.ts';

export function fromCustomer(wire: CustomerWire): ClientRow {
  const name = wire.business_then_name || wire.fullname;
  if (name) return { sourceId: wire.id, name };
  throw new KindError('contract', `Customer ${wire.id}, business_then_name: no name.`);
}

/** `closedStatuses` decide: a reopened ticket may keep its resolved_at. */
export function fromTicket(wire: TicketWire, closedStatuses: readonly string[]): TicketRow {
  const isClosed = closedStatuses.includes(wire.status);
  return {
    sourceId: wire.id,
    number: wire.number ?? wire.id,
    clientId: wire.customer_id,
    summary: wire.subject ?? '',
    board: wire.ticket_type_name || null,
    ticketType: wire.problem_type || null,
    agreement: wire.contract_name || null,
    ids: presentIds({ board: wire.ticket_type_id, agreement: wire.contract_id }),
    status: wire.status,
    createdAt: wire.created_at,
    isClosed,
    closedAt: isClosed ? wire.resolved_at : null,
    mergedInto: null,
    updatedAt: wire.updated_at,
  };
}

/** Neither ended nor counted yet. Read again until it has ended. */
export function isRunning({ end_time, active_duration }: TimerWire): boolean {
  return end_time === null && Number(active_duration ?? 0) === 0;
}

type NamesById = ReadonlyMap<string, NamedRow>;

/** Names of users and products. Throws `contract` for time that is invalid. */
export function fromTimer(
  wire: TimerWire,
  names: { users: NamesById; products: NamesById },
  { showsNotes }: Pick<SyncroConfig, 'showsNotes'>,
): TimeEntryRow {
  const { user_id: userId, product_id: productId, end_time: endedAt, start_time: startedAt } = wire;
  const nameOf = (known: NamesById, id: string): string => known.get(id)?.name ?? unlistedName(id);
  if (endedAt === null) {
    const found = `${wire.active_duration} s are counted but there is no end`;
    throw refused(wire, 'end_time', found, 'Stop the timer in Syncro, or delete it.');
  }
  const seconds = secondsOf(wire, startedAt, endedAt);
  return {
    sourceId: wire.id,
    ticketId: wire.ticket_id,
    clientId: null,
    technicianId: userId ?? unknownTechnician.id,
    technician: userId === null ? unknownTechnician.name : nameOf(names.users, userId),
    startedAt,
    endedAt,
    isTimed: true,
    seconds,
    secondsText: `${seconds} s`,
    kind: 'work',
    workType: productId == null ? null : nameOf(names.products, productId),
    role: null,
    isBillable: wire.billable ?? null,
    isApproved: null,
    agreement: null,
    ids: presentIds({ workType: productId }),
    note: showsNotes && wire.notes ? wire.notes : null,
    updatedAt: wire.updated_at ?? wire.created_at ?? endedAt,
  };
}

/** active_duration excludes pauses; older timers lack it, and were not paused. */
function secondsOf(wire: TimerWire, startedAt: string, endedAt: string): number {
  const span = Math.round((msFromInstant(endedAt) - msFromInstant(startedAt)) / 1000);
  const fix = 'Correct the start, the end or the duration of this time in Syncro.';
  if (span < 0) throw refused(wire, 'end_time', `${endedAt} is before ${startedAt}`, fix);
  const text = wire.active_duration ?? null;
  if (text === null) return span;
  const name = `Timer ${wire.id} of ticket ${wire.ticket_id}`;
  const seconds = inField(name, 'active_duration', () => readSeconds(text, 'seconds'));
  if (seconds > 0 || (seconds === 0 && span === 0)) return seconds;
  throw refused(wire, 'active_duration', `${text} s in ${span} s from start to end`, fix);
}

function refused(wire: TimerWire, field: string, what: string, fix: string): KindError {
  const where = `Timer ${wire.id} of ticket ${wire.ticket_id}, ${field}`;
  return new KindError('contract', `${where}: ${what}.`, { fix });
}

/**
 * The number of our invoice, derived from its key. It starts with a letter, since `/invoices/…` takes an
 * ID as well as a number; 19 characters, since QuickBooks sync allows at most 21.
 */
export function invoiceNumberOf(key: string): string {
  return `PH-${shortHash(key, 16).toUpperCase()}`;
}

/** The key in the note, if the invoice's number is derived from it. */
function keyOfInvoice({ number, note }: InvoiceWire): string | null {
  return keysIn([note]).find((key) => invoiceNumberOf(key) === number) ?? null;
}

/** Amounts have no currency: they are in the config file's. */
export function fromInvoice(wire: InvoiceWire, currency: string): InvoiceRow {
  const totalMinor = minorOf(wire, 'total', currency);
  return {
    ...notShown,
    sourceId: wire.id,
    number: wire.number ?? null,
    clientId: wire.customer_id,
    reference: keyOfInvoice(wire),
    saleId: wire.id,
    currency,
    totalMinor,
    netMinor: minorOf(wire, 'subtotal', currency),
    // An invoice of zero counts as paid from the start.
    isPaid: wire.is_paid === true && totalMinor !== null && totalMinor > 0,
    isVoid: false,
    issuedOn: /^\d{4}-\d{2}-\d{2}/.exec(wire.date ?? '')?.[0] ?? null,
    updatedAt: wire.updated_at,
  };
}

/** `item` is the product's name. */
export function fromInvoiceLine(wire: InvoiceLineWire, currency: string): InvoiceLine {
  const { item: product = null, quantity = null, price = null } = wire;
  const isWhole = /^-?\d{1,6}(?:\.0+)?$/.test(quantity ?? '');
  const unitMinor = lineMinor(price, currency);
  const totalMinor = unitMinor === null || !isWhole ? null : unitMinor * Number(quantity);
  return { product, quantity, totalMinor };
}

type Amounts = Pick<InvoiceWire, 'id' | 'total' | 'subtotal'>;

export function minorOf(wire: Amounts, field: 'total' | 'subtotal', currency: string) {
  const text = wire[field] ?? null;
  if (text === null) return null;
  return inField(`Invoice ${wire.id}`, field, () => minorFromText(text, currency));
}
