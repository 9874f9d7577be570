import { hash } from 'node:crypto';
import type { SQLInputValue } from 'node:sqlite';
import type {
  InvoiceRow,
  NameIds,
  StreamName,
  TicketRow,
  TimeEntryRow,
} from '../../../domain/records/rows.ts';
import type { MirrorRows } from '../../port.ts';
import { type Database, listValue } from '../database.ts';

/**
 * A row in the order of its table's columns, with the hash over all but its last-modified
 * timestamp.
 */
interface MirrorRow {
  sourceId: string;
  values: readonly SQLInputValue[];
  updatedAt: string;
}

interface MirrorTable {
  name: string;
  /** The columns covered by the revision, besides `connection` and `source_id`. */
  columns: readonly string[];
  hasUpdatedAt: boolean;
  hasDeletedAt: boolean;
}

interface Stored {
  sourceId: string;
  revision: string;
  updatedAt: string;
  deletedAt: string | null;
}

interface MirrorChange {
  /** Rows with a new revision, or that reappeared. */
  changed: number;
  /** Rows that are new or were touched at the vendor, whether or not they changed for us. */
  touchedIds: string[];
}

/**
 * Writes only what differs from the mirror: an unchanged row fires no trigger and causes no work
 * for debit. INSERT and UPDATE are separate on purpose, see `dirty` in the migration.
 */
export function writeMirror(
  database: Database,
  connection: string,
  page: MirrorRows,
): MirrorChange {
  const table = tables[page.stream];
  const rows = toMirrorRows(page);
  const known = readKnown(database, table, connection, rows);
  const change: MirrorChange = { changed: 0, touchedIds: [] };
  const sql = statementsOf(table);
  for (const { sourceId, values, updatedAt } of rows) {
    const revision = hash('sha256', JSON.stringify(values), 'hex').slice(0, 16);
    const stored = known.get(sourceId);
    const touched = table.hasUpdatedAt ? [updatedAt] : [];
    if (stored === undefined) {
      database.run(sql.insert, connection, sourceId, ...values, revision, ...touched);
    } else if (stored.revision !== revision || stored.deletedAt !== null) {
      database.run(sql.update, ...values, revision, ...touched, connection, sourceId);
    } else if (table.hasUpdatedAt && stored.updatedAt !== updatedAt) {
      database.run(sql.touch, updatedAt, connection, sourceId);
      change.touchedIds.push(sourceId);
      known.set(sourceId, { ...stored, updatedAt });
      continue;
    } else {
      continue;
    }
    change.changed += 1;
    change.touchedIds.push(sourceId);
    known.set(sourceId, { sourceId, revision, updatedAt, deletedAt: null });
  }
  return change;
}

function readKnown(
  database: Database,
  table: MirrorTable,
  connection: string,
  rows: readonly MirrorRow[],
): Map<string, Stored> {
  const stored = database.rows<Stored>(
    `SELECT source_id AS sourceId, revision,
       ${table.hasUpdatedAt ? 'updated_at' : "''"} AS updatedAt,
       ${table.hasDeletedAt ? 'deleted_at' : 'NULL'} AS deletedAt
     FROM ${table.name} WHERE connection = ? AND source_id IN (SELECT value FROM json_each(?))`,
    connection,
    listValue(rows.map((row) => row.sourceId)),
  );
  return new Map(stored.map((row) => [row.sourceId, row]));
}

function statementsOf(table: MirrorTable): { insert: string; update: string; touch: string } {
  const written = [...table.columns, 'revision', ...(table.hasUpdatedAt ? ['updated_at'] : [])];
  const places = written.map(() => '?').join(', ');
  const where = 'WHERE connection = ? AND source_id = ?';
  return {
    insert: `INSERT INTO ${table.name} (connection, source_id, ${written.join(', ')}) VALUES (?, ?, ${places})`,
    update: `UPDATE ${table.name} SET ${written.map((column) => `${column} = ?`).join(', ')}
      ${table.hasDeletedAt ? ', deleted_at = NULL' : ''} ${where}`,
    touch: `UPDATE ${table.name} SET updated_at = ? ${where}`,
  };
}

const tables: Record<StreamName, MirrorTable> = {
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
    columns: ['client_id', 'technician_id', 'technician', 'device', 'started_at', 'ended_at'],
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
};

function toMirrorRows(page: MirrorRows): MirrorRow[] {
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
          row.device,
          row.startedAt,
          row.endedAt,
        ],
      }));
    case 'invoices':
      return page.rows.map((row) => ({ ...row, values: invoiceValues(row) }));
  }
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
