import { createHash } from 'node:crypto';
import { formatDuration } from '../../../domain/duration.ts';
import type { Instant } from '../../../domain/time.ts';
import type { UnloggedBatch, UnloggedRow } from '../../port.ts';
import { type Database, listValue } from '../database.ts';

export function writeUnlogged(
  database: Database,
  { at, rows, removed, dirtySeqs }: UnloggedBatch,
): void {
  for (const { connection, sourceId } of removed) {
    database.run(
      'DELETE FROM unlogged WHERE connection = ? AND source_id = ?',
      connection,
      sourceId,
    );
    database.run(
      `UPDATE mirror_time_entry SET deleted_at = ?
       WHERE connection = ? AND source_id = ? AND is_derived = 1 AND deleted_at IS NULL`,
      at,
      connection,
      sourceId,
    );
  }
  for (const row of rows) {
    writeRow(database, row);
    if (row.done === 'debited') writeEntry(database, row, at);
  }
  database.run(
    'DELETE FROM session_dirty WHERE seq IN (SELECT value FROM json_each(?))',
    listValue(dirtySeqs),
  );
}

function writeRow(database: Database, row: UnloggedRow): void {
  database.run(
    `INSERT OR REPLACE INTO unlogged (connection, source_id, client_id, person, technician_id,
       technician, vendor_client_id, worked_on, started_at, ended_at, seconds, device, ticket_id,
       action, work_type, due_at, done) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    row.connection,
    row.sourceId,
    row.clientId,
    row.person,
    row.technicianId,
    row.technician,
    row.vendorClientId,
    row.workedOn,
    row.startedAt,
    row.endedAt,
    row.seconds,
    row.device,
    row.ticketId,
    row.action,
    row.workType,
    row.dueAt,
    row.done,
  );
}

/** Only if it differs: an unchanged entry fires no trigger, and causes no work for debit. */
function writeEntry(database: Database, row: UnloggedRow, at: Instant): void {
  const { connection, sourceId } = row;
  const values = [
    row.vendorClientId,
    row.technicianId,
    row.technician,
    row.startedAt,
    row.endedAt,
    row.seconds,
    formatDuration(row.seconds),
    row.workType,
  ];
  const revision = createHash('sha256').update(JSON.stringify(values)).digest('hex').slice(0, 16);
  const stored = database.row<{ revision: string; deletedAt: Instant | null }>(
    `SELECT revision, deleted_at AS deletedAt FROM mirror_time_entry
     WHERE connection = ? AND source_id = ?`,
    connection,
    sourceId,
  );
  if (stored?.revision === revision && stored.deletedAt === null) return;
  if (stored === undefined) {
    database.run(
      `INSERT INTO mirror_time_entry (client_id, technician_id, technician, started_at, ended_at,
         seconds, seconds_text, work_type, revision, updated_at, connection, source_id, is_timed,
         kind, is_derived) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 1, 'work', 1)`,
      ...values,
      revision,
      at,
      connection,
      sourceId,
    );
    return;
  }
  database.run(
    `UPDATE mirror_time_entry SET client_id = ?, technician_id = ?, technician = ?, started_at = ?,
       ended_at = ?, seconds = ?, seconds_text = ?, work_type = ?, revision = ?, updated_at = ?,
       deleted_at = NULL WHERE connection = ? AND source_id = ? AND is_derived = 1`,
    ...values,
    revision,
    at,
    connection,
    sourceId,
  );
}
