import type { Block, OnboardingUse } from '../../port.ts';
import { type Database, listValue } from '../database.ts';
import { factsOf } from '../debit/charge-facts.ts';

/** The columns `purpose` and `followed_by`. */
export function purposeOf({
  onboarding,
}: Pick<Block, 'onboarding'>): [purpose: string | null, followedBy: string | null] {
  return onboarding === undefined ? [null, null] : ['onboarding', onboarding.followedBy];
}

export function setPurpose(database: Database, block: Pick<Block, 'id' | 'onboarding'>): void {
  const sql = 'UPDATE block SET purpose = ?, followed_by = ? WHERE id = ?';
  database.run(sql, ...purposeOf(block), block.id);
}

/** By the live entries of each block; the days of work are in the facts of the charges. */
export function readOnboardings(database: Database, clientIds: readonly string[]): OnboardingUse[] {
  return database.rows<OnboardingUse>(
    `SELECT b.client_id AS clientId, b.id AS blockId, coalesce(sum(u.seconds), 0) AS usedSeconds,
       min(u.firstOn) AS firstWorkedOn, max(u.lastOn) AS lastWorkedOn,
       max(u.postedAt) AS chargedAt,
       (SELECT count(DISTINCT t.connection || ' ' || t.source_id) FROM ledger l
        JOIN charge c ON c.id = l.charge_id
        JOIN entry_group g ON g.group_key = c.group_key
        JOIN mirror_time_entry e ON e.connection = g.connection AND e.source_id = g.entry_id
        JOIN mirror_ticket t ON t.connection = e.connection AND t.source_id = e.ticket_id
        WHERE l.client_id = b.client_id AND l.block_id = b.id AND t.is_closed = 0
          AND t.merged_into IS NULL AND ${isLive}) AS openTickets
     FROM json_each(?) k CROSS JOIN block b ON b.client_id = k.value
     LEFT JOIN (
       SELECT l.client_id, l.block_id, l.seconds, l.posted_at AS postedAt,
         (SELECT min(p.value ->> '$.workedOn') FROM json_each(${factsOf('c')}, '$.parts') p) AS firstOn,
         (SELECT max(p.value ->> '$.workedOn') FROM json_each(${factsOf('c')}, '$.parts') p) AS lastOn
       FROM ledger l JOIN charge c ON c.id = l.charge_id WHERE ${isLive}
     ) u ON u.client_id = b.client_id AND u.block_id = b.id
     WHERE b.purpose = 'onboarding' AND b.status = 'active'
       AND NOT EXISTS (SELECT 1 FROM ledger r WHERE r.client_id = b.client_id
         AND r.block_id = b.id AND r.side = 'debit' AND r.reason = 'rollover')
     GROUP BY b.id ORDER BY b.client_id, b.id`,
    listValue(clientIds),
  );
}

const isLive = `l.side = 'debit' AND l.reason <> 'reversal'
  AND NOT EXISTS (SELECT 1 FROM ledger r WHERE r.reverses = l.key)`;
