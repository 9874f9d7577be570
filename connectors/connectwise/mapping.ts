/** From ConnectWise's rows to ours. A row that cannot be believed is a `contract` error. */

import type {
  ClientRow,
  InvoiceLine,
  InvoiceRow,
  TicketRow,
  TimeEntryRow,
} from '../../src/contract/connector.ts';
import { KindError } from '../../src/domain/errors.ts';
import { minorFromText } from '../../src/domain/money.ts';
import { readPayment } from '../../src/domain/records/invoice.ts';
import { unknownTechnician } from '../../src/domain/records/rows.ts';
import { unlistedName } from '../../src/domain/records/unlisted-names.ts';
import {
  addSeconds,
  type Instant,
  instantFromText,
  secondsBetween,
  startAroundMidday,
} from '../../src/domain/time.ts';
import { readWorkedTime, secondsOf } from '../http/exact.ts';
import { inField, presentIds } from '../http/rows.ts';
import type { ConnectwiseConfig } from './config.ts';
import type {
  CompanyWire,
  InvoiceLineWire,
  InvoiceWire,
  TicketWire,
  TimeEntryWire,
} from './schema.ts';

type Moments = Pick<ConnectwiseConfig, 'naiveDateTimes'>;

export function fromCompany(wire: CompanyWire): ClientRow {
  return { sourceId: wire.id, name: wire.name };
}

export function fromTicket(wire: TicketWire, config: Moments): TicketRow {
  const name = `Ticket ${wire.id}`;
  const isClosed = wire.closedFlag ?? false;
  return {
    sourceId: wire.id,
    number: wire.id,
    clientId: wire.company?.id ?? null,
    summary: wire.summary ?? '',
    board: nameOf(wire.board),
    ticketType: nameOf(wire.type),
    agreement: nameOf(wire.agreement),
    ids: presentIds({
      board: wire.board?.id,
      ticketType: wire.type?.id,
      agreement: wire.agreement?.id,
    }),
    status: nameOf(wire.status) ?? '',
    createdAt: wire._info?.dateEntered
      ? toInstant(wire._info.dateEntered, name, '_info.dateEntered', config)
      : null,
    isClosed,
    closedAt:
      isClosed && wire.closedDate ? toInstant(wire.closedDate, name, 'closedDate', config) : null,
    mergedInto: wire.mergedParentTicket?.id ?? null,
    updatedAt: changedAt(wire, name, config),
  };
}

export function fromTimeEntry(
  wire: TimeEntryWire,
  config: Moments & Pick<ConnectwiseConfig, 'approvedFrom'> & { timezone: string },
): TimeEntryRow {
  const name = `Time entry ${wire.id}`;
  const member: NonNullable<TimeEntryWire['member']> = wire.member ?? unknownTechnician;
  const start = toInstant(wire.timeStart, name, 'timeStart', config);
  const end = wire.timeEnd == null ? null : toInstant(wire.timeEnd, name, 'timeEnd', config);
  // Hours that were logged for a day come as its midnight in UTC, whatever zone they were worked in.
  const isDayOnly = end === null && start.endsWith('T00:00:00.000Z');
  if (end !== null && end < start) {
    throw new KindError('contract', `${name}, timeEnd: ${end} is before its start.`, {
      fix: 'Correct the end of the entry in ConnectWise.',
    });
  }
  const worked = inField(name, 'actualHours', () =>
    readWorkedTime({
      text: wire.actualHours,
      unit: 'hours',
      spanSeconds: end === null ? null : secondsBetween(start, end),
      deducted: wire.hoursDeduct,
    }),
  );
  const startedAt = isDayOnly
    ? startAroundMidday(start.slice(0, 10), config.timezone, worked.seconds)
    : start;
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
      wire.hoursBilled == null
        ? null
        : inField(name, 'hoursBilled', () => secondsOf(wire.hoursBilled ?? '', 'hours')),
    secondsText: `${wire.actualHours} h`,
    kind: 'work',
    workType: nameOf(wire.workType),
    role: nameOf(wire.workRole),
    isBillable: billable[wire.billableOption ?? ''] ?? null,
    isApproved: approval(wire.status ?? '', config.approvedFrom),
    agreement: nameOf(wire.agreement),
    ids: presentIds({
      workType: wire.workType?.id,
      role: wire.workRole?.id,
      agreement: wire.agreement?.id,
    }),
    note: wire.notes ? wire.notes : null,
    updatedAt: changedAt(wire, name, config),
  };
}

/** A reference without its name is not "none". */
function nameOf(reference: { id: string; name?: string | null | undefined } | null | undefined) {
  return reference == null ? null : (reference.name ?? unlistedName(reference.id));
}

/** `NoDefault` decides nothing, so nothing is decided for it. */
const billable: { [option: string]: boolean | undefined } = {
  Billable: true,
  DoNotBill: false,
  NoCharge: false,
};

/** What lies on activities, charge codes and companies hangs on no ticket. */
function ticketOf(wire: TimeEntryWire, name: string): string | null {
  const type = wire.chargeToType ?? null;
  if (type === null) return wire.ticket?.id ?? null;
  if (type !== 'ServiceTicket' && type !== 'ProjectTicket') return null;
  const ticketId = wire.chargeToId ?? wire.ticket?.id;
  if (ticketId !== undefined) return ticketId;
  throw new KindError('contract', `${name}, chargeToId: a ${type} is charged, but none is named.`);
}

const pendingStatuses = [
  'Open',
  'Rejected',
  'PendingApproval',
  'ErrorsCorrected',
  'PendingProjectApproval',
  'RejectBySecondTier',
];
const approvedStatuses = [
  'ApprovedByTierTwo',
  'ReadyToBill',
  'Billed',
  'WrittenOff',
  'BilledAgreement',
];

/** Null for a status that this list does not know. */
function approval(status: string, approvedFrom: ConnectwiseConfig['approvedFrom']): boolean | null {
  if (status === 'ApprovedByTierOne') return approvedFrom === 'tier-one';
  if (approvedStatuses.includes(status)) return true;
  return pendingStatuses.includes(status) ? false : null;
}

export function fromInvoice(
  wire: InvoiceWire,
  config: Moments & Pick<ConnectwiseConfig, 'billing'>,
  ownCurrency: string,
): InvoiceRow {
  const name = `Invoice ${wire.id}`;
  const currency = wire.currency?.currencyCode ?? ownCurrency;
  const minor = (field: 'subtotal' | 'total' | 'balance' | 'payments' | 'credits') => {
    const text = wire[field] ?? null;
    return text === null ? null : inField(name, field, () => minorFromText(text, currency));
  };
  const totalMinor = minor('total');
  const { invoiceRoute, voidStatuses } = config.billing;
  const payment = paymentOf(wire, config, minor);
  // A credit memo takes money back; an invoice that credits make up for in full was never paid.
  const creditedMinor = payment.creditedMinor ?? 0;
  const isCredited = totalMinor !== null && creditedMinor > 0 && creditedMinor >= totalMinor;
  const isVoid =
    wire.type === 'CreditMemo' || isCredited || voidStatuses.includes(wire.status?.name ?? '');
  return {
    sourceId: wire.id,
    number: wire.invoiceNumber ?? null,
    clientId: wire.company?.id ?? null,
    reference: keyIn(wire.reference ?? ''),
    // By another route a sale's id is that of another kind of record.
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
    updatedAt: changedAt(wire, name, config),
  };
}

type Minor = (field: 'total' | 'balance' | 'payments' | 'credits') => number | null;

/** Where an accounting system takes the payments, only the status tells of them. */
function paymentOf(
  wire: InvoiceWire,
  { billing }: Pick<ConnectwiseConfig, 'billing'>,
  minor: Minor,
) {
  const [totalMinor, dueMinor] = [minor('total'), minor('balance')];
  const creditedMinor = Math.abs(minor('credits') ?? 0);
  if (billing.paidWhen !== 'balance') {
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
    totalMinor: wire.extPrice == null ? null : minorFromText(wire.extPrice, currency),
  };
}

/** People write other things into `reference` too; those have no key's shape. */
function keyIn(reference: string): string | null {
  return /^[A-Za-z0-9_.:-]{1,50}$/.test(reference) ? reference : null;
}

interface WithInfo {
  _info?: { lastUpdated?: string | null | undefined } | null | undefined;
}

function changedAt(wire: WithInfo, name: string, config: Moments): Instant {
  const text = wire._info?.lastUpdated ?? null;
  if (text !== null) return toInstant(text, name, '_info.lastUpdated', config);
  throw new KindError('config', `${name} comes without _info, so its changes cannot be followed.`, {
    fix: 'Give the API member’s security role "All" for inquiring into this module (see the connector’s README).',
  });
}

function toInstant(text: string, name: string, field: string, config: Moments): Instant {
  const hasZone = /(?:Z|[+-]\d{2}:?\d{2})$/i.test(text);
  if (!hasZone && !config.naiveDateTimes) {
    throw new KindError('contract', `${name}, ${field}: "${text}" has no zone.`, {
      fix: 'If this server sends UTC without saying so, set naiveDateTimes: true.',
    });
  }
  try {
    return instantFromText(hasZone ? text : `${text}Z`);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new KindError('contract', `${name}, ${field}: "${text}" is not a moment.`);
  }
}
