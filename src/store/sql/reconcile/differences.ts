import type { Instant } from '../../../domain/time.ts';
import type { Difference, ReconcileStore, StoredDifference } from '../../port.ts';
import { type Database, listValue } from '../database.ts';

type DifferenceStore = Pick<
  ReconcileStore,
  | 'writeDifferences'
  | 'forgetDifferences'
  | 'keepDifferencesOf'
  | 'streamDifferences'
  | 'sumDifferences'
>;

const pageSize = 500;

export function differenceStore(database: Database): DifferenceStore {
  return {
    writeDifferences: async (differences, found) =>
      database.write(() => differences.filter((one) => writeDifference(database, one, found))),
    forgetDifferences: async (connection, runId, clientIds) =>
      database.run(
        `DELETE FROM difference
         WHERE connection = ?1 AND run_id <> ?2
           AND (?3 IS NULL OR client_id IN (SELECT value FROM json_each(?3)))`,
        connection,
        runId,
        clientIds === null ? null : listValue(clientIds),
      ),
    keepDifferencesOf: async (connections) => {
      database.run(
        'DELETE FROM difference WHERE connection NOT IN (SELECT value FROM json_each(?))',
        listValue(connections),
      );
    },
    streamDifferences: (clientIds) => streamDifferences(database, clientIds),
    sumDifferences: async (clientIds) => {
      const sum = database.row<{ rows: number; clients: number; seconds: number }>(
        `SELECT count(*) AS rows, count(DISTINCT client_id) AS clients,
           coalesce(sum(seconds), 0) AS seconds
         FROM difference
         WHERE ?1 IS NULL OR client_id IN (SELECT value FROM json_each(?1))`,
        clientIds === null ? null : listValue(clientIds),
      );
      return sum ?? { rows: 0, clients: 0, seconds: 0 };
    },
  };
}

/** Whether it is new or has changed. */
function writeDifference(
  database: Database,
  one: Difference,
  { at, runId }: { at: Instant; runId: string },
): boolean {
  const { connection, kind, subject, clientId, ours, theirs, fix, seconds } = one;
  const known = database.row<{ ours: string; theirs: string; foundAt: Instant }>(
    `SELECT ours, theirs, found_at AS foundAt FROM difference
     WHERE connection = ? AND kind = ? AND subject = ?`,
    connection,
    kind,
    subject,
  );
  const isKnown = known !== undefined && known.ours === ours && known.theirs === theirs;
  database.run(
    `INSERT INTO difference (connection, kind, subject, client_id, ours, theirs, fix, seconds,
       found_at, run_id) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
     ON CONFLICT (connection, kind, subject) DO UPDATE SET client_id = excluded.client_id, ours = excluded.ours,
       theirs = excluded.theirs, fix = excluded.fix, seconds = excluded.seconds,
       found_at = excluded.found_at, run_id = excluded.run_id`,
    connection,
    kind,
    subject,
    clientId,
    ours,
    theirs,
    fix,
    seconds,
    isKnown ? known.foundAt : at,
    runId,
  );
  return !isKnown;
}

interface Place {
  client: string;
  connection: string;
  kind: string;
  subject: string;
}

async function* streamDifferences(
  database: Database,
  clientIds: readonly string[] | null,
): AsyncGenerator<StoredDifference[], void> {
  for (let after: Place = { client: '', connection: '', kind: '', subject: '' }; ; ) {
    const page = database.rows<StoredDifference>(
      `SELECT d.connection, d.kind, d.subject, d.client_id AS clientId, c.name AS client, d.ours,
         d.theirs, d.fix, d.seconds, d.found_at AS foundAt
       FROM difference d LEFT JOIN client c ON c.id = d.client_id
       WHERE (?1 IS NULL OR d.client_id IN (SELECT value FROM json_each(?1)))
         AND (coalesce(c.name, ''), d.connection, d.kind, d.subject) > (?2, ?3, ?4, ?5)
       ORDER BY coalesce(c.name, ''), d.connection, d.kind, d.subject LIMIT ${pageSize}`,
      clientIds === null ? null : listValue(clientIds),
      after.client,
      after.connection,
      after.kind,
      after.subject,
    );
    const last = page.at(-1);
    if (last === undefined) return;
    yield page;
    after = { ...last, client: last.client ?? '' };
  }
}
