import { chainStart } from '../../../domain/ledger/ledger.ts';
import type { Block, BlockBalance, ClientLedger, LedgerOptions, SharedUse } from '../../port.ts';
import { type Database, listValue } from '../database.ts';

/** The end of a client's chain. */
export interface Head {
  clientSeq: number;
  hash: string;
  /** The latest posting timestamp of the client; empty before the first one. */
  postedAt: string;
  /** Zero or more. */
  overageSeconds: number;
}

/** What is left of a block: hours, or money. */
export interface Remaining {
  seconds: number;
  /** Null: hours. */
  minor: number | null;
}

export const blockColumns = `b.id, b.key, b.client_id AS clientId, b.source, b.offer, b.seconds,
  b.amount_minor AS amountMinor, b.rate_minor AS rateMinor, b.currency, b.purchased_on AS purchasedOn, b.expires_on AS expiresOn,
  b.priority, b.work_types AS workTypes, b.status, b.activate, b.invoice_key AS invoiceKey,
  b.followed_by AS followedBy`;

/** A row of `blockColumns` as it stands. */
export type StoredBlock<Row extends Block = Block> = Omit<Row, 'workTypes' | 'onboarding'> & {
  workTypes: string | null;
  /** Null: it is for ordinary support. */
  followedBy: string | null;
};

export function fromStoredBlock<Row extends Pick<StoredBlock, 'workTypes' | 'followedBy'>>({
  followedBy,
  ...row
}: Row) {
  const workTypes = row.workTypes === null ? null : (JSON.parse(row.workTypes) as string[]);
  return { ...row, workTypes, ...(followedBy === null ? {} : { onboarding: { followedBy } }) };
}

const summedSeconds = `(SELECT coalesce(sum(iif(l.side = 'credit', l.seconds, -l.seconds)), 0)
   FROM ledger l WHERE l.client_id = b.client_id AND l.block_id = b.id AND l.minor IS NULL)`;
const summedMinor = `iif(b.amount_minor IS NULL, NULL,
  (SELECT coalesce(sum(iif(l.side = 'credit', l.minor, -l.minor)), 0)
   FROM ledger l WHERE l.client_id = b.client_id AND l.block_id = b.id))`;

/**
 * From the cache if present, otherwise from the ledger: the cache affects speed, not the result.
 */
export function readLedgers(
  database: Database,
  clientIds: readonly string[],
  { isAllBlocks = false, endedBy = '' }: LedgerOptions,
): ClientLedger[] {
  const blocks = Map.groupBy(
    database
      .rows<StoredBlock<BlockBalance>>(
        `SELECT * FROM (
           SELECT ${blockColumns}, coalesce(c.remaining_seconds, ${summedSeconds}) AS remainingSeconds,
             coalesce(c.remaining_minor, ${summedMinor}) AS remainingMinor
           FROM json_each(?) k CROSS JOIN block b ON b.client_id = k.value
           LEFT JOIN block_balance c ON c.block_id = b.id) blocks
         WHERE ? = 1 OR expiresOn <= ?
           OR (status = 'active' AND (remainingSeconds > 0 OR remainingMinor > 0))
         ORDER BY clientId, purchasedOn, id`,
        listValue([...new Set(clientIds)]),
        Number(isAllBlocks),
        endedBy,
      )
      .map(fromStoredBlock),
    ({ clientId }) => clientId,
  );
  const heads = readHeads(database, clientIds);
  const uses = readSharedUse(database, clientIds);
  return clientIds.map((clientId) => {
    const { overageSeconds, clientSeq } = heads(clientId);
    const sharedUse = uses.get(clientId) ?? [];
    return { clientId, blocks: blocks.get(clientId) ?? [], sharedUse, overageSeconds, clientSeq };
  });
}

/** From an index that only contains rows of shared blocks. */
function readSharedUse(database: Database, clientIds: readonly string[]): Map<string, SharedUse[]> {
  const rows = database.rows<SharedUse & { payerId: string }>(
    `SELECT l.client_id AS payerId, l.used_by AS clientId, l.block_id AS blockId,
       sum(iif(l.side = 'debit', 1, -1) * coalesce(l.minor, l.seconds)) AS used
     FROM json_each(?) k CROSS JOIN ledger l INDEXED BY ledger_used_by ON l.client_id = k.value
     WHERE l.used_by IS NOT NULL AND l.block_id IS NOT NULL
     GROUP BY l.client_id, l.used_by, l.block_id`,
    listValue(clientIds),
  );
  return Map.groupBy(rows, ({ payerId }) => payerId);
}

/** The ends of the clients' chains; a missing cached row is looked up in the ledger. */
export function readHeads(
  database: Database,
  clientIds: readonly string[],
): (clientId: string) => Head {
  const cached = database.rows<Head & { clientId: string }>(
    `SELECT c.client_id AS clientId, c.client_seq AS clientSeq, c.hash, c.posted_at AS postedAt,
       c.overage_seconds AS overageSeconds
     FROM json_each(?) k CROSS JOIN client_balance c ON c.client_id = k.value`,
    listValue(clientIds),
  );
  const heads = new Map<string, Head>(cached.map(({ clientId, ...head }) => [clientId, head]));
  return (clientId) => heads.get(clientId) ?? readHeadFromLedger(database, clientId);
}

/** The head from the ledger and the charges, ignoring the cache. */
export function readHeadFromLedger(database: Database, clientId: string): Head {
  const last = database.row<Pick<Head, 'clientSeq' | 'hash' | 'postedAt'>>(
    `SELECT client_seq AS clientSeq, hash, posted_at AS postedAt FROM ledger
     WHERE client_id = ? ORDER BY client_seq DESC LIMIT 1`,
    clientId,
  );
  const sums = database.row<{ overageSeconds: number; chargedAt: string }>(
    `SELECT
       (SELECT coalesce(sum(iif(side = 'debit', seconds, -seconds)), 0) FROM ledger
        WHERE client_id = ?1 AND block_id IS NULL) AS overageSeconds,
       (SELECT coalesce(max(posted_at), '') FROM charge WHERE client_id = ?1) AS chargedAt`,
    clientId,
  );
  const { clientSeq, hash, postedAt } = last ?? { clientSeq: 0, hash: chainStart, postedAt: '' };
  const { overageSeconds, chargedAt } = sums ?? { overageSeconds: 0, chargedAt: '' };
  return { clientSeq, hash, overageSeconds, postedAt: laterOf(postedAt, chargedAt) };
}

/**
 * What is left in the blocks that a batch changes, by client; missing cached rows are rebuilt
 * first.
 */
export function openRemaining(
  database: Database,
  clientIds: readonly string[],
  blockIds: readonly string[],
): Map<string, Map<string, Remaining>> {
  let rows = readCached(database, blockIds);
  if (rows.some(({ seconds }) => seconds === null)) {
    rebuildRemaining(database, clientIds);
    rows = readCached(database, blockIds);
  }
  const byClient = new Map<string, Map<string, Remaining>>();
  for (const { clientId, id, seconds, minor } of rows) {
    if (seconds === null) continue;
    const blocks = byClient.get(clientId);
    if (blocks === undefined) byClient.set(clientId, new Map([[id, { seconds, minor }]]));
    else blocks.set(id, { seconds, minor });
  }
  return byClient;
}

function readCached(
  database: Database,
  blockIds: readonly string[],
): { clientId: string; id: string; seconds: number | null; minor: number | null }[] {
  return database.rows(
    `SELECT b.client_id AS clientId, b.id, c.remaining_seconds AS seconds,
       c.remaining_minor AS minor
     FROM json_each(?) k CROSS JOIN block b ON b.id = k.value LEFT JOIN block_balance c ON c.block_id = b.id`,
    listValue(blockIds),
  );
}

/** Rebuilds missing cached rows. */
function rebuildRemaining(database: Database, clientIds: readonly string[]): void {
  database.run(
    `INSERT INTO block_balance (block_id, remaining_seconds, remaining_minor)
     SELECT b.id, ${summedSeconds}, ${summedMinor}
     FROM json_each(?) k CROSS JOIN block b ON b.client_id = k.value
     WHERE NOT EXISTS (SELECT 1 FROM block_balance c WHERE c.block_id = b.id)`,
    listValue(clientIds),
  );
}

export function writeHead(database: Database, clientId: string, head: Head): void {
  const { overageSeconds, clientSeq, hash, postedAt } = head;
  database.upsert('client_balance', { clientId }, { overageSeconds, clientSeq, hash, postedAt });
}

export function writeRemaining(
  database: Database,
  blockId: string,
  { seconds, minor }: Remaining,
): void {
  const remaining = { remainingSeconds: seconds, remainingMinor: minor };
  database.upsert('block_balance', { blockId }, remaining);
}

export function laterOf(a: string, b: string): string {
  return a > b ? a : b;
}
