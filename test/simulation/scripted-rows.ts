/** From the scripted PSA's own state to the rows of the connector contract. */
import type {
  ClientRow,
  InvoiceRow,
  Page,
  TicketRow,
  TimeEntryRow,
} from '../../src/contract/connector.ts';
import type { PsaEntry, PsaInvoice, PsaTicket } from './psa.ts';

export interface Row {
  sourceId: string;
  updatedAt: string;
}

export function placeOf({ updatedAt, sourceId }: Row): string {
  return `${updatedAt} ${sourceId}`;
}

export function pageOf<R>(rows: readonly R[], resume: string | null): Page<R> {
  return { rows, rejected: [], resume };
}

export function chunksOf<T>(items: readonly T[], size: number): T[][] {
  const chunks: T[][] = [];
  for (let first = 0; first === 0 || first < items.length; first += size) {
    chunks.push(items.slice(first, first + size));
  }
  return chunks;
}

/** Clients carry no moment of change: every pass reads them all. */
export function toClientRow(id: string): ClientRow & Row {
  return { sourceId: id, name: `Client ${id}`, updatedAt: '9999-12-31T00:00:00.000Z' };
}

export function toTicketRow({ id, client, isClosed, mergedInto, stampMs }: PsaTicket): TicketRow {
  return {
    sourceId: id,
    number: id,
    clientId: client,
    summary: `Ticket ${id}`,
    board: 'Help Desk',
    ticketType: null,
    agreement: null,
    status: isClosed ? 'Closed' : 'Open',
    isClosed,
    closedAt: isClosed ? instant(stampMs) : null,
    mergedInto,
    updatedAt: instant(stampMs),
  };
}

/** By technicians of each system's own: nothing is one hour in two systems. */
export function toEntryRow(entry: PsaEntry, system: string): TimeEntryRow {
  return {
    sourceId: entry.id,
    ticketId: entry.ticketId,
    clientId: null,
    technicianId: 't1',
    technician: `Ada of ${system}`,
    startedAt: instant(entry.startMs),
    endedAt: instant(entry.startMs + entry.seconds * 1000),
    isTimed: true,
    seconds: entry.seconds,
    secondsText: `${entry.seconds / 60} min`,
    kind: 'work',
    workType: entry.workType,
    role: null,
    isBillable: true,
    isApproved: null,
    agreement: null,
    note: null,
    updatedAt: instant(entry.stampMs),
  };
}

/** Every other invoice that was voided is shown as one that a credit memo has settled as a whole. */
export function toInvoiceRow(invoice: PsaInvoice): InvoiceRow {
  const isCredited = invoice.isVoid && Number(invoice.id.slice(1)) % 2 === 0;
  return {
    sourceId: invoice.id,
    number: invoice.id,
    clientId: invoice.client,
    reference: invoice.key,
    currency: 'EUR',
    totalMinor: invoice.totalMinor,
    saleId: invoice.id,
    netMinor: invoice.totalMinor,
    paidMinor: invoice.paidMinor,
    creditedMinor: isCredited ? invoice.totalMinor : null,
    isPaid: invoice.isPaid && !invoice.isVoid,
    isVoid: invoice.isVoid && !isCredited,
    issuedOn: null,
    paidOn: null,
    lines: null,
    updatedAt: instant(invoice.stampMs),
  };
}

function instant(ms: number): string {
  return new Date(ms).toISOString();
}
