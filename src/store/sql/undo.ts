import type { LedgerEntry } from '../../domain/ledger/ledger.ts';
import { undoneReason } from '../../domain/ledger/undo.ts';
import type {
  EntryPlace,
  KeptPart,
  PostedCharge,
  PushMessageRow,
  RunRow,
  RunTraces,
  UndoBatch,
  UndoMessage,
  UndoneInvoice,
  UndoneRun,
  UndoStore,
} from '../port.ts';
import { type Database, listValue, pairsValue } from './database.ts';
import { chargeColumns } from './debit/charges.ts';
import { writeDebits } from './debit/debits.ts';
import { blockColumns, fromStoredBlock, type StoredBlock } from './ledger/balances.ts';
import { undoBlockEdits } from './ledger/block-edits.ts';
import { ledgerColumns } from './ledger/ledger.ts';
import { messageRows } from './outbox.ts';
import { invoiceOfSale, isStanding } from './replenish/invoice-of-sale.ts';

/** Of the memory that belongs to no connection; the client's id follows. */
const heldBillingPrefix = 'undone-billing:';

export function undoStore(database: Database): UndoStore {
  return {
    readRun: async (id) =>
      database.row<RunRow>(
        'SELECT id, command, mode, started_at AS startedAt FROM run WHERE id = ?',
        id,
      ) ?? null,
    listWritingRuns: async (limit) =>
      database.rows<RunRow>(
        `SELECT r.id, r.command, r.mode, r.started_at AS startedAt
         FROM (SELECT run_id FROM ledger UNION SELECT run_id FROM charge
           UNION SELECT run_id FROM push_message) w JOIN run r ON r.id = w.run_id
         ORDER BY r.started_at DESC, r.id DESC LIMIT ?`,
        limit,
      ),
    listUndone: async () =>
      database
        .rows<Omit<UndoneRun, 'kept'> & { kept: string }>(
          'SELECT run_id AS runId, undo_run_id AS undoRunId, undone_at AS undoneAt, kept FROM undo',
        )
        .map((row) => ({ ...row, kept: JSON.parse(row.kept) as KeptPart[] })),
    readRunTraces: async (runId) => database.read(() => readTraces(database, runId)),
    readChargeHistories: async (groupKeys) =>
      database.rows<PostedCharge>(
        `SELECT ${chargeColumns} FROM json_each(?) k CROSS JOIN charge c ON c.group_key = k.value
         ORDER BY c.group_key, c.revision`,
        listValue(groupKeys),
      ),
    readEntryPlaces: async (entries) =>
      database.rows<EntryPlace>(
        `SELECT e.connection, e.source_id AS entryId, e.started_at AS startedAt,
           g.group_key AS groupKey
         FROM json_each(?) k CROSS JOIN mirror_time_entry e
           ON e.connection = k.value ->> 0 AND e.source_id = k.value ->> 1
         LEFT JOIN entry_group g ON g.connection = e.connection AND g.entry_id = e.source_id`,
        pairsValue(entries),
      ),
    readBlockEntries: async (blockIds) =>
      database.rows<LedgerEntry>(
        `SELECT ${ledgerColumns} FROM json_each(?) k CROSS JOIN block b ON b.id = k.value
         CROSS JOIN ledger l ON l.client_id = b.client_id AND l.block_id = b.id
         WHERE ${isLive} ORDER BY l.seq`,
        listValue(blockIds),
      ),
    writeUndo: async (batch) => database.write(() => writeUndo(database, batch)),
    readUndoMessages: async (runId) => readMessages(database, runId),
    settleUndoMessage: async (key, at, { status, detail }) => {
      database.update('undo_message', { messageKey: key }, { status, detail, settledAt: at });
    },
    readUndoneInvoices: async () => readUndoneInvoices(database),
    readRunEntries: async (runId) =>
      database.rows<LedgerEntry>(
        `SELECT ${ledgerColumns} FROM ledger l WHERE l.run_id = ? ORDER BY l.seq`,
        runId,
      ),
    readUndoneBlocks: async (clientIds) => readUndoneBlocks(database, clientIds),
    readHeldBilling: async (clientId) =>
      database.row<{ value: string }>(
        "SELECT value FROM connection_memory WHERE connection = '' AND key = ?",
        heldBillingPrefix + clientId,
      )?.value ?? null,
    releaseUndone: async () => database.write(() => release(database)),
  };
}

const isLive = `l.reason <> 'reversal'
  AND NOT EXISTS (SELECT 1 FROM ledger r WHERE r.reverses = l.key)`;

/** No index serves this, since nothing but an undo asks: the ledger is read once. */
function readTraces(database: Database, runId: string): RunTraces {
  const groups = database.rows<{ groupKey: string }>(
    'SELECT DISTINCT group_key AS groupKey FROM charge WHERE run_id = ? ORDER BY group_key',
    runId,
  );
  const blocks = database.rows<StoredBlock>(
    `SELECT ${blockColumns} FROM block b WHERE b.run_id = ? ORDER BY b.id`,
    runId,
  );
  const paid = database.rows<{ key: string }>(
    `SELECT m.key FROM push_message m WHERE m.run_id = ?1 AND m.kind = 'invoice' AND (EXISTS (
       SELECT 1 FROM mirror_invoice i WHERE ${invoiceOfSale} AND i.is_paid = 1 AND i.is_void = 0)
       OR EXISTS (SELECT 1 FROM recharge r WHERE r.invoice_key = m.key
         AND r.charge_key IS NOT NULL AND r.state IN ('submitted', 'collected')))
     UNION SELECT coalesce(i.number, i.source_id) FROM block b
       JOIN invoice_block h ON h.block_id = b.id
       JOIN mirror_invoice i ON i.connection = h.connection AND i.source_id = h.invoice_id
     WHERE b.run_id = ?1 AND i.is_paid = 1 AND i.is_void = 0 AND NOT EXISTS (
       SELECT 1 FROM undone_block u WHERE u.block_id = b.id)`,
    runId,
  );
  return {
    entries: database.rows<LedgerEntry>(
      `SELECT ${ledgerColumns} FROM ledger l
       WHERE (l.run_id = ?1 OR l.key LIKE 'adjust:' || ?1 || '/%') AND ${isLive} ORDER BY l.seq`,
      runId,
    ),
    groupKeys: groups.map(({ groupKey }) => groupKey),
    blocks: blocks.map(fromStoredBlock),
    soldBy: database.rows<{ blockId: string; runId: string }>(
      `SELECT DISTINCT b.id AS blockId, b.run_id AS runId FROM ledger l
       JOIN block b ON b.id = l.block_id
       WHERE l.run_id = ? AND l.reason = 'purchase' ORDER BY b.id`,
      runId,
    ),
    messages: database.rows<PushMessageRow>(
      `${messageRows} WHERE m.run_id = ? ORDER BY m.seq`,
      runId,
    ),
    paidKeys: paid.map(({ key }) => key),
  };
}

function writeUndo(database: Database, batch: UndoBatch): void {
  const { at, runId, undoes } = batch;
  const kept = JSON.stringify(batch.kept);
  database.insert('undo', { runId: undoes.id, undoRunId: runId, undoneAt: at, kept });
  for (const { blockId, status } of batch.blockStatuses) {
    database.run('UPDATE block SET status = ? WHERE id = ?', status, blockId);
  }
  for (const blockId of batch.undoneBlockIds) {
    database.insert('undone_block', { blockId, runId: undoes.id });
  }
  undoBlockEdits(database, batch);
  writeDebits(database, { ...batch, removedGroupKeys: [], dirtySeqs: [], warnings: [] });
  if (batch.isOutdated) markUndoneDirty(database, batch.groups);
  // What was decided while observing was told to nobody: going live arms that again by itself.
  database.run(
    "UPDATE episode SET fired_mode = 'undone' WHERE fired_at = ? AND fired_mode = 'live' AND is_fired = 1",
    undoes.startedAt,
  );
  cancelMessages(database, batch);
  for (const { key, status, detail } of batch.remote) {
    database.insert('undo_message', { messageKey: key, runId: undoes.id, status, detail });
  }
  for (const { clientId, terms } of batch.heldBillings) {
    const key = heldBillingPrefix + clientId;
    database.upsert('connection_memory', { connection: '', key }, { value: terms, updatedAt: at });
  }
}

function cancelMessages(database: Database, { at, undoes, cancelledKeys }: UndoBatch): void {
  database.run(
    `UPDATE push_message SET status = 'cancelled', settled_at = ?, last_error = ?,
       claimed_by = NULL, claimed_at = NULL
     WHERE key IN (SELECT value FROM json_each(?)) AND status NOT IN ('delivered', 'cancelled')`,
    at,
    undoneReason(undoes.id),
    listValue(cancelledKeys),
  );
}

function readMessages(database: Database, runId: string): UndoMessage[] {
  const states = database.rows<{ key: string } & Omit<UndoMessage, 'message'>>(
    `SELECT message_key AS key, status, detail FROM undo_message WHERE run_id = ?`,
    runId,
  );
  const rows = database.rows<PushMessageRow>(
    `${messageRows} WHERE m.key IN (SELECT value FROM json_each(?)) ORDER BY m.seq`,
    listValue(states.map(({ key }) => key)),
  );
  const byKey = new Map(states.map((state) => [state.key, state]));
  return rows.flatMap((message) => {
    const state = byKey.get(message.key);
    return state === undefined ? [] : [{ message, status: state.status, detail: state.detail }];
  });
}

function readUndoneInvoices(database: Database): UndoneInvoice[] {
  const rows = database.rows<Omit<UndoneInvoice, 'isPaid'> & { isPaid: number }>(
    `SELECT m.client_id AS clientId, m.connection, u.run_id AS runId,
       coalesce(m.remote_label, i.number, m.remote_id, i.source_id) AS label, i.is_paid AS isPaid
     FROM undo_message u JOIN push_message m ON m.key = u.message_key
     JOIN mirror_invoice i ON ${invoiceOfSale}
     WHERE m.kind = 'invoice' AND u.status IN ('open', 'by-hand') AND ${isStanding}
     ORDER BY m.seq`,
  );
  return rows.map(({ isPaid, ...row }) => ({ ...row, isPaid: isPaid === 1 }));
}

function readUndoneBlocks(database: Database, clientIds: readonly string[]): ReadonlySet<string> {
  const rows = database.rows<{ blockId: string }>(
    `SELECT u.block_id AS blockId FROM json_each(?) k CROSS JOIN block b ON b.client_id = k.value
     JOIN undone_block u ON u.block_id = b.id`,
    listValue(clientIds),
  );
  return new Set(rows.map(({ blockId }) => blockId));
}

function release(database: Database): void {
  database.run(
    "DELETE FROM connection_memory WHERE connection = '' AND key LIKE ? || '%'",
    heldBillingPrefix,
  );
  markUndoneDirty(
    database,
    database.rows<{ groupKey: string }>(
      `SELECT group_key AS groupKey FROM charge_group WHERE status <> 'posted' AND reason = 'undone'`,
    ),
  );
}

function markUndoneDirty(database: Database, groups: readonly { groupKey: string }[]): void {
  database.run(
    `INSERT INTO dirty (connection, kind, source_id)
     SELECT DISTINCT e.connection, iif(e.ticket_id IS NULL, 'entry', 'ticket'),
       coalesce(e.ticket_id, e.source_id)
     FROM json_each(?) k CROSS JOIN entry_group g ON g.group_key = k.value
     CROSS JOIN mirror_time_entry e ON e.connection = g.connection AND e.source_id = g.entry_id`,
    listValue(groups.map(({ groupKey }) => groupKey)),
  );
}
