import { type ChargeFacts, chargedWorkTypes } from '../../../domain/charges/charge-facts.ts';
import { KindError } from '../../../domain/errors.ts';
import type { LedgerEntry } from '../../../domain/ledger/ledger.ts';
import type { OpenOverage } from '../../../domain/ledger/postings.ts';
import { findPaidWork } from '../../../domain/ledger/slices.ts';
import type { Instant } from '../../../domain/time.ts';
import type { Block, Episode, PendingEntry, ReplenishBatch, ReplenishStore } from '../../port.ts';
import { type Database, listValue } from '../database.ts';
import { factsOf } from '../debit/charge-facts.ts';
import {
  blockColumns,
  fromStoredBlock,
  type StoredBlock,
  writeRemaining,
} from '../ledger/balances.ts';
import { editBlock, readBlockEdits } from '../ledger/block-edits.ts';
import { appendPostings, ledgerColumns, readLiveSlices } from '../ledger/ledger.ts';
import { withNameIds } from '../mirror/columns.ts';
import { addMessage, DifferentContent, refuseOther } from '../outbox.ts';
import { readForeignInvoices } from './hand-sales.ts';
import { readLastWork } from './last-work.ts';
import { purposeOf, readOnboardings, setPurpose } from './onboarding.ts';
import { readOrders, readSalesHolds, refuseOtherOrders, writeOrders } from './orders.ts';
import { forgetChangedWork, readChangedWork, readRecentWork } from './recent-work.ts';
import { addRecharge, changeRecharge, requireState } from './recharges.ts';

export function replenishStore(database: Database): ReplenishStore {
  return {
    readEpisodes: async (clientIds) => readEpisodes(database, clientIds),
    readLastCredits: async (clientIds) => readLastCredits(database, clientIds),
    readOpenOverage: async (clientId) => readOpenOverage(database, clientId),
    readEntries: async (keys) =>
      database.rows<LedgerEntry>(
        `SELECT ${ledgerColumns} FROM json_each(?) k CROSS JOIN ledger l ON l.key = k.value
         ORDER BY l.seq`,
        listValue(keys),
      ),
    readEntriesAfter: async (clientId, clientSeq) =>
      readCharged(database, 'l.client_id = ? AND l.client_seq > ?', clientId, clientSeq),
    readLastWork: async (clientIds, since) => readLastWork(database, clientIds, since),
    readChangedWork: async (clientIds) => readChangedWork(database, clientIds),
    readRecentWork: async (clientIds, since) => readRecentWork(database, clientIds, since),
    readOnboardings: async (clientIds) => readOnboardings(database, clientIds),
    readPending: async (clientIds) => readPending(database, clientIds),
    readPendingEntries: async (clientIds) => readPendingEntries(database, clientIds),
    readForeignInvoices: async () => readForeignInvoices(database),
    readBlockEdits: async (clientIds) => readBlockEdits(database, clientIds),
    readOrders: async () => readOrders(database),
    readSalesHolds: async () => readSalesHolds(database),
    writeReplenish: async (batch) => database.write(() => writeReplenish(database, batch)),
  };
}

function readEpisodes(database: Database, clientIds: readonly string[]): Episode[] {
  const rows = database.rows<Omit<Episode, 'isFired'> & { isFired: number }>(
    `SELECT client_id AS clientId, threshold, number, is_fired AS isFired,
       fired_client_seq AS firedClientSeq, fired_mode AS firedMode, fired_at AS firedAt,
       pending_seconds AS pendingSeconds
     FROM episode WHERE client_id IN (SELECT value FROM json_each(?)) ORDER BY client_id, threshold`,
    listValue(clientIds),
  );
  return rows.map((row) => ({ ...row, isFired: row.isFired === 1 }));
}

function readLastCredits(
  database: Database,
  clientIds: readonly string[],
): ReadonlyMap<string, number> {
  const rows = database.rows<{ clientId: string; clientSeq: number }>(
    `SELECT k.value AS clientId, coalesce((
       SELECT l.client_seq FROM ledger l WHERE l.client_id = k.value
         AND l.side = 'credit' AND l.reason IN ('purchase', 'adjustment')
         AND NOT EXISTS (SELECT 1 FROM ledger r WHERE r.reverses = l.key)
       ORDER BY l.client_seq DESC LIMIT 1), 0) AS clientSeq
     FROM json_each(?) k`,
    listValue(clientIds),
  );
  return new Map(rows.map(({ clientId, clientSeq }) => [clientId, clientSeq]));
}

function readOpenOverage(database: Database, clientId: string): OpenOverage[] {
  return readCharged(
    database,
    `l.client_id = ? AND l.reason = 'overage' AND l.block_id IS NULL
       AND NOT EXISTS (SELECT 1 FROM ledger r WHERE r.reverses = l.key)`,
    clientId,
  );
}

function readCharged(
  database: Database,
  where: string,
  ...values: (string | number)[]
): OpenOverage[] {
  const rows = database.rows<LedgerEntry & { facts: string | null }>(
    `SELECT ${ledgerColumns}, ${factsOf('c')} AS facts FROM ledger l LEFT JOIN charge c ON c.id = l.charge_id
     WHERE ${where} ORDER BY l.client_seq`,
    ...values,
  );
  return rows.map(({ facts, ...entry }) => {
    const charge = facts === null ? null : (JSON.parse(facts) as ChargeFacts);
    if (charge === null) return { ...entry, workTypes: null, price: null };
    const isMixed = charge.byWorkType !== undefined;
    const slices = isMixed ? readLiveSlices(database, [entry.chargeId ?? '']) : [entry];
    // For reversed entries and reversals, only the whole charge is known.
    if (!slices.some(({ key }) => key === entry.key)) {
      return { ...entry, workTypes: chargedWorkTypes(charge), price: null };
    }
    return { ...entry, ...findPaidWork(charge, slices, entry.key) };
  });
}

function readPending(
  database: Database,
  clientIds: readonly string[],
): ReadonlyMap<string, number> {
  const rows = database.rows<{ clientId: string; seconds: number }>(
    `SELECT k.value AS clientId, coalesce((
       SELECT sum(g.pending_seconds) FROM charge_group g
       WHERE g.client_id = k.value AND g.status <> 'posted'), 0) AS seconds
     FROM json_each(?) k`,
    listValue(clientIds),
  );
  return new Map(rows.map(({ clientId, seconds }) => [clientId, seconds]));
}

function readPendingEntries(database: Database, clientIds: readonly string[]): PendingEntry[] {
  const rows = database.rows<
    Omit<PendingEntry, 'isBillable' | 'ids'> & {
      isBillable: number | null;
      nameIds: string | null;
    }
  >(
    `SELECT g.client_id AS clientId, g.group_key AS groupKey, g.pending_seconds AS pendingSeconds,
       e.connection, e.technician_id AS technicianId, e.technician, e.work_type AS workType,
       e.name_ids AS nameIds, e.role, e.is_billable AS isBillable, e.seconds,
       e.billed_seconds AS billedSeconds, t.number AS ticketNumber, t.summary AS ticketSummary
     FROM json_each(?) k CROSS JOIN charge_group g ON g.client_id = k.value
     JOIN entry_group eg ON eg.group_key = g.group_key
     JOIN mirror_time_entry e ON e.connection = eg.connection AND e.source_id = eg.entry_id
     LEFT JOIN mirror_ticket t ON t.connection = e.connection AND t.source_id = e.ticket_id
     WHERE g.status <> 'posted' AND g.pending_seconds > 0 ORDER BY g.group_key, eg.entry_id`,
    listValue(clientIds),
  );
  return rows.map((row) => ({
    ...withNameIds(row),
    isBillable: row.isBillable === null ? null : row.isBillable === 1,
  }));
}

/** Another process may have decided the same crossing, with other recharges or orders in view. */
function writeReplenish(database: Database, batch: ReplenishBatch): void {
  const isLate = batch.episodes.some((episode) => isDecided(database, episode));
  try {
    writeBatch(database, batch);
  } catch (error) {
    if (!isLate || !(error instanceof DifferentContent)) throw error;
    throw new KindError('transient', 'Another process decided the same crossing otherwise.', {
      fix: 'The next run goes on from there.',
      cause: error,
    });
  }
}

function isDecided(database: Database, episode: Episode): boolean {
  const { clientId, threshold, number, isFired } = episode;
  const sql = `SELECT 1 FROM episode WHERE client_id = ? AND threshold = ? AND number = ?
    AND is_fired = 1`;
  return isFired && database.row(sql, clientId, threshold, number) !== undefined;
}

function writeBatch(database: Database, batch: ReplenishBatch): void {
  const { at, runId } = batch;
  for (const change of batch.rechargeChanges ?? []) requireState(database, change);
  refuseOtherOrders(database, batch);
  for (const block of batch.blocks) addBlock(database, block, at, runId);
  for (const { blockId, status } of batch.blockStatuses) {
    database.run('UPDATE block SET status = ? WHERE id = ?', status, blockId);
  }
  for (const block of batch.blockPurposes ?? []) setPurpose(database, block);
  for (const edit of batch.blockEdits ?? []) editBlock(database, edit, at, runId);
  writeOrders(database, batch);
  appendPostings(database, batch);
  for (const episode of batch.episodes) writeEpisode(database, episode);
  if (batch.lookedAt !== undefined) forgetChangedWork(database, batch.lookedAt);
  for (const { clientId, kind, exceptKey } of batch.superseded) {
    database.run(
      `UPDATE push_message SET status = 'cancelled', settled_at = ?, last_error = ?,
         claimed_by = NULL, claimed_at = NULL
       WHERE client_id = ? AND kind = ? AND key <> ? AND status IN ('pending', 'claimed', 'withheld', 'dead')`,
      at,
      `Replaced by ${exceptKey}.`,
      clientId,
      kind,
      exceptKey,
    );
  }
  for (const { clientId, note } of batch.marked ?? []) {
    database.run(
      `UPDATE push_message SET status = 'cancelled', settled_at = ?, last_error = ?
       WHERE client_id = ? AND status = 'withheld' AND basis ->> '$.of' IN ('crossings', 'usage')`,
      at,
      note,
      clientId,
    );
  }
  for (const message of batch.messages) addMessage(database, message, at, runId);
  for (const recharge of batch.recharges ?? []) addRecharge(database, recharge, at, runId);
  for (const change of batch.rechargeChanges ?? []) changeRecharge(database, change, at);
}

function addBlock(database: Database, block: Block, at: Instant, runId: string): void {
  const standing = database.row<StoredBlock>(
    `SELECT ${blockColumns} FROM block b WHERE b.key = ?`,
    block.key,
  );
  if (standing !== undefined) {
    // Its status may have changed since it was first written.
    refuseOther(
      `block ${block.key}`,
      { ...fromStoredBlock(standing), status: block.status },
      block,
    );
    return;
  }
  database.run(
    `INSERT INTO block (id, key, client_id, source, offer, seconds, amount_minor,
       rate_minor, currency, purchased_on, expires_on, priority, work_types, status, activate,
       invoice_key, purpose, followed_by, created_at, run_id)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    block.id,
    block.key,
    block.clientId,
    block.source,
    block.offer,
    block.seconds,
    block.amountMinor,
    block.rateMinor,
    block.currency,
    block.purchasedOn,
    block.expiresOn,
    block.priority,
    block.workTypes === null ? null : JSON.stringify(block.workTypes),
    block.status,
    block.activate,
    block.invoiceKey,
    ...purposeOf(block),
    at,
    runId,
  );
  const nothing = { seconds: 0, minor: block.amountMinor === null ? null : 0 };
  writeRemaining(database, block.id, nothing);
}

function writeEpisode(database: Database, episode: Episode): void {
  const { clientId, threshold, number, isFired, pendingSeconds } = episode;
  const { firedClientSeq, firedMode, firedAt } = episode;
  const state = { number, isFired, firedClientSeq, firedMode, firedAt, pendingSeconds };
  database.upsert('episode', { clientId, threshold }, state);
}
