import { type Database, listValue } from './database.ts';

/** Tickets whose time is to be read, for vendors that show it ticket by ticket. */
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
