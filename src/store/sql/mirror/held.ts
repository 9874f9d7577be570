import type { DirtySubject } from '../../port.ts';
import { type Database, listValue } from '../database.ts';

type Subject = Pick<DirtySubject, 'connection' | 'kind' | 'sourceId'>;

const heldSubjects = `SELECT DISTINCT e.connection, iif(e.ticket_id IS NULL, 'entry', 'ticket') AS kind,
    coalesce(e.ticket_id, e.source_id) AS sourceId
  FROM (SELECT value AS id FROM json_each(?1)
    UNION SELECT id FROM client WHERE paid_by IN (SELECT value FROM json_each(?1))) k
  CROSS JOIN charge_group c ON c.client_id = k.id AND c.status <> 'posted' AND c.reason = 'no-hours'
  CROSS JOIN entry_group g ON g.group_key = c.group_key
  CROSS JOIN mirror_time_entry e ON e.connection = g.connection AND e.source_id = g.entry_id`;

export function readHeldSubjects(database: Database, clientIds: readonly string[]): Subject[] {
  return database.rows(heldSubjects, listValue(clientIds));
}

/** Marks held work paid for by these clients as dirty, after a block received hours. */
export function markHeldDirty(database: Database, clientIds: readonly string[]): void {
  if (clientIds.length === 0) return;
  database.run(
    `INSERT INTO dirty (connection, kind, source_id) ${heldSubjects}`,
    listValue(clientIds),
  );
}
