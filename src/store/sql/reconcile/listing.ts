import type {
  ListedEntry,
  ListedTicket,
  ListingScope,
  ReconcileStore,
  TicketHours,
  UnlistedEntry,
} from '../../port.ts';
import { type Database, listValue } from '../database.ts';
import { factsOf } from '../debit/charge-facts.ts';

type ListingStore = Pick<
  ReconcileStore,
  | 'beginListing'
  | 'listTickets'
  | 'listEntries'
  | 'readTicketClients'
  | 'endListing'
  | 'streamUnlistedEntries'
  | 'streamUnlistedTickets'
  | 'streamHours'
>;

const pageSize = 500;

export function listingStore(database: Database): ListingStore {
  return {
    beginListing: async () => database.exec(tables),
    listTickets: async (tickets) => listTickets(database, tickets),
    listEntries: async (entries) => listEntries(database, entries),
    readTicketClients: async (connection, ticketIds) =>
      readTicketClients(database, connection, ticketIds),
    endListing: async (scope) => findUnlisted(database, scope),
    streamUnlistedEntries: () => streamUnlistedEntries(database),
    streamUnlistedTickets: (scope) => streamUnlistedTickets(database, scope),
    streamHours: () => streamHours(database),
  };
}

/** Temporary: invisible to other processes, and neither in the file nor in a backup. */
const tables = `
  DROP TABLE IF EXISTS temp.listed_ticket;
  DROP TABLE IF EXISTS temp.listed_entry;
  DROP TABLE IF EXISTS temp.unlisted_entry;
  DROP TABLE IF EXISTS temp.ticket_hours;
  CREATE TEMP TABLE listed_ticket (
    source_id TEXT PRIMARY KEY, client_id TEXT, has_all_time INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE TEMP TABLE listed_entry (
    source_id TEXT PRIMARY KEY, ticket_id TEXT, client_id TEXT, seconds INTEGER NOT NULL,
    is_compared INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE TEMP TABLE unlisted_entry (
    source_id TEXT PRIMARY KEY, ticket_id TEXT, client_id TEXT, seconds INTEGER NOT NULL,
    started_at TEXT NOT NULL, technician TEXT NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE TEMP TABLE ticket_hours (
    number INTEGER PRIMARY KEY, ticket_id TEXT, client_id TEXT, theirs INTEGER NOT NULL,
    ours INTEGER NOT NULL, due INTEGER NOT NULL, debited INTEGER NOT NULL
  ) STRICT;`;

/** A row that changes while it is listed appears twice; the later one counts. */
function listTickets(database: Database, tickets: readonly ListedTicket[]): void {
  database.run(
    `INSERT INTO temp.listed_ticket (source_id, client_id, has_all_time)
     SELECT value ->> 'sourceId', value ->> 'clientId', CAST(value ->> 'hasAllTime' AS INTEGER)
     FROM json_each(?) WHERE true
     ON CONFLICT (source_id) DO UPDATE SET client_id = excluded.client_id, has_all_time = excluded.has_all_time`,
    JSON.stringify(tickets),
  );
}

function listEntries(database: Database, entries: readonly ListedEntry[]): void {
  database.run(
    `INSERT INTO temp.listed_entry (source_id, ticket_id, client_id, seconds, is_compared)
     SELECT value ->> 'sourceId', value ->> 'ticketId', value ->> 'clientId',
       CAST(value ->> 'seconds' AS INTEGER), CAST(value ->> 'isCompared' AS INTEGER)
     FROM json_each(?) WHERE true
     ON CONFLICT (source_id) DO UPDATE SET ticket_id = excluded.ticket_id, client_id = excluded.client_id,
       seconds = excluded.seconds, is_compared = excluded.is_compared`,
    JSON.stringify(entries),
  );
}

function readTicketClients(
  database: Database,
  connection: string,
  ticketIds: readonly string[],
): ReadonlyMap<string, string | null> {
  const rows = database.rows<{ id: string; clientId: string | null }>(
    `SELECT k.value AS id, iif(l.source_id IS NULL, t.client_id, l.client_id) AS clientId
     FROM json_each(?) k
     LEFT JOIN temp.listed_ticket l ON l.source_id = k.value
     LEFT JOIN mirror_ticket t ON t.connection = ? AND t.source_id = k.value
     WHERE l.source_id IS NOT NULL OR t.source_id IS NOT NULL`,
    listValue(ticketIds),
    connection,
  );
  return new Map(rows.map(({ id, clientId }) => [id, clientId]));
}

/** The client that the vendor lists an entry under: its own, or its ticket's. */
const mirroredEntries = `FROM mirror_time_entry e
  LEFT JOIN mirror_ticket t ON t.connection = e.connection AND t.source_id = e.ticket_id
  WHERE e.connection = ?1 AND e.deleted_at IS NULL AND e.is_derived = 0
    AND coalesce(e.client_id, t.client_id) IN (SELECT value FROM json_each(?2))`;

function findUnlisted(
  database: Database,
  scope: ListingScope,
): { mirrored: number; unlisted: number } {
  const { connection, clientIds, from, to, isTimePerTicket } = scope;
  const inScope = isTimePerTicket
    ? 'AND e.ticket_id IN (SELECT source_id FROM temp.listed_ticket WHERE has_all_time = 1)'
    : 'AND e.updated_at >= ?3 AND e.updated_at < ?4';
  const window = isTimePerTicket ? [] : [from, to];
  const values = [connection, listValue(clientIds), ...window];
  const [counted] = database.rows<{ mirrored: number }>(
    `SELECT count(*) AS mirrored ${mirroredEntries} ${inScope}`,
    ...values,
  );
  const unlisted = database.run(
    `INSERT INTO temp.unlisted_entry (source_id, ticket_id, client_id, seconds, started_at, technician)
     SELECT e.source_id, e.ticket_id, coalesce(e.client_id, t.client_id), e.seconds, e.started_at,
       e.technician
     ${mirroredEntries} ${inScope}
       AND NOT EXISTS (SELECT 1 FROM temp.listed_entry l WHERE l.source_id = e.source_id)`,
    ...values,
  );
  findHours(database, connection);
  return { mirrored: counted?.mirrored ?? 0, unlisted };
}

/** Work waiting to be debited is not a difference: it has only just changed. */
const isSettled = `NOT EXISTS (SELECT 1 FROM dirty d
    WHERE d.connection = e.connection AND d.kind = 'entry' AND d.source_id = e.source_id)
  AND NOT EXISTS (SELECT 1 FROM dirty d WHERE d.connection = e.connection
    AND d.kind = 'ticket' AND d.source_id IN (e.ticket_id, t.merged_into))`;

/** Each is read once, however much of the listing it covers. */
const standingCharges = `SELECT DISTINCT g.charge_id FROM temp.listed_entry l
  CROSS JOIN entry_group eg ON eg.connection = ?1 AND eg.entry_id = l.source_id
  CROSS JOIN charge_group g ON g.group_key = eg.group_key AND g.facts_hash IS NOT NULL
  WHERE l.is_compared = 1`;

const comparedMirror = `FROM temp.listed_entry l
  CROSS JOIN mirror_time_entry e ON e.connection = ?1 AND e.source_id = l.source_id
  LEFT JOIN mirror_ticket t ON t.connection = e.connection AND t.source_id = e.ticket_id`;

/**
 * Three sums of the same time: as listed, as mirrored, and as charged. If two connections use the
 * same entry ID, a daily charge distinguishes the entries by their start.
 */
function findHours(database: Database, connection: string): void {
  database.run(
    `INSERT INTO temp.ticket_hours (ticket_id, client_id, theirs, ours, due, debited)
     SELECT ticket_id, max(client_id), sum(theirs), sum(ours), sum(due), sum(debited) FROM (
       SELECT l.ticket_id, l.client_id, l.seconds AS theirs, 0 AS ours, 0 AS due, 0 AS debited
       FROM temp.listed_entry l WHERE l.is_compared = 1
       UNION ALL
       SELECT e.ticket_id, coalesce(e.client_id, t.client_id), 0, e.seconds, 0, 0
       ${comparedMirror} WHERE l.is_compared = 1 AND e.deleted_at IS NULL
       UNION ALL
       SELECT u.ticket_id, u.client_id, 0, u.seconds, 0, 0 FROM temp.unlisted_entry u
       UNION ALL
       SELECT e.ticket_id, l.client_id, 0, 0, e.seconds,
         CAST(p.value ->> 'seconds' AS INTEGER) + CAST(p.value ->> 'correctedSeconds' AS INTEGER)
       FROM (${standingCharges}) s CROSS JOIN charge c ON c.id = s.charge_id
       CROSS JOIN json_each(${factsOf('c')}, '$.parts') p
       CROSS JOIN temp.listed_entry l ON l.source_id = p.value ->> 'entryId'
       CROSS JOIN mirror_time_entry e ON e.connection = ?1 AND e.source_id = l.source_id
         AND e.started_at = p.value ->> 'startedAt'
       LEFT JOIN mirror_ticket t ON t.connection = e.connection AND t.source_id = e.ticket_id
       WHERE l.is_compared = 1 AND ${isSettled}
       UNION ALL
       SELECT e.ticket_id, l.client_id, 0, 0, e.seconds, 0
       ${comparedMirror}
       WHERE l.is_compared = 1 AND e.deleted_at IS NULL AND e.kind = 'work' AND ${isSettled}
         AND NOT EXISTS (SELECT 1 FROM entry_group eg
           WHERE eg.connection = e.connection AND eg.entry_id = e.source_id)
     ) sums GROUP BY ticket_id, iif(ticket_id IS NULL, client_id, NULL)
     HAVING sum(theirs) <> sum(ours) OR sum(due) <> sum(debited)
     ORDER BY ticket_id NULLS FIRST`,
    connection,
  );
}

async function* streamUnlistedEntries(database: Database): AsyncGenerator<UnlistedEntry[], void> {
  for (let after = ''; ; ) {
    const page = database.rows<UnlistedEntry>(
      `SELECT source_id AS sourceId, ticket_id AS ticketId, client_id AS clientId, seconds,
         started_at AS startedAt, technician
       FROM temp.unlisted_entry WHERE source_id > ? ORDER BY source_id LIMIT ${pageSize}`,
      after,
    );
    const last = page.at(-1);
    if (last === undefined) return;
    yield page;
    after = last.sourceId;
  }
}

async function* streamUnlistedTickets(
  database: Database,
  { connection, clientIds, from, to }: ListingScope,
): AsyncGenerator<{ sourceId: string; clientId: string }[], void> {
  for (let after = ''; ; ) {
    const page = database.rows<{ sourceId: string; clientId: string }>(
      `SELECT t.source_id AS sourceId, t.client_id AS clientId FROM mirror_ticket t
       WHERE t.connection = ? AND t.source_id > ? AND t.updated_at >= ? AND t.updated_at < ?
         AND t.client_id IN (SELECT value FROM json_each(?))
         AND NOT EXISTS (SELECT 1 FROM temp.listed_ticket l WHERE l.source_id = t.source_id)
         AND EXISTS (SELECT 1 FROM mirror_time_entry e INDEXED BY mirror_time_entry_ticket
           WHERE e.connection = t.connection AND e.ticket_id = t.source_id AND e.deleted_at IS NULL)
       ORDER BY t.source_id LIMIT ${pageSize}`,
      connection,
      after,
      from,
      to,
      listValue(clientIds),
    );
    const last = page.at(-1);
    if (last === undefined) return;
    yield page;
    after = last.sourceId;
  }
}

async function* streamHours(database: Database): AsyncGenerator<TicketHours[], void> {
  for (let after = 0; ; ) {
    const page = database.rows<TicketHours & { number: number }>(
      `SELECT number, ticket_id AS ticketId, client_id AS clientId, theirs, ours, due, debited
       FROM temp.ticket_hours WHERE number > ? ORDER BY number LIMIT ${pageSize}`,
      after,
    );
    const last = page.at(-1);
    if (last === undefined) return;
    yield page;
    after = last.number;
  }
}
