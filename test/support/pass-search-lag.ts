import { openRawAt } from './databases.ts';

/** As if minutes had passed: the PSA's search has caught up, and what waits is due. */
export function passSearchLag(store: string): void {
  const database = openRawAt(store);
  try {
    const long = '2026-01-01T00:00:00.000Z';
    database
      .prepare(
        `UPDATE push_message SET next_attempt_at = ?1,
           create_attempted_at = iif(create_attempted_at IS NULL, NULL, ?1)
         WHERE status IN ('pending', 'claimed')`,
      )
      .run(long);
  } finally {
    database.close();
  }
}
