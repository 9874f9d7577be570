import type { Instant } from '../../../domain/time.ts';
import { type Database, listValue } from '../database.ts';

/**
 * Queues tickets whose time is to be read, for vendors that list it per ticket; those without time
 * only if some is mirrored.
 */
export function addTimeDue(
  database: Database,
  connection: string,
  ticketIds: readonly string[],
  untimedIds: readonly string[] = [],
): void {
  database.run(
    `INSERT INTO time_due (connection, ticket_id) SELECT ?1, value FROM json_each(?2)
     WHERE value NOT IN (SELECT value FROM json_each(?3)) OR EXISTS (
       SELECT 1 FROM mirror_time_entry e WHERE e.connection = ?1 AND e.ticket_id = json_each.value)
     ON CONFLICT DO NOTHING`,
    connection,
    listValue(ticketIds),
    listValue(untimedIds),
  );
}

/**
 * Queues tickets with time marked as deleted since: entries that reappear are not reported
 * otherwise.
 */
export function addRemovedDue(database: Database, connection: string, since: Instant): void {
  database.run(
    `INSERT INTO time_due (connection, ticket_id)
     SELECT DISTINCT connection, ticket_id FROM mirror_time_entry
     WHERE connection = ? AND deleted_at >= ? AND ticket_id IS NOT NULL
     ON CONFLICT DO NOTHING`,
    connection,
    since,
  );
}
