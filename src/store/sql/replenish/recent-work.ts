import type { Instant } from '../../../domain/time.ts';
import type { WorkSubject } from '../../port.ts';
import { type Database, listValue } from '../database.ts';

export function readChangedWork(database: Database, clientIds: readonly string[]): Set<string> {
  const rows = database.rows<{ clientId: string }>(
    `SELECT c.client_id AS clientId FROM json_each(?) k
     CROSS JOIN changed_work c ON c.client_id = k.value`,
    listValue(clientIds),
  );
  return new Set(rows.map(({ clientId }) => clientId));
}

/** By day of work, so that of a long history only its end is read. */
export function readRecentWork(
  database: Database,
  clientIds: readonly string[],
  since: Instant,
): WorkSubject[] {
  return database.rows(
    `SELECT DISTINCT e.connection, iif(e.ticket_id IS NULL, 'entry', 'ticket') AS kind,
       coalesce(e.ticket_id, e.source_id) AS sourceId
     FROM (SELECT DISTINCT connection FROM watermark) w
     CROSS JOIN mirror_time_entry e INDEXED BY mirror_time_entry_started
       ON e.connection = w.connection AND e.started_at >= ?
     CROSS JOIN entry_group m ON m.connection = e.connection AND m.entry_id = e.source_id
     CROSS JOIN charge_group g ON g.group_key = m.group_key
     WHERE e.deleted_at IS NULL AND g.client_id IN (SELECT value FROM json_each(?))`,
    since,
    listValue(clientIds),
  );
}

export function forgetChangedWork(database: Database, clientIds: readonly string[]): void {
  database.run(
    'DELETE FROM changed_work WHERE client_id IN (SELECT value FROM json_each(?))',
    listValue(clientIds),
  );
}
