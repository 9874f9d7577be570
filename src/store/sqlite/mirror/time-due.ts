import type { Instant } from '../../../domain/time.ts';
import { type Database, listValue } from '../database.ts';

/** Queues tickets whose time is to be read, for vendors that list it per ticket. */
export function addTimeDue(
  database: Database,
  connection: string,
  ticketIds: readonly string[],
): void {
  database.run(
    `INSERT INTO time_due (connection, ticket_id) SELECT ?, value FROM json_each(?) WHERE true
     ON CONFLICT DO NOTHING`,
    connection,
    listValue(ticketIds),
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
