/** Maps the vendor's rows to ours. Pure: no requests and no memory. */
import type { z } from 'zod';
import type {
  ClientRow,
  InvoiceRow,
  TicketRow,
  TimeEntryRow,
} from '../../src/contract/connector.ts';
import { unknownTechnician } from '../../src/domain/records/rows.ts';
import { addSeconds } from '../../src/domain/time.ts';
import { minorOf, readWorkedTime } from '../http/answers/exact.ts';
import type { ClientWire, InvoiceWire, TicketWire, TimeWire } from './schema.ts';

export function fromClient(wire: z.infer<typeof ClientWire>): ClientRow {
  return { sourceId: wire.id, name: wire.name };
}

export function fromTicket(wire: TicketWire): TicketRow {
  return {
    sourceId: wire.id,
    number: wire.id,
    clientId: wire.clientId ?? null,
    summary: wire.subject ?? '',
    board: null,
    ticketType: null,
    agreement: null,
    status: wire.status ?? '',
    isClosed: wire.closedAt != null,
    closedAt: wire.closedAt ?? null,
    mergedInto: null,
    updatedAt: wire.updatedAt,
  };
}

/** If the vendor has an end and a break, pass them too: they are more exact than hours. */
export function fromTime(wire: TimeWire): TimeEntryRow {
  const worked = readWorkedTime({ text: wire.hours, unit: 'hours', spanSeconds: null });
  const technician = wire.technician ?? unknownTechnician;
  return {
    sourceId: wire.id,
    ticketId: wire.ticketId,
    clientId: wire.clientId ?? null,
    technicianId: technician.id,
    technician: technician.name,
    startedAt: wire.startedAt,
    endedAt: addSeconds(wire.startedAt, worked.seconds),
    isTimed: true,
    ...worked,
    secondsText: `${wire.hours} h`,
    kind: 'work',
    workType: wire.workType ?? null,
    role: null,
    isBillable: wire.billable ?? null,
    isApproved: null,
    agreement: null,
    note: null,
    updatedAt: wire.updatedAt,
  };
}

export function fromInvoice(wire: InvoiceWire): InvoiceRow {
  const totalMinor = minorOf(wire.total, wire.currency);
  const isPaid = wire.status === 'paid';
  return {
    sourceId: wire.id,
    number: wire.number,
    clientId: wire.clientId,
    reference: wire.reference ?? null,
    saleId: wire.id,
    currency: wire.currency,
    totalMinor,
    netMinor: minorOf(wire.net, wire.currency),
    paidMinor: isPaid ? totalMinor : null,
    creditedMinor: null,
    isPaid,
    isVoid: wire.status === 'void',
    issuedOn: wire.issuedOn ?? null,
    paidOn: null,
    lines: null,
    updatedAt: wire.updatedAt,
  };
}
