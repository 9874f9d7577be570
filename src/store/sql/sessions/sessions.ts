import { addSeconds, type Instant } from '../../../domain/time.ts';
import type { DirtySession, LoggedTime, MirrorSession, SessionStore } from '../../port.ts';
import { type Database, listValue, pairsValue } from '../database.ts';
import { listDoubles, readDoubles } from './doubles.ts';
import { writeUnlogged } from './unlogged.ts';

/** What may be so long that it starts before a period that it overlaps. */
const longestSeconds = 2 * 86_400;

type Technicians = Parameters<SessionStore['readSessions']>[0];

export function sessionStore(database: Database): SessionStore {
  return {
    hasSessions: async () => database.row('SELECT 1 FROM mirror_session LIMIT 1') !== undefined,
    readTechnicians: async () =>
      database.rows(
        `SELECT connection, source_id AS id, name, email FROM name
         WHERE kind = 'technician' AND source_id NOT IN ('unknown') AND substr(source_id, 1, 1) <> '='
         ORDER BY connection, source_id`,
      ),
    readSessionTechnicians: async () =>
      database.rows(
        'SELECT DISTINCT connection, technician_id AS id FROM mirror_session ORDER BY 1, 2',
      ),
    takeDirtySessions: async (limit) =>
      database
        .rows<Omit<DirtySession, 'isRule'> & { isRule: number }>(
          `SELECT seq, connection, technician_id AS technicianId, from_at AS "from", to_at AS "to",
             is_rule AS isRule FROM session_dirty ORDER BY seq LIMIT ?`,
          limit,
        )
        .map((row) => ({ ...row, isRule: row.isRule === 1 })),
    markSessionsDirty: async () =>
      database.write(() => {
        database.run(
          `INSERT INTO session_dirty (connection, technician_id, from_at, to_at, is_rule)
           SELECT connection, technician_id, started_at, ended_at, 1 FROM mirror_session
           ORDER BY connection, technician_id, started_at`,
        );
      }),
    readSessions: async (technicians, from, to) => readSessions(database, technicians, from, to),
    readLoggedTime: async (technicians, from, to) => readLogged(database, technicians, from, to),
    readUnloggedOf: async (technicians, from, to) =>
      database.rows(
        `SELECT ${unloggedColumns} FROM json_each(?) k CROSS JOIN unlogged u INDEXED BY unlogged_technician
           ON u.connection = k.value ->> 0 AND u.technician_id = k.value ->> 1
             AND u.worked_on BETWEEN ? AND ?`,
        technicianPairs(technicians),
        from,
        to,
      ),
    readUnlogged: async (clientIds, from, to) =>
      database.rows(
        `SELECT ${unloggedColumns} FROM unlogged u
         WHERE (?1 IS NULL OR u.client_id IN (SELECT value FROM json_each(?1)))
           AND u.worked_on BETWEEN ?2 AND ?3 ORDER BY u.started_at, u.connection, u.source_id`,
        clientIds === null ? null : listValue(clientIds),
        from ?? '',
        to ?? '~',
      ),
    readDueUnlogged: async (action, at) =>
      database.rows(
        `SELECT ${unloggedColumns} FROM unlogged u INDEXED BY unlogged_due
         WHERE u.action = ?1 AND u.done IS NULL AND u.due_at <= ?2
         UNION ALL
         SELECT ${unloggedColumns} FROM push_message m CROSS JOIN unlogged u
           ON u.done = m.key AND u.action = ?1
         WHERE m.status = 'withheld' AND m.basis ->> '$.of' = 'unlogged'
         ORDER BY 9, 1, 2`,
        action,
        at,
      ),
    readProposed: async (keys) =>
      database.rows(
        `SELECT ${unloggedColumns} FROM unlogged u WHERE u.done IN (SELECT value FROM json_each(?))
         ORDER BY u.started_at, u.connection, u.source_id`,
        listValue(keys),
      ),
    writeUnlogged: async (batch) => database.write(() => writeUnlogged(database, batch)),
    hasSeveralTimeSources: async () => {
      const row = database.row<{ first: string | null; last: string | null }>(
        `SELECT (SELECT min(connection) FROM mirror_time_entry) AS first,
           (SELECT max(connection) FROM mirror_time_entry) AS last`,
      );
      return row !== undefined && row.first !== row.last;
    },
    readDoubles: async (entries) => readDoubles(database, entries),
    listDoubles: async () => listDoubles(database),
  };
}

const unloggedColumns = `u.connection, u.source_id AS sourceId, u.client_id AS clientId, u.person,
  u.technician_id AS technicianId, u.technician, u.vendor_client_id AS vendorClientId,
  u.worked_on AS workedOn, u.started_at AS startedAt, u.ended_at AS endedAt, u.seconds, u.device,
  u.ticket_id AS ticketId, u.action, u.work_type AS workType, u.due_at AS dueAt, u.done`;

function technicianPairs(technicians: NonNullable<Technicians>): string {
  return pairsValue(technicians.map(({ connection, id }) => ({ connection, sourceId: id })));
}

function readSessions(
  database: Database,
  technicians: Technicians,
  from: Instant,
  to: Instant,
): MirrorSession[] {
  const columns = `s.connection, s.source_id AS sourceId, s.client_id AS clientId,
    s.technician_id AS technicianId, s.technician, s.device, s.ticket_id AS ticketId,
    s.entry_id AS entryId, s.started_at AS startedAt, s.ended_at AS endedAt,
    s.entry_id IS NOT NULL AND e.deleted_at IS NULL AS isLogged`;
  const entry = `LEFT JOIN mirror_time_entry e
    ON e.connection = s.connection AND e.source_id = s.entry_id`;
  const order = 'ORDER BY s.started_at, s.connection, s.source_id';
  const rows =
    technicians === null
      ? database.rows<Omit<MirrorSession, 'isLogged'> & { isLogged: number }>(
          `SELECT ${columns} FROM mirror_session s ${entry}
           WHERE s.started_at < ? AND s.ended_at > ? ${order}`,
          to,
          from,
        )
      : database.rows<Omit<MirrorSession, 'isLogged'> & { isLogged: number }>(
          `SELECT ${columns} FROM json_each(?) k
           CROSS JOIN mirror_session s INDEXED BY mirror_session_technician
             ON s.connection = k.value ->> 0 AND s.technician_id = k.value ->> 1
               AND s.started_at >= ? AND s.started_at < ? AND s.ended_at > ?
           ${entry} ${order}`,
          technicianPairs(technicians),
          addSeconds(from, -longestSeconds),
          to,
          from,
        );
  return rows.map((row) => ({ ...row, isLogged: row.isLogged === 1 }));
}

function readLogged(
  database: Database,
  technicians: Technicians,
  from: Instant,
  to: Instant,
): LoggedTime[] {
  type Stored = Omit<LoggedTime, 'isTimed' | 'isCharged'> & { isTimed: number; isCharged: number };
  const connections =
    technicians === null
      ? database
          .rows<{ connection: string }>('SELECT DISTINCT connection FROM watermark')
          .map(({ connection }) => connection)
      : technicians.map(({ connection }) => connection);
  const rows = database.rows<Stored>(
    `SELECT e.connection, e.source_id AS sourceId, e.ticket_id AS ticketId,
       coalesce(m.client_id, t.client_id, e.client_id) AS clientId, t.number AS ticketNumber,
       e.technician_id AS technicianId, e.technician, e.started_at AS startedAt,
       e.ended_at AS endedAt, e.is_timed AS isTimed, e.seconds,
       e.precision_seconds AS precisionSeconds, coalesce(g.is_charged, 0) AS isCharged
     FROM json_each(?1) c
     CROSS JOIN mirror_time_entry e INDEXED BY mirror_time_entry_started
       ON e.connection = c.value AND e.started_at >= ?2 AND e.started_at < ?3
     LEFT JOIN mirror_ticket t ON t.connection = e.connection AND t.source_id = e.ticket_id
     LEFT JOIN mirror_ticket m ON m.connection = t.connection AND m.source_id = t.merged_into
     LEFT JOIN entry_group g ON g.connection = e.connection AND g.entry_id = e.source_id
     WHERE e.is_derived = 0 AND e.deleted_at IS NULL AND e.kind = 'work' AND e.ended_at >= ?4
       AND (?5 IS NULL OR (e.connection, e.technician_id) IN
         (SELECT value ->> 0, value ->> 1 FROM json_each(?5)))
     ORDER BY e.started_at, e.connection, e.source_id`,
    listValue([...new Set(connections)]),
    addSeconds(from, -longestSeconds),
    to,
    from,
    technicians === null ? null : technicianPairs(technicians),
  );
  return rows.map((row) => ({
    ...row,
    isTimed: row.isTimed === 1,
    isCharged: row.isCharged === 1,
  }));
}
