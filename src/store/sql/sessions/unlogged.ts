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
    database.remove('unlogged', { connection, sourceId });
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
    'DELETE FROM session_dirty WHERE seq IN (SELECT CAST(value AS INTEGER) FROM json_each(?))',
    listValue(dirtySeqs),
  );
}

function writeRow(database: Database, row: UnloggedRow): void {
  const { connection, sourceId, clientId, person, technicianId, technician, vendorClientId } = row;
  const { workedOn, startedAt, endedAt, seconds, device, ticketId } = row;
  const { action, workType, dueAt, done } = row;
  const whose = { clientId, person, technicianId, technician, vendorClientId };
  const work = { workedOn, startedAt, endedAt, seconds, device, ticketId };
  const values = { ...whose, ...work, action, workType, dueAt, done };
  database.upsert('unlogged', { connection, sourceId }, values);
}

/** Only if it differs: an unchanged entry fires no trigger, and causes no work for debit. */
function writeEntry(database: Database, row: UnloggedRow, at: Instant): void {
  const { connection, sourceId, technicianId, technician, startedAt, endedAt, seconds } = row;
  const work = {
    clientId: row.vendorClientId,
    technicianId,
    technician,
    startedAt,
    endedAt,
    seconds,
    secondsText: formatDuration(seconds),
    workType: row.workType,
  };
  const decisive = JSON.stringify(Object.values(work));
  const revision = createHash('sha256').update(decisive).digest('hex').slice(0, 16);
  const stored = database.row<{ revision: string; deletedAt: Instant | null }>(
    `SELECT revision, deleted_at AS deletedAt FROM mirror_time_entry
     WHERE connection = ? AND source_id = ?`,
    connection,
    sourceId,
  );
  if (stored?.revision === revision && stored.deletedAt === null) return;
  const key = { connection, sourceId };
  const values = { ...work, revision, updatedAt: at, deletedAt: null };
  const made = { ...key, ...values, isTimed: true, kind: 'work', isDerived: true };
  if (stored === undefined) database.insert('mirror_time_entry', made);
  else database.update('mirror_time_entry', { ...key, isDerived: true }, values);
}
