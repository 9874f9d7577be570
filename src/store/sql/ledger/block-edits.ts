import type { Instant } from '../../../domain/time.ts';
import type { BlockEdit } from '../../port.ts';
import { type Database, listValue } from '../database.ts';

export function editBlock(database: Database, edit: BlockEdit, at: Instant, runId: string): void {
  const { blockId, source, seconds, minor, expiresOnBefore, expiresOn, reason } = edit;
  database.update('block', { id: blockId }, { expiresOn });
  const change = { source, seconds, minor, expiresOnBefore, expiresOn, reason };
  database.insert('block_edit', { blockId, ...change, editedAt: at, runId });
}

export function readBlockEdits(database: Database, clientIds: readonly string[]) {
  return database.rows<BlockEdit & { editedAt: Instant }>(
    `SELECT e.block_id AS blockId, e.source, e.seconds, e.minor, e.expires_on_before AS expiresOnBefore,
       e.expires_on AS expiresOn, e.reason, e.edited_at AS editedAt
     FROM block_edit e JOIN block b ON b.id = e.block_id
     WHERE b.client_id IN (SELECT value FROM json_each(?)) ORDER BY e.seq`,
    listValue(clientIds),
  );
}

/** Only sizes: the config still has the last day, so the next run would set it again. */
export function undoBlockEdits(
  database: Database,
  { at, runId, undoes }: { at: Instant; runId: string; undoes: { id: string } },
): void {
  database.run(
    `INSERT INTO block_edit
       (block_id, source, seconds, minor, expires_on_before, expires_on, reason, edited_at, run_id)
     SELECT e.block_id, e.source, -e.seconds, -e.minor, b.expires_on, b.expires_on, 'undone', ?, ?
     FROM block_edit e JOIN block b ON b.id = e.block_id
     WHERE e.run_id = ? AND (e.seconds <> 0 OR e.minor <> 0)`,
    at,
    runId,
    undoes.id,
  );
}
