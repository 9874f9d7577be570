import type { Instant } from '../../domain/time.ts';
import type { RunStore, StepOutcome } from '../port.ts';
import type { Database } from './database.ts';

export function runStore(database: Database): Omit<RunStore, 'copyMirror'> {
  return {
    startRun: async ({ id, command, mode, at }) => {
      database.insert('run', { id, command, mode, startedAt: at });
    },
    finishRun: async (id, at, result, steps = []) =>
      database.write(() => {
        database.run('UPDATE run SET finished_at = ?, result = ? WHERE id = ?', at, result, id);
        for (const step of steps) noteStep(database, id, at, step);
      }),
    listStepHealth: async () =>
      database.rows(
        `SELECT step, nullif(connection, '') AS connection, runs, failed_runs AS failedRuns, failures,
           command, ran_at AS ranAt, error, first_ran_at AS firstRanAt, succeeded_at AS succeededAt
         FROM step_health ORDER BY step, connection`,
      ),
    listManualRuns: async () =>
      database.rows(
        "SELECT id, command, result FROM run WHERE id LIKE 'm-%' AND result IS NOT NULL ORDER BY started_at, id",
      ),
    listRuns: async (limit) =>
      database.rows(
        `SELECT id, command, mode, started_at AS startedAt, finished_at AS finishedAt, result
         FROM run ORDER BY started_at DESC, id DESC LIMIT ?`,
        limit,
      ),
  };
}

function noteStep(
  database: Database,
  runId: string,
  at: Instant,
  { step, connection, error }: StepOutcome,
): void {
  const failed = Number(error !== null);
  database.run(
    `INSERT INTO step_health (step, connection, runs, failed_runs, failures, command, ran_at, error,
       first_ran_at, succeeded_at)
     SELECT ?1, ?2, 1, ?3, ?3, command, ?4, ?5, started_at, ?6
     FROM run WHERE id = ?7
     ON CONFLICT (step, connection) DO UPDATE SET runs = step_health.runs + 1,
       failed_runs = step_health.failed_runs + excluded.failed_runs,
       failures = iif(excluded.failures > 0, step_health.failures + 1, 0), command = excluded.command,
       ran_at = excluded.ran_at, error = excluded.error,
       succeeded_at = coalesce(excluded.succeeded_at, step_health.succeeded_at)`,
    step,
    connection ?? '',
    failed,
    at,
    error,
    error === null ? at : null,
    runId,
  );
}
