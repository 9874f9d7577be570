import type { TicketRow, TimeEntryRow } from '../../../domain/records/rows.ts';
import type { Mirrored, ReconcileStore } from '../../port.ts';
import { type Database, listValue } from '../database.ts';
import { withNameIds } from '../mirror/columns.ts';

type MirroredStore = Pick<
  ReconcileStore,
  'readMirrorTickets' | 'readMirrorEntries' | 'readSetAside' | 'readTimeDue'
>;

export function mirroredStore(database: Database): MirroredStore {
  return {
    readMirrorTickets: async (connection, ids) => readTickets(database, connection, ids),
    readMirrorEntries: async (connection, ids) => readEntries(database, connection, ids),
    readSetAside: async (connection, stream, ids) =>
      database
        .rows<{ id: string }>(
          `SELECT q.source_id AS id FROM json_each(?) k CROSS JOIN quarantine q
             ON q.connection = ? AND q.stream = ? AND q.source_id = k.value
           WHERE q.found_by = 'pull' AND q.status = 'open'`,
          listValue(ids),
          connection,
          stream,
        )
        .map(({ id }) => id),
    readTimeDue: async (connection, ids) =>
      database
        .rows<{ id: string }>(
          `SELECT d.ticket_id AS id FROM json_each(?) k CROSS JOIN time_due d
             ON d.connection = ? AND d.ticket_id = k.value`,
          listValue(ids),
          connection,
        )
        .map(({ id }) => id),
  };
}

const setAside = (stream: string, alias: string) => `EXISTS (SELECT 1 FROM quarantine q
  WHERE q.connection = ${alias}.connection AND q.stream = '${stream}'
    AND q.source_id = ${alias}.source_id AND q.found_by = 'pull' AND q.status = 'open') AS isSetAside`;

type StoredTicket = Omit<TicketRow, 'isClosed' | 'ids'> & {
  isClosed: number;
  isSetAside: number;
  nameIds: string | null;
};

function readTickets(
  database: Database,
  connection: string,
  ids: readonly string[],
): Mirrored<TicketRow>[] {
  const rows = database.rows<StoredTicket>(
    `SELECT t.source_id AS sourceId, t.number, t.client_id AS clientId, t.summary, t.board,
       t.ticket_type AS ticketType, t.agreement, t.status, t.is_closed AS isClosed,
       t.created_at AS createdAt, t.closed_at AS closedAt, t.merged_into AS mergedInto, t.name_ids AS nameIds, t.updated_at AS updatedAt,
       ${setAside('tickets', 't')}
     FROM json_each(?) k CROSS JOIN mirror_ticket t ON t.connection = ? AND t.source_id = k.value`,
    listValue(ids),
    connection,
  );
  return rows.map(({ isSetAside, isClosed, ...row }) => ({
    row: { ...withNameIds(row), isClosed: isClosed === 1 },
    isSetAside: isSetAside === 1,
    isDeleted: false,
  }));
}

type Flags = 'isTimed' | 'isBillable' | 'isApproved';
type StoredEntry = Omit<TimeEntryRow, Flags | 'ids'> & { [flag in Flags]: number | null } & {
  isSetAside: number;
  nameIds: string | null;
  deletedAt: string | null;
};

function readEntries(
  database: Database,
  connection: string,
  ids: readonly string[],
): Mirrored<TimeEntryRow>[] {
  const rows = database.rows<StoredEntry>(
    `SELECT e.source_id AS sourceId, e.ticket_id AS ticketId, e.client_id AS clientId,
       e.technician_id AS technicianId, e.technician, e.started_at AS startedAt,
       e.ended_at AS endedAt, e.is_timed AS isTimed, e.seconds, e.precision_seconds AS precisionSeconds,
       e.billed_seconds AS billedSeconds, e.seconds_text AS secondsText,
       e.kind, e.work_type AS workType, e.role, e.is_billable AS isBillable,
       e.is_approved AS isApproved, e.agreement, e.note, e.name_ids AS nameIds,
       e.updated_at AS updatedAt,
       e.deleted_at AS deletedAt, ${setAside('timeEntries', 'e')}
     FROM json_each(?) k
     CROSS JOIN mirror_time_entry e ON e.connection = ? AND e.source_id = k.value`,
    listValue(ids),
    connection,
  );
  return rows.map(({ isSetAside, deletedAt, isTimed, isBillable, isApproved, ...row }) => ({
    row: {
      ...withNameIds(row),
      isTimed: isTimed === 1,
      isBillable: flag(isBillable),
      isApproved: flag(isApproved),
    },
    isSetAside: isSetAside === 1,
    isDeleted: deletedAt !== null,
  }));
}

function flag(stored: number | null): boolean | null {
  return stored === null ? null : stored === 1;
}
