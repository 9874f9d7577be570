/** Maps ConnectWise's rows to ours. An invalid row is a `contract` error. */
import type {
  ClientRow,
  InvoiceLine,
  InvoiceRow,
  TicketRow,
  TimeEntryRow,
} from '../../src/contract/connector.ts';
import { KindError } from '../../src/domain/errors.ts';
import { readPayment } from '../../src/domain/records/invoice.ts';
import { unknownTechnician } from '../../src/domain/records/rows.ts';
import { sourceOf } from '../../src/domain/records/ticket-source.ts';
import { unlistedName } from '../../src/domain/records/unlisted-names.ts';
import {
  addSeconds,
  type Instant,
  secondsBetween,
  startAroundMidday,
} from '../../src/domain/time.ts';
import { minorIn, readWorkedTime, secondsOf } from '../http/answers/exact.ts';
import { amountsOf, inField } from '../http/answers/rows.ts';
import { lineMinor } from '../kit/reading/invoice-lines.ts';
import { namesOf } from '../kit/reading/names.ts';
import { keyIn } from '../kit/writing/marker.ts';
import type { Psa } from './call.ts';
import type { ConnectwiseConfig } from './config.ts';
import type {
  CompanyWire,
  InvoiceLineWire,
  InvoiceWire,
  TicketWire,
  TimeEntryWire,
} from './schema.ts';

export function fromCompany(wire: CompanyWire): ClientRow {
  return { sourceId: wire.id, name: wire.name };
}

export function fromTicket(wire: TicketWire): TicketRow {
  const isClosed = wire.closedFlag ?? false;
  return {
    sourceId: wire.id,
    number: wire.id,
    clientId: wire.company?.id ?? null,
    summary: wire.summary ?? '',
    ...namesOf({ board: wire.board, ticketType: wire.type, agreement: wire.agreement }),
    status: wire.status?.name ?? '',
    source: sourceOf([], wire.source),
    createdAt: wire._info?.dateEntered ?? null,
    isClosed,
    closedAt: isClosed ? (wire.closedDate ?? null) : null,
    mergedInto: wire.mergedParentTicket?.id ?? null,
    updatedAt: changedAt(wire, `Ticket ${wire.id}`),
  };
}

export function fromTimeEntry(wire: TimeEntryWire, { config, context }: Psa): TimeEntryRow {
  const name = `Time entry ${wire.id}`;
  const member: NonNullable<TimeEntryWire['member']> = wire.member ?? unknownTechnician;
  const { hoursBilled } = wire;
  const { end, startedAt, worked } = whenWorked(wire, name, context.timezone);
  return {
    sourceId: wire.id,
    ticketId: ticketOf(wire, name),
    clientId: wire.company?.id ?? null,
    technicianId: member.id,
    technician: member.name ?? member.identifier ?? unlistedName(member.id),
    startedAt,
    endedAt: end ?? addSeconds(startedAt, Math.max(worked.seconds, 0)),
    isTimed: end !== null,
    ...worked,
    billedSeconds:
      hoursBilled == null
        ? null
        : inField(name, 'hoursBilled', () => secondsOf(hoursBilled, 'hours')),
    secondsText: `${wire.actualHours} h`,
    kind: 'work',
    ...namesOf({ workType: wire.workType, role: wire.workRole, agreement: wire.agreement }),
    isBillable: billable[wire.billableOption ?? ''] ?? null,
    isApproved: isApproved(wire.status ?? '', config.approvedFrom),
    note: wire.notes ? wire.notes : null,
    updatedAt: changedAt(wire, name),
  };
}

function whenWorked(wire: TimeEntryWire, name: string, timezone: string) {
  const { timeStart: start, timeEnd: end = null, actualHours: text, hoursDeduct: deducted } = wire;
  if (end !== null && end < start) {
    throw new KindError('contract', `${name}, timeEnd: ${end} is before its start.`, {
      fix: 'Correct the end of the entry in ConnectWise.',
    });
  }
  const spanSeconds = end === null ? null : secondsBetween(start, end);
  const worked = inField(name, 'actualHours', () =>
    readWorkedTime({ text, unit: 'hours', spanSeconds, deducted }),
  );
  // Hours logged for a day come as its midnight in UTC, regardless of the zone.
  const isDayOnly = end === null && start.endsWith('T00:00:00.000Z');
  const startedAt = isDayOnly
    ? startAroundMidday(start.slice(0, 10), timezone, worked.seconds)
    : start;
  return { end, startedAt, worked };
}

/** `NoDefault` decides nothing. */
const billable: Record<string, boolean> = { Billable: true, DoNotBill: false, NoCharge: false };

/** Time charged to activities, charge codes and companies is not linked to a ticket. */
function ticketOf(wire: TimeEntryWire, name: string): string | null {
  const type = wire.chargeToType ?? null;
  if (type === null) return wire.ticket?.id ?? null;
  if (type !== 'ServiceTicket' && type !== 'ProjectTicket') return null;
  const ticketId = wire.chargeToId ?? wire.ticket?.id;
  if (ticketId !== undefined) return ticketId;
  throw new KindError('contract', `${name}, chargeToId: missing although a ${type} is charged.`);
}

const pendingStatus =
  /^(?:Open|Rejected|PendingApproval|ErrorsCorrected|PendingProjectApproval|RejectBySecondTier)$/;
const approvedStatus = /^(?:ApprovedByTierTwo|ReadyToBill|Billed|WrittenOff|BilledAgreement)$/;

/** Null for an unknown status. */
function isApproved(status: string, from: ConnectwiseConfig['approvedFrom']): boolean | null {
  if (status === 'ApprovedByTierOne') return from === 'tier-one';
  if (approvedStatus.test(status)) return true;
  return pendingStatus.test(status) ? false : null;
}

export function fromInvoice(wire: InvoiceWire, { config, context }: Psa): InvoiceRow {
  const name = `Invoice ${wire.id}`;
  const currency = wire.currency?.currencyCode ?? context.currency;
  const minor = amountsOf<Amount>(name, wire, currency);
  const totalMinor = minor('total');
  const { invoiceRoute, voidStatuses } = config.billing;
  const payment = paymentOf(wire, config.billing, minor);
  // A credit memo is a refund; an invoice credited in full was never paid.
  const creditedMinor = payment.creditedMinor ?? 0;
  const isCredited = totalMinor !== null && creditedMinor > 0 && creditedMinor >= totalMinor;
  const isVoid =
    wire.type === 'CreditMemo' || isCredited || voidStatuses.includes(wire.status?.name ?? '');
  return {
    sourceId: wire.id,
    number: wire.invoiceNumber ?? null,
    clientId: wire.company?.id ?? null,
    reference: keyIn(wire.reference),
    // By another route a sale's ID is from another type of record.
    saleId: invoiceRoute === 'invoice' ? wire.id : null,
    currency,
    totalMinor,
    netMinor: minor('subtotal'),
    ...payment,
    isPaid: !isVoid && payment.isPaid,
    isVoid,
    issuedOn: /^\d{4}-\d{2}-\d{2}/.exec(wire.date ?? '')?.[0] ?? null,
    paidOn: null,
    lines: null,
    updatedAt: changedAt(wire, name),
  };
}

type Amount = 'subtotal' | 'total' | 'balance' | 'payments' | 'credits';
type Minor = (field: Amount) => number | null;

/** If payments are kept in an accounting system, only the status shows them. */
function paymentOf(wire: InvoiceWire, { paidWhen }: ConnectwiseConfig['billing'], minor: Minor) {
  const [totalMinor, dueMinor] = [minor('total'), minor('balance')];
  const creditedMinor = Math.abs(minor('credits') ?? 0);
  if (paidWhen !== 'balance') {
    const isSale = totalMinor !== null && totalMinor > 0 && creditedMinor === 0;
    return { paidMinor: null, creditedMinor, isPaid: isSale && wire.status?.isClosed === true };
  }
  const isKnown = totalMinor !== null && dueMinor !== null;
  const paidMinor = minor('payments') ?? (isKnown ? totalMinor - dueMinor - creditedMinor : null);
  return readPayment({ totalMinor, paidMinor, dueMinor });
}

export function fromInvoiceLine(wire: InvoiceLineWire, currency: string): InvoiceLine {
  return {
    product: wire.catalogItem?.identifier ?? null,
    quantity: wire.quantity ?? null,
    totalMinor: lineMinor(wire.extPrice, currency),
  };
}

/** Of a product line; null: not shown. */
export function priceOf({ extPrice }: Pick<InvoiceLineWire, 'extPrice'>, currency: string) {
  return minorIn(extPrice, currency);
}

function changedAt({ _info }: Pick<TicketWire, '_info'>, name: string): Instant {
  if (_info?.lastUpdated != null) return _info.lastUpdated;
  throw new KindError('config', `${name} lacks _info, so its changes cannot be tracked.`, {
    fix: 'Give the API member’s security role "All" for inquiring into this module (see the connector’s README).',
  });
}
