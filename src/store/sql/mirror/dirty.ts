import type { DirtySubject } from '../../port.ts';
import type { Database } from '../database.ts';

export function takeDirty(database: Database, limit: number): DirtySubject[] {
  return database.rows(
    `SELECT seq, connection, kind, source_id AS sourceId FROM dirty
     ORDER BY worked_at, seq LIMIT ?`,
    limit,
  );
}

/** Also work without any group: its client may have been added to the config since. */
export function markOpenGroupsDirty(database: Database): number {
  return database.run(
    `INSERT INTO dirty (connection, kind, source_id)
     SELECT DISTINCT e.connection, iif(e.ticket_id IS NULL, 'entry', 'ticket'),
       coalesce(e.ticket_id, e.source_id)
     FROM (
       SELECT g.connection, g.entry_id FROM charge_group c
       CROSS JOIN entry_group g ON g.group_key = c.group_key WHERE c.status <> 'posted'
       UNION
       SELECT m.connection, m.source_id FROM mirror_time_entry m
       WHERE m.deleted_at IS NULL AND m.kind = 'work' AND NOT EXISTS (
         SELECT 1 FROM entry_group g WHERE g.connection = m.connection AND g.entry_id = m.source_id)
     ) open
     JOIN mirror_time_entry e ON e.connection = open.connection AND e.source_id = open.entry_id`,
  );
}
