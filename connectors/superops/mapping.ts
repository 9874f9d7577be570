/** Maps SuperOps' rows to ours; an offered item of work is a time entry. */
import type {
  ClientRow,
  InvoiceRow,
  TicketRow,
  TimeEntryRow,
} from '../../src/contract/connector.ts';
import { isKindError, KindError } from '../../src/domain/errors.ts';
import { minorFromText } from '../../src/domain/money.ts';
import { unknownTechnician } from '../../src/domain/records/rows.ts';
import { addSeconds, type DateText, type Instant, startOfDay } from '../../src/domain/time.ts';
import { readWorkedTime } from '../http/answers/exact.ts';
import { describeIssue } from '../http/answers/issues.ts';
import { inField, presentIds } from '../http/answers/rows.ts';
import { UtcInstant } from '../http/answers/wire.ts';
import { dayIn, rowPerSale } from '../kit/reading/invoice-lines.ts';
import { keysIn } from '../kit/writing/marker.ts';
import type { SuperOps } from './call.ts';
import type { ClientWire, InvoiceWire, ItemWire, TicketWire } from './schema.ts';

type Setting = Pick<SuperOps, 'config' | 'context'>;

export function fromClient(wire: ClientWire): ClientRow {
  return { sourceId: wire.accountId, name: wire.name };
}

/** `closedAt`: remembered from when the ticket was first seen closed. */
export function fromTicket({ config }: Setting, wire: TicketWire): Omit<TicketRow, 'closedAt'> {
  return {
    sourceId: wire.ticketId,
    number: wire.displayId ?? wire.ticketId,
    clientId: wire.client?.accountId ?? null,
    summary: wire.subject ?? '',
    board: wire.techGroup?.name || null,
    ticketType: wire.ticketType || null,
    agreement: null,
    ids: presentIds({ board: wire.techGroup?.groupId }),
    status: wire.status,
    source: wire.source || null,
    createdAt: wire.createdTime,
    isClosed: isAmong(config.closedStatuses, wire.status),
    mergedInto: null,
    updatedAt: wire.updatedTime,
  };
}

/** `Closed` and `CLOSED` are the same status. */
export function isAmong(names: readonly string[], name: string | null | undefined): boolean {
  return names.some((known) => known.toLowerCase() === (name ?? '').toLowerCase());
}

/** Products and fees are among the offered items too. */
export function isWork({ technician, workItem, serviceItem }: ItemWire): boolean {
  if (technician === null && workItem === null) return false;
  return !/^(?:unit|quantity|fixed|flat)/i.test(serviceItem?.quantityType ?? '');
}

export function isBilled({ status }: Pick<ItemWire, 'status'>): boolean {
  return /^(?:billed|invoiced)$/i.test(status ?? '');
}

/** Throws `contract` for time that is invalid. */
export function fromItem({ context }: Setting, wire: ItemWire): TimeEntryRow {
  const name = `Offered item ${wire.itemId}`;
  const { technician, workItem } = wire;
  const worked = inField(name, 'qty', () =>
    readWorkedTime({ text: wire.qty, unit: 'hours', spanSeconds: null }),
  );
  // SuperOps has a single timestamp for work, the billing date.
  const startedAt = inField(name, 'billDate', () => timestampOf(wire.billDate, context.timezone));
  return {
    sourceId: wire.itemId,
    ticketId: /^ticket$/i.test(workItem?.module ?? '') ? (workItem?.workId ?? null) : null,
    clientId: wire.client?.accountId ?? null,
    technicianId: technician?.userId ?? unknownTechnician.id,
    technician: technician?.name || technician?.userId || unknownTechnician.name,
    technicianEmail: technician?.email || null,
    startedAt,
    endedAt: addSeconds(startedAt, Math.max(worked.seconds, 0)),
    isTimed: false,
    ...worked,
    secondsText: `${wire.qty} h`,
    kind: 'work',
    workType: wire.serviceItem?.name || null,
    role: null,
    // Whether non-billable work is offered at all is verified.
    isBillable: null,
    isApproved: null,
    agreement: null,
    ids: presentIds({ workType: wire.serviceItem?.itemId }),
    // Whether clients may read the notes of an entry is not documented.
    note: null,
    updatedAt: wire.updatedTime,
  };
}

/** A timestamp, or a day. Without a zone it is UTC. https://support.superops.com/en/articles/6632215 */
function timestampOf(text: string, timezone: string): Instant {
  const day = /^\d{4}-\d{2}-\d{2}$/.exec(text)?.[0];
  if (day !== undefined) return startOfDay(day, timezone);
  const at = UtcInstant.safeParse(text);
  if (at.success) return at.data;
  throw new KindError('contract', `${describeIssue(at.error)}.`);
}

/** The timestamp in this field of a row; null if there is none. */
export function timeIn({ context }: Setting, field: string, row: unknown): string | null {
  const text = Object(row)[field];
  if (typeof text !== 'string') return null;
  try {
    return (field === 'invoiceDate' ? dayOf : timestampOf)(text, context.timezone);
  } catch (error) {
    if (!isKindError(error, 'contract')) throw error;
    return null;
  }
}

/** One row, and one more per further possible key, so that each sale gets its payment. */
export function fromInvoice(
  { config, context: { timezone, currency } }: Setting,
  wire: InvoiceWire,
): [InvoiceRow, ...InvoiceRow[]] {
  const name = `Invoice ${wire.invoiceId}`;
  const total = wire.totalAmount ?? null;
  const issuedOn = inField(name, 'invoiceDate', () => dayOf(wire.invoiceDate, timezone));
  const paidOn = wire.paymentDate
    ? inField(name, 'paymentDate', () => dayOf(wire.paymentDate ?? '', timezone))
    : issuedOn;
  const isVoid = wire.statusEnum === 'VOID';
  const keys = keysIn((wire.items ?? []).map(({ details }) => details));
  const row: InvoiceRow = {
    sourceId: wire.invoiceId,
    number: wire.displayId ?? null,
    clientId: wire.client?.accountId ?? null,
    reference: null,
    // A sale may be a ticket, whose ID is from another type of record.
    saleId: config.billing.route === 'invoice' ? wire.invoiceId : null,
    currency,
    totalMinor:
      total === null ? null : inField(name, 'totalAmount', () => minorFromText(total, currency)),
    netMinor: keys.length > 1 ? null : netOf(wire, currency),
    paidMinor: null,
    creditedMinor: null,
    isPaid: wire.statusEnum === 'PAID',
    isVoid,
    issuedOn,
    paidOn: wire.paymentDate ? paidOn : null,
    // Lines do not show which service item they are of.
    lines: null,
    // There is no last-modified timestamp; the last known date is used.
    updatedAt: startOfDay(paidOn > issuedOn ? paidOn : issuedOn, timezone),
  };
  return rowPerSale(
    row,
    keys.map((reference, index) => ({ reference, ...(index > 0 && { saleId: null }) })),
  );
}

/** The net total of the lines; null if a line shows no amount. */
export function netOf({ items }: InvoiceWire, currency: string): number | null {
  if (!items?.length) return null;
  let netMinor = 0;
  for (const { amount } of items) {
    if (amount == null) return null;
    netMinor += minorFromText(amount, currency);
  }
  return netMinor;
}

function dayOf(text: string, timezone: string): DateText {
  return dayIn(text, timezone, (at) => timestampOf(at, timezone));
}
