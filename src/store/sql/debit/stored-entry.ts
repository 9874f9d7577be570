import type { NameIds } from '../../../domain/records/rows.ts';
import type { MirrorTimeEntry } from '../../port.ts';

type Flags = 'isTimed' | 'isBillable' | 'isApproved' | 'isCharged' | 'isDerived';
export type StoredEntry = Required<Omit<MirrorTimeEntry, Flags | 'ids'>> & {
  [flag in Flags]: number | null;
} & { nameIds: string | null };

export const entryColumns = `e.connection, e.source_id AS sourceId, e.ticket_id AS ticketId,
  e.client_id AS clientId, e.technician_id AS technicianId, e.technician,
  e.started_at AS startedAt, e.ended_at AS endedAt, e.is_timed AS isTimed, e.seconds,
  e.precision_seconds AS precisionSeconds, e.billed_seconds AS billedSeconds, e.seconds_text AS secondsText, e.kind, e.work_type AS workType, e.role,
  e.is_billable AS isBillable, e.is_approved AS isApproved, e.agreement, e.note,
  e.name_ids AS nameIds, e.updated_at AS updatedAt, e.deleted_at AS deletedAt, g.group_key AS groupKey,
  g.is_charged AS isCharged, e.is_derived AS isDerived`;

/** Field by field: of a spread row each of the many fields would be looked up again by name. */
export function toEntry(row: StoredEntry): MirrorTimeEntry {
  const entry: MirrorTimeEntry = {
    connection: row.connection,
    sourceId: row.sourceId,
    ticketId: row.ticketId,
    clientId: row.clientId,
    technicianId: row.technicianId,
    technician: row.technician,
    startedAt: row.startedAt,
    endedAt: row.endedAt,
    isTimed: row.isTimed === 1,
    seconds: row.seconds,
    precisionSeconds: row.precisionSeconds,
    billedSeconds: row.billedSeconds,
    secondsText: row.secondsText,
    kind: row.kind,
    workType: row.workType,
    role: row.role,
    isBillable: row.isBillable === null ? null : row.isBillable === 1,
    isApproved: row.isApproved === null ? null : row.isApproved === 1,
    agreement: row.agreement,
    note: row.note,
    updatedAt: row.updatedAt,
    deletedAt: row.deletedAt,
    groupKey: row.groupKey,
    isCharged: row.isCharged === 1,
  };
  if (row.nameIds !== null) entry.ids = JSON.parse(row.nameIds) as NameIds;
  if (row.isDerived === 1) entry.isDerived = true;
  return entry;
}
