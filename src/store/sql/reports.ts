import type { Usage } from '../../domain/forecast/burn-history.ts';
import type { LedgerEntry } from '../../domain/ledger/ledger.ts';
import type { DateText } from '../../domain/time.ts';
import type { BlockBefore, ChargeGroup, ReportStore } from '../port.ts';
import { type Database, listValue } from './database.ts';
import {
  readChargeHistory,
  readCharges,
  readChargesBefore,
  streamCharges,
} from './debit/charges.ts';
import { groupColumns, streamMirroredWork } from './debit/work.ts';
import { ledgerColumns } from './ledger/ledger.ts';
import {
  acceptQuarantine,
  listQuarantine,
  retryQuarantine,
} from './mirror/quarantine-decisions.ts';
import { readBlockSales } from './replenish/block-sales.ts';
import { verify } from './verify.ts';

const pageSize = 1000;

/** Hours and money separately, credits minus debits: posted before ?1, and in total. */
const signed = "iif(l.side = 'credit', l.seconds, -l.seconds)";
const signedMinor = "iif(l.side = 'credit', l.minor, -l.minor)";
const sums = `
  sum(iif(l.minor IS NOT NULL OR l.posted_at >= ?1, 0, ${signed})) AS openingSeconds,
  sum(iif(l.minor IS NOT NULL, 0, ${signed})) AS closingSeconds,
  sum(iif(l.minor IS NOT NULL AND l.posted_at >= ?1, 0, ${signedMinor})) AS openingMinor,
  sum(${signedMinor}) AS closingMinor`;

/** Sorts after every timestamp. */
const afterAll = '~';

export function reportStore(database: Database): Omit<ReportStore, 'backup'> {
  return {
    listClients: async () => database.read(() => listClients(database)),
    streamLedger: (clientId, from, to, most) => streamLedger(database, clientId, from, to, most),
    readBalancesAt: async (clientId, from, to) =>
      database.rows(
        `SELECT block_id AS blockId, ${sums} FROM ledger l INDEXED BY ledger_posted
         WHERE client_id = ?2 AND posted_at < ?3 GROUP BY block_id ORDER BY block_id NULLS FIRST`,
        from,
        clientId,
        to,
      ),
    streamSharedUse: (clientId, from, to) => streamSharedUse(database, clientId, from, to),
    readSharedUsesAt: async (clientId, from, to) =>
      database.rows(
        `SELECT block_id AS blockId, ${sums} FROM ledger l INDEXED BY ledger_used_by_posted
         WHERE used_by = ?2 AND posted_at < ?3 AND client_id <> ?2
         GROUP BY block_id ORDER BY block_id NULLS FIRST`,
        from,
        clientId,
        to,
      ),
    streamCharges: (clientId, from, to) => streamCharges(database, clientId, from, to, pageSize),
    readChargesBefore: async (groupKeys, before) => readChargesBefore(database, groupKeys, before),
    readCharges: async (ids) => readCharges(database, ids),
    readBlockSales: async (clientIds) => readBlockSales(database, listValue(clientIds)),
    readChargeHistory: async (groupKey) => readChargeHistory(database, groupKey),
    readChargeEntries: async (chargeIds) =>
      database.rows(
        `SELECT ${ledgerColumns} FROM json_each(?) k CROSS JOIN ledger l ON l.charge_id = k.value
         ORDER BY l.seq`,
        listValue([...new Set(chargeIds)]),
      ),
    readBlocksBefore: async (entryKeys) => readBlocksBefore(database, entryKeys),
    findGroups: async (id, connection) => findGroups(database, id, connection),
    readUsage: async (clientIds, since) =>
      database.read(() => readUsage(database, listValue(clientIds), since)),
    listOpenGroups: async (clientId) =>
      database.rows(
        `SELECT ${groupColumns} FROM charge_group g WHERE g.client_id = ? AND g.status <> 'posted'
         ORDER BY g.group_key`,
        clientId,
      ),
    readIdleAlerts: async (clientIds) =>
      database.rows(
        `SELECT m.client_id AS clientId, m.created_at AS at FROM push_message m
         WHERE m.client_id IN (SELECT value FROM json_each(?)) AND m.kind = 'alert-ticket'
           AND m.status = 'delivered' AND EXISTS (
             SELECT 1 FROM json_each(m.basis, '$.found.crossings') c
             WHERE c.value ->> '$.rule.when.idleDays' IS NOT NULL)
         ORDER BY m.seq`,
        listValue(clientIds),
      ),
    countTicketSources: async (since) =>
      database.rows(
        `SELECT t.connection, t.client_id AS clientId, t.source,
           count(DISTINCT t.source_id) AS tickets, sum(e.seconds) AS seconds
         FROM mirror_time_entry e
         JOIN mirror_ticket t ON t.connection = e.connection AND t.source_id = e.ticket_id
         WHERE e.started_at >= ? AND e.deleted_at IS NULL
         GROUP BY t.connection, t.client_id, t.source
         ORDER BY t.connection, t.client_id NULLS FIRST, t.source NULLS FIRST`,
        since,
      ),
    streamMirroredWork: () => streamMirroredWork(database),
    listQuarantine: async (statuses) => listQuarantine(database, statuses),
    retryQuarantine: async (id) => database.write(() => retryQuarantine(database, id)),
    acceptQuarantine: async (id, at) => database.write(() => acceptQuarantine(database, id, at)),
    verify: async () => database.read(() => verify(database)),
  };
}

type ListedClient = Awaited<ReturnType<ReportStore['listClients']>>[number];

function listClients(database: Database): ListedClient[] {
  const sources = Map.groupBy(
    database.rows<{ clientId: string; connection: string; sourceId: string }>(
      `SELECT client_id AS clientId, connection, source_id AS sourceId FROM client_source
       ORDER BY connection, source_id`,
    ),
    ({ clientId }) => clientId,
  );
  const clients = database.rows<{ id: string; name: string }>(
    'SELECT id, name FROM client ORDER BY name, id',
  );
  return clients.map(({ id, name }) => ({
    id,
    name,
    sources: (sources.get(id) ?? []).map(({ connection, sourceId }) => ({ connection, sourceId })),
  }));
}

/**
 * Page by page from the end of the last one, so that no read stays open between two pages. No row
 * has an earlier timestamp than the previous one, so both orders are the same.
 */
async function* streamLedger(
  database: Database,
  clientId: string,
  from: string | null,
  to: string | null,
  most = pageSize,
): AsyncGenerator<LedgerEntry[], void> {
  for (let after = { postedAt: from ?? '', clientSeq: 0 }; ; ) {
    const page = database.rows<LedgerEntry>(
      `SELECT ${ledgerColumns} FROM ledger l INDEXED BY ledger_posted
       WHERE l.client_id = ? AND (l.posted_at, l.client_seq) > (?, ?) AND l.posted_at < ?
       ORDER BY l.posted_at, l.client_seq LIMIT ?`,
      clientId,
      after.postedAt,
      after.clientSeq,
      to ?? afterAll,
      most,
    );
    const last = page.at(-1);
    if (last === undefined) return;
    yield page;
    if (page.length < most) return;
    after = last;
  }
}

async function* streamSharedUse(
  database: Database,
  clientId: string,
  from: string,
  to: string,
): AsyncGenerator<LedgerEntry[], void> {
  for (let after = { postedAt: from, seq: 0 }; ; ) {
    const page = database.rows<LedgerEntry>(
      `SELECT ${ledgerColumns} FROM ledger l INDEXED BY ledger_used_by_posted
       WHERE l.used_by = ?1 AND (l.posted_at, l.seq) > (?2, ?3) AND l.posted_at < ?4
         AND l.client_id <> ?1
       ORDER BY l.posted_at, l.seq LIMIT ?5`,
      clientId,
      after.postedAt,
      after.seq,
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

/** Bounded by the window, however long the ledger is and whenever it was posted. */
function readUsage(database: Database, clientIds: string, since: DateText): Usage {
  return {
    debited: database.rows(
      `SELECT c.worked_on AS workedOn, sum(c.seconds) AS seconds
       FROM json_each(?) k CROSS JOIN charge c INDEXED BY charge_worked ON c.client_id = k.value
       CROSS JOIN charge_group g ON g.group_key = c.group_key AND g.charge_id = c.id
       WHERE c.worked_on >= ? GROUP BY c.worked_on ORDER BY c.worked_on`,
      clientIds,
      since,
    ),
    pending: database.rows(
      `SELECT max(e.started_at) AS startedAt, g.pending_seconds AS seconds
       FROM json_each(?) k CROSS JOIN charge_group g ON g.client_id = k.value
       JOIN entry_group eg ON eg.group_key = g.group_key
       JOIN mirror_time_entry e ON e.connection = eg.connection AND e.source_id = eg.entry_id
       WHERE g.status <> 'posted' AND g.pending_seconds > 0
       GROUP BY g.group_key ORDER BY g.group_key`,
      clientIds,
    ),
  };
}

/** A void block was refunded, or its credit was reversed. */
function readBlocksBefore(database: Database, entryKeys: readonly string[]): BlockBefore[] {
  const rows = database.rows<Omit<BlockBefore, 'isVoid'> & { isVoid: number }>(
    `SELECT s.key AS entryKey, b.id AS blockId,
       sum(iif(l.minor IS NULL, ${signed}, 0)) AS seconds, sum(${signedMinor}) AS minor,
       sum(iif(l.used_by = s.used_by, iif(l.side = 'debit', 1, -1) * coalesce(l.minor, l.seconds), 0)) AS used,
       iif(e.seq IS NULL, b.expires_on, e.expires_on_before) AS expiresOn,
       iif(b.status = 'void', max(iif(l.reason = 'refund'
         OR (l.reason = 'reversal' AND l.side = 'debit'), 1, 0)), 0) AS isVoid
     FROM json_each(?) k CROSS JOIN ledger s ON s.key = k.value
     CROSS JOIN ledger l ON l.client_id = s.client_id AND l.client_seq < s.client_seq
     JOIN block b ON b.id = l.block_id
     LEFT JOIN block_edit e ON e.seq = (SELECT min(later.seq) FROM block_edit later
       WHERE later.block_id = b.id AND later.edited_at > s.posted_at)
     GROUP BY s.seq, b.id, e.seq ORDER BY s.key, b.id`,
    listValue(entryKeys),
  );
  return rows.map(({ isVoid, ...row }) => ({ ...row, isVoid: isVoid === 1 }));
}

/** By the ID (or the number) shown to users, in one connection or in any. */
function findGroups(database: Database, id: string, connection: string | null): ChargeGroup[] {
  return database.rows(
    `SELECT ${groupColumns} FROM charge_group g WHERE g.group_key IN (
       SELECT group_key FROM entry_group
       WHERE entry_id = ?1 AND (?2 IS NULL OR connection = ?2)
       UNION
       SELECT eg.group_key FROM mirror_ticket t
       CROSS JOIN mirror_time_entry e INDEXED BY mirror_time_entry_ticket
         ON e.connection = t.connection AND e.ticket_id = t.source_id
       JOIN entry_group eg ON eg.connection = e.connection AND eg.entry_id = e.source_id
       WHERE (t.source_id = ?1 OR t.number = ?1) AND (?2 IS NULL OR t.connection = ?2)
       UNION
       SELECT group_key FROM charge WHERE id = ?1 OR group_key = ?1
     ) ORDER BY g.group_key`,
    id,
    connection,
  );
}
