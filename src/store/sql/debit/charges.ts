import type { Instant } from '../../../domain/time.ts';
import type { PostedCharge } from '../../port.ts';
import { type Database, listValue } from '../database.ts';
import { factsOf } from './charge-facts.ts';

export const chargeColumns = `c.id, c.group_key AS groupKey, c.revision, c.client_id AS clientId, c.seconds,
  c.worked_on AS workedOn, ${factsOf('c')} AS facts, c.facts_hash AS factsHash, c.posted_at AS postedAt,
  c.run_id AS runId`;

export async function* streamCharges(
  database: Database,
  clientId: string,
  from: Instant,
  to: Instant,
  pageSize: number,
): AsyncGenerator<PostedCharge[], void> {
  for (let after = { postedAt: from, id: '' }; ; ) {
    const page = database.rows<PostedCharge>(
      `SELECT ${chargeColumns} FROM charge c
       WHERE c.client_id = ? AND (c.posted_at, c.id) > (?, ?) AND c.posted_at < ?
       ORDER BY c.posted_at, c.id LIMIT ?`,
      clientId,
      after.postedAt,
      after.id,
      to,
      pageSize,
    );
    const last = page.at(-1);
    if (last === undefined) return;
    yield page;
    if (page.length < pageSize) return;
    after = last;
  }
}

export function readCharges(database: Database, ids: readonly string[]): PostedCharge[] {
  return database.rows(
    `SELECT ${chargeColumns} FROM json_each(?) k CROSS JOIN charge c ON c.id = k.value`,
    listValue(ids),
  );
}

/** A withdrawn group has a last revision that costs nothing, which is then the current one. */
export function readChargesBefore(
  database: Database,
  groupKeys: readonly string[],
  before: Instant,
): PostedCharge[] {
  return database.rows(
    `SELECT ${chargeColumns} FROM json_each(?) k CROSS JOIN charge c ON c.group_key = k.value
     WHERE c.revision = (SELECT max(o.revision) FROM charge o
       WHERE o.group_key = c.group_key AND o.posted_at < ?)`,
    listValue(groupKeys),
    before,
  );
}

export function readChargeHistory(database: Database, groupKey: string): PostedCharge[] {
  return database.rows(
    `SELECT ${chargeColumns} FROM charge c WHERE c.group_key = ? ORDER BY c.revision`,
    groupKey,
  );
}
