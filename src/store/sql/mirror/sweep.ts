import type { ClientLoss } from '../../../domain/records/vanished.ts';
import type { Instant } from '../../../domain/time.ts';
import type { PullStore, SweepWindow } from '../../port.ts';
import { type Database, listValue } from '../database.ts';
import { addTimeDue } from './time-due.ts';

type SweepStore = Pick<PullStore, 'writePresent' | 'readSweepLosses' | 'readUnseenAgain' | 'sweep'>;

export function sweepStore(database: Database): SweepStore {
  return {
    writePresent: async (connection, ids, isFirst) =>
      database.write(() => writePresent(database, connection, ids, isFirst)),
    readSweepLosses: async (window) => readLosses(database, window),
    readUnseenAgain: async (connection, since, ticketOf) =>
      database.write(() => readUnseenAgain(database, connection, since, ticketOf)),
    sweep: async (window) => database.write(() => sweep(database, window)),
  };
}

function writePresent(
  database: Database,
  connection: string,
  ids: readonly string[],
  isFirst: boolean,
): void {
  if (isFirst) database.remove('sweep_present', { connection });
  database.run(
    `INSERT INTO sweep_present (connection, source_id) SELECT ?, value FROM json_each(?) WHERE true
     ON CONFLICT DO NOTHING`,
    connection,
    listValue(ids),
  );
}

/**
 * Time in the window, by the client that the vendor lists it under (its own, or its ticket's), and
 * whether it is listed.
 */
const windowed = `FROM mirror_time_entry e INDEXED BY mirror_time_entry_started
  LEFT JOIN mirror_ticket t ON t.connection = e.connection AND t.source_id = e.ticket_id
  LEFT JOIN sweep_present p ON p.connection = e.connection AND p.source_id = e.source_id
  WHERE e.connection = ?1 AND e.started_at >= ?2 AND e.started_at < ?3 AND e.deleted_at IS NULL
    AND e.is_derived = 0
    AND coalesce(e.client_id, t.client_id) IN (SELECT value FROM json_each(?4))`;

const isLost = 'p.source_id IS NULL AND e.updated_at < ?5';

function readLosses(database: Database, window: SweepWindow): ClientLoss[] {
  return database.rows(
    `SELECT coalesce(e.client_id, t.client_id) AS clientId,
       sum(iif(${isLost}, 1, 0)) AS entries, 0 AS earlierEntries, sum(iif(${isLost}, e.seconds, 0)) AS seconds,
       count(*) AS mirroredEntries, sum(e.seconds) AS mirroredSeconds
     ${windowed} GROUP BY 1 ORDER BY 1`,
    ...valuesOf(window),
  );
}

/** Listed, but neither mirrored nor quarantined. */
const unseen = `FROM sweep_present p WHERE p.connection = ?1
  AND NOT EXISTS (SELECT 1 FROM mirror_time_entry e
    WHERE e.connection = p.connection AND e.source_id = p.source_id AND e.deleted_at IS NULL)
  AND NOT EXISTS (SELECT 1 FROM quarantine q WHERE q.connection = p.connection
    AND q.stream = 'timeEntries' AND q.source_id = p.source_id AND q.status <> 'resolved')`;

/**
 * What is missing in one sweep may have been logged since the last pull; what is missing in two was
 * hidden, and so was what had been marked as deleted.
 */
function readUnseenAgain(
  database: Database,
  connection: string,
  since: Instant,
  ticketOf: ((sourceId: string) => string) | undefined,
): number {
  database.run(
    `DELETE FROM sweep_unseen WHERE connection = ?1 AND source_id NOT IN (SELECT p.source_id ${unseen})`,
    connection,
  );
  database.run(
    `INSERT INTO sweep_unseen (connection, source_id, sweeps) SELECT p.connection, p.source_id, 1 ${unseen}
     ON CONFLICT (connection, source_id) DO UPDATE SET sweeps = sweep_unseen.sweeps + 1`,
    connection,
  );
  const found = database.rows<{ id: string; changedAt: Instant | null }>(
    `SELECT u.source_id AS id, e.updated_at AS changedAt FROM sweep_unseen u
     LEFT JOIN mirror_time_entry e ON e.connection = u.connection AND e.source_id = u.source_id
     WHERE u.connection = ? AND (u.sweeps = 2 OR (u.sweeps = 1 AND e.deleted_at IS NOT NULL))`,
    connection,
  );
  if (found.length === 0) return 0;
  if (ticketOf === undefined) {
    const earliest = [since, ...found.flatMap(({ changedAt }) => changedAt ?? [])].sort()[0];
    stepBack(database, { connection, stream: null }, earliest ?? since);
  } else {
    const tickets = found.map(({ id }) => ticketOf(id));
    addTimeDue(database, connection, tickets);
  }
  return found.length;
}

/** A current pass may already be past it, so it restarts. */
export function stepBack(
  database: Database,
  { connection, stream }: { connection: string; stream: string | null },
  since: Instant,
): void {
  database.run(
    `UPDATE watermark SET since = min(since, ?1), pass_since = NULL, pass_started_at = NULL,
       pass_clients = NULL, pass_resume = NULL
     WHERE connection = ?2 AND (?3 IS NULL OR stream = ?3)`,
    since,
    connection,
    stream,
  );
}

function sweep(database: Database, window: SweepWindow): number {
  const swept = database.run(
    `UPDATE mirror_time_entry SET deleted_at = ?5 WHERE connection = ?1 AND source_id IN (
       SELECT e.source_id ${windowed} AND ${isLost})`,
    ...valuesOf(window),
  );
  database.remove('sweep_present', { connection: window.connection });
  return swept;
}

function valuesOf({ connection, from, to, clientIds, startedAt }: SweepWindow) {
  return [connection, from, to, listValue(clientIds), startedAt] as const;
}
