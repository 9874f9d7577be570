import type { RunStore } from '../port.ts';
import type { Database } from './database.ts';
import { copyMirror } from './rebuild.ts';

export function runStore(database: Database): RunStore {
  return {
    startRun: async ({ id, command, mode, at }) => {
      database.run(
        'INSERT INTO run (id, command, mode, started_at) VALUES (?, ?, ?, ?)',
        id,
        command,
        mode,
        at,
      );
    },
    finishRun: async (id, at, result) => {
      database.run('UPDATE run SET finished_at = ?, result = ? WHERE id = ?', at, result, id);
    },
    listManualRuns: async () =>
      database.rows(
        "SELECT id, command, result FROM run WHERE id LIKE 'm-%' AND result IS NOT NULL ORDER BY started_at, rowid",
      ),
    copyMirror: async (file, nowMs) => copyMirror(database, file, nowMs),
    listRuns: async (limit) =>
      database.rows(
        `SELECT id, command, mode, started_at AS startedAt, finished_at AS finishedAt, result
         FROM run ORDER BY started_at DESC, id DESC LIMIT ?`,
        limit,
      ),
  };
}
