import { setTimeout } from 'node:timers/promises';
import { isKindError } from '../../domain/errors.ts';
import type { Database } from '../sql/database.ts';

export const writeAheadLog = 'PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;';
export const noWriteAheadLog = 'PRAGMA journal_mode = DELETE;';

/**
 * Changing the journal mode needs exclusive access and does not wait for it like a statement.
 * Throws `transient` if another process holds the file for five seconds.
 */
export async function changeJournal(database: Database, pragmas: string): Promise<void> {
  const attemptsMax = 100;
  for (let attempt = 1; ; attempt += 1) {
    try {
      database.exec(pragmas);
      return;
    } catch (error) {
      if (attempt === attemptsMax || !isKindError(error, 'transient')) throw error;
      await setTimeout(50);
    }
  }
}
