import type { DateText } from '../../../domain/time.ts';
import { type Database, listValue } from '../database.ts';
import { factsOf } from '../debit/charge-facts.ts';

/**
 * By the current charges, whose facts have the day of each entry, and by hours taken by hand, which
 * replace work that was never logged.
 */
export function readLastWork(
  database: Database,
  clientIds: readonly string[],
  postedSince: string,
): DateText | null {
  const row = database.row<{ workedOn: DateText | null }>(
    `SELECT max(workedOn) AS workedOn FROM (
       SELECT max(p.value ->> '$.workedOn') AS workedOn
       FROM json_each(?1) k
       CROSS JOIN charge c INDEXED BY charge_posted ON c.client_id = k.value AND c.posted_at >= ?2
       CROSS JOIN charge_group g ON g.group_key = c.group_key AND g.charge_id = c.id
       CROSS JOIN json_each(${factsOf('c')}, '$.parts') p
       WHERE c.seconds > 0 AND json_array_length(p.value, '$.pieces') > 0
       UNION ALL
       SELECT max(l.worked_on) FROM json_each(?1) k
       CROSS JOIN ledger l ON l.client_id = k.value AND l.posted_at >= ?2
       WHERE l.side = 'debit' AND l.reason = 'adjustment' AND l.key LIKE 'adjust:%'
         AND NOT EXISTS (SELECT 1 FROM ledger r WHERE r.reverses = l.key)) work`,
    listValue(clientIds),
    postedSince,
  );
  return row?.workedOn ?? null;
}
