import type { SQLInputValue } from 'node:sqlite';
import type {
  InvoiceRow,
  NameIds,
  PaymentRow,
  StreamName,
  TicketRow,
  TimeEntryRow,
} from '../../../domain/records/rows.ts';
import type { MirrorRows } from '../../port.ts';

/**
 * A row in the order of its table's columns, with the hash over all but its last-modified
 * timestamp.
 */
export interface MirrorRow {
  sourceId: string;
  values: readonly SQLInputValue[];
  updatedAt: string;
}

export interface MirrorTable {
  name: string;
  /**
   * Besides `connection` and `source_id`. The revision covers all but a technician's e-mail: a new
   * one alone changes no row.
   */
  columns: readonly string[];
  hasUpdatedAt: boolean;
  hasDeletedAt: boolean;
}

export const tables: Record<StreamName, MirrorTable> = {
  clients: { name: 'mirror_client', columns: ['name'], hasUpdatedAt: false, hasDeletedAt: false },
  tickets: {
    name: 'mirror_ticket',
    columns: [
      'number',
      'client_id',
      'summary',
      'board',
      'ticket_type',
      'agreement',
      'status',
      'source',
      'created_at',
      'is_closed',
      'closed_at',
      'merged_into',
      'name_ids',
    ],
    hasUpdatedAt: true,
    hasDeletedAt: false,
  },
  timeEntries: {
    name: 'mirror_time_entry',
    columns: [
      'ticket_id',
      'client_id',
      'technician_id',
      'technician',
      'technician_email',
      'started_at',
      'ended_at',
      'is_timed',
      'seconds',
      'precision_seconds',
      'billed_seconds',
      'seconds_text',
      'kind',
      'work_type',
      'role',
      'is_billable',
      'is_approved',
      'agreement',
      'note',
      'name_ids',
    ],
    hasUpdatedAt: true,
    hasDeletedAt: true,
  },
  sessions: {
    name: 'mirror_session',
    columns: [
      'client_id',
      'technician_id',
      'technician',
      'technician_email',
      'device',
      'ticket_id',
      'entry_id',
      'started_at',
      'ended_at',
    ],
    hasUpdatedAt: false,
    hasDeletedAt: false,
  },
  invoices: {
    name: 'mirror_invoice',
    columns: [
      'number',
      'client_id',
      'reference',
      'sale_id',
      'currency',
      'total_minor',
      'net_minor',
      'paid_minor',
      'credited_minor',
      'is_paid',
      'is_void',
      'issued_on',
      'paid_on',
      'lines',
    ],
    hasUpdatedAt: false,
    hasDeletedAt: false,
  },
  payments: {
    name: 'mirror_payment',
    columns: [
      'reference',
      'client_id',
      'status',
      'amount_minor',
      'currency',
      'reversed_minor',
      'reason',
      'failure',
      'created_at',
      'settled_on',
    ],
    hasUpdatedAt: false,
    hasDeletedAt: false,
  },
  mandates: {
    name: 'mirror_mandate',
    columns: ['client_id', 'scheme', 'status', 'detail', 'expires_on'],
    hasUpdatedAt: false,
    hasDeletedAt: false,
  },
};

export function toMirrorRows(page: MirrorRows): MirrorRow[] {
  switch (page.stream) {
    case 'clients':
      return page.rows.map((row) => ({
        sourceId: row.sourceId,
        values: [row.name],
        updatedAt: '',
      }));
    case 'tickets':
      return page.rows.map((row) => ({ ...row, values: ticketValues(row) }));
    case 'timeEntries':
      return page.rows.map((row) => ({ ...row, values: timeEntryValues(row) }));
    case 'sessions':
      return page.rows.map((row) => ({
        ...row,
        values: [
          row.clientId,
          row.technicianId,
          row.technician,
          row.technicianEmail,
          row.device,
          row.ticketId,
          row.entryId,
          row.startedAt,
          row.endedAt,
        ],
      }));
    case 'invoices':
      return page.rows.map((row) => ({ ...row, values: invoiceValues(row) }));
    case 'payments':
      return page.rows.map((row) => ({ ...row, values: paymentValues(row) }));
    case 'mandates':
      return page.rows.map((row) => ({
        ...row,
        values: [row.clientId, row.scheme, row.status, row.detail, row.expiresOn],
      }));
  }
}

function paymentValues(row: PaymentRow): SQLInputValue[] {
  return [
    row.reference,
    row.clientId,
    row.status,
    row.amountMinor,
    row.currency,
    row.reversedMinor,
    row.reason,
    row.failure,
    row.createdAt,
    row.settledOn,
  ];
}

function invoiceValues(row: InvoiceRow): SQLInputValue[] {
  return [
    row.number,
    row.clientId,
    row.reference,
    row.saleId,
    row.currency,
    row.totalMinor,
    row.netMinor,
    row.paidMinor,
    row.creditedMinor,
    Number(row.isPaid),
    Number(row.isVoid),
    row.issuedOn,
    row.paidOn,
    row.lines === null ? null : JSON.stringify(row.lines),
  ];
}

function ticketValues(row: TicketRow): SQLInputValue[] {
  return [
    row.number,
    row.clientId,
    row.summary,
    row.board,
    row.ticketType,
    row.agreement,
    row.status,
    row.source ?? null,
    row.createdAt ?? null,
    Number(row.isClosed),
    row.closedAt,
    row.mergedInto,
    nameIdsText(row),
  ];
}

function timeEntryValues(row: TimeEntryRow): SQLInputValue[] {
  return [
    row.ticketId,
    row.clientId,
    row.technicianId,
    row.technician,
    row.technicianEmail ?? null,
    row.startedAt,
    row.endedAt,
    Number(row.isTimed),
    row.seconds,
    row.precisionSeconds ?? null,
    row.billedSeconds ?? null,
    row.secondsText,
    row.kind,
    row.workType,
    row.role,
    row.isBillable === null ? null : Number(row.isBillable),
    row.isApproved === null ? null : Number(row.isApproved),
    row.agreement,
    row.note,
    nameIdsText(row),
  ];
}

/** In a fixed order, so that equal IDs give equal text. */
function nameIdsText({ ids = {} }: Pick<TicketRow, 'ids'>): string | null {
  const present = Object.entries(ids).sort(([a], [b]) => (a < b ? -1 : 1));
  return present.length === 0 ? null : JSON.stringify(Object.fromEntries(present));
}

/** Back from the column that `nameIdsText` filled. */
export function withNameIds<Row extends { nameIds: string | null }>({
  nameIds,
  ...row
}: Row): Omit<Row, 'nameIds'> & { ids?: NameIds } {
  return nameIds === null ? row : { ...row, ids: JSON.parse(nameIds) as NameIds };
}
