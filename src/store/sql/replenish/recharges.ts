import { KindError } from '../../../domain/errors.ts';
import type { RechargeUsage } from '../../../domain/recharge/envelope.ts';
import type { Charge } from '../../../domain/recharge/life.ts';
import type { MandateRow } from '../../../domain/records/rows.ts';
import type { DateText, Instant } from '../../../domain/time.ts';
import type {
  MessageStatus,
  NewRecharge,
  Recharge,
  RechargeChange,
  RechargeStore,
} from '../../port.ts';
import { type Database, listValue } from '../database.ts';
import { blockColumns, fromStoredBlock, type StoredBlock } from '../ledger/balances.ts';
import {
  type InvoiceColumns,
  invoiceColumns,
  invoiceIdOf,
  isMissing,
  takeInvoice,
} from './invoice-of-sale.ts';

export function rechargeStore(database: Database): RechargeStore {
  return {
    readRecharges: async (filter) => readRecharges(database, filter),
    readRechargeUsage: async (clientId, request) => readUsage(database, clientId, request),
    readMandates: async (connection, customerIds) =>
      readMandates(database, connection, customerIds),
    readUsedBefore: async (clientId, blockId) => readUsedBefore(database, clientId, blockId),
    approveRecharge: async (messageKey) =>
      database.run(
        `UPDATE recharge SET approved_minor = CAST(s.payload ->> '$.totalMinor' AS INTEGER)
         FROM push_message s
         WHERE s.key = invoice_key AND state = 'requested'
           AND coalesce(approved_minor, -1) < CAST(s.payload ->> '$.totalMinor' AS INTEGER)
           AND (invoice_key = ?1 OR ticket_key = (
             SELECT a.after_key FROM push_message a WHERE a.key = ?1 AND a.kind = 'ticket-note'))`,
        messageKey,
      ) > 0,
  };
}

/** A message `m` of a recharge that nobody has approved at this price: invoice or client's note. */
export const isUnapproved = `EXISTS (
  SELECT 1 FROM recharge r JOIN push_message s ON s.key = r.invoice_key
  WHERE (r.invoice_key = m.key
      OR (r.ticket_key = m.after_key AND m.kind = 'ticket-note' AND r.state = 'requested'))
    AND coalesce(r.approved_minor, -1) < CAST(s.payload ->> '$.totalMinor' AS INTEGER))`;

/** The last charge `y` of a recharge `r`, whose message is `k`: by the ID that the push stored, or by its key. */
export const chargeOfRecharge = `y.connection = r.collect AND y.source_id = coalesce(
  k.remote_id, (SELECT p.source_id FROM mirror_payment p
    WHERE p.reference = r.charge_key AND p.connection = r.collect ORDER BY p.source_id LIMIT 1))`;

export const chargeColumns = `y.source_id AS chargeId, y.status AS paymentStatus,
  y.amount_minor AS chargedMinor, y.reversed_minor AS reversedMinor, y.reason, y.failure,
  y.settled_on AS settledOn`;

export interface ChargeColumns {
  chargeId: string | null;
  paymentStatus: Charge['status'] | null;
  chargedMinor: number | null;
  reversedMinor: number | null;
  reason: string | null;
  failure: Charge['failure'];
  settledOn: DateText | null;
}

/** Splits a row into the charge, null if there is none, and the rest. */
export function takeCharge<Row extends ChargeColumns>(
  row: Row,
): { charge: Charge | null; rest: Omit<Row, keyof ChargeColumns> } {
  const {
    chargeId,
    paymentStatus,
    chargedMinor,
    reversedMinor,
    reason,
    failure,
    settledOn,
    ...rest
  } = row;
  if (chargeId === null || paymentStatus === null) return { charge: null, rest };
  const amounts = { amountMinor: chargedMinor ?? 0, reversedMinor: reversedMinor ?? 0 };
  const charge = { sourceId: chargeId, status: paymentStatus, ...amounts };
  return { charge: { ...charge, reason, failure, settledOn }, rest };
}

/** What may still change: what is not over, and what was collected and no longer is. */
const isOpen = `(r.state IN ('requested', 'submitted', 'failed', 'returned')
  OR (r.state = 'collected' AND (i.is_paid = 0 OR y.reversed_minor > 0 OR b.status <> 'active'))
  OR (r.state = 'ended' AND (b.status = 'active' OR y.status = 'succeeded')))`;

interface RechargeColumns extends ChargeColumns, InvoiceColumns {
  collect: string;
  ticketKey: string;
  noticeKey: string;
  noticedAt: Instant | null;
  approvedMinor: number | null;
  requestedOn: DateText;
  orderedAt: Instant;
  state: Recharge['state'];
  stateAt: Instant;
  collectedOn: DateText | null;
  attempts: number;
  retryOn: DateText | null;
  chargeStatus: MessageStatus | null;
  invoiceStatus: MessageStatus;
  invoiceId: string | null;
  label: string | null;
  priceMinor: number;
  isGone: number;
  isAnnounced: number;
}

function readRecharges(database: Database, filter: 'open' | 'all'): Recharge[] {
  const rows = database.rows<StoredBlock & RechargeColumns>(
    `SELECT ${blockColumns}, r.collect, r.ticket_key AS ticketKey, r.notice_key AS noticeKey,
       iif(n.status = 'delivered', n.settled_at, NULL) AS noticedAt,
       r.approved_minor AS approvedMinor, r.requested_on AS requestedOn, b.created_at AS orderedAt, r.state,
       r.state_at AS stateAt, r.collected_on AS collectedOn, r.attempts, r.retry_on AS retryOn,
       k.status AS chargeStatus, m.status AS invoiceStatus, m.remote_id AS invoiceId,
       coalesce(m.remote_label, m.remote_id) AS label,
       CAST(m.payload ->> '$.totalMinor' AS INTEGER) AS priceMinor, iif(${isMissing}, 1, 0) AS isGone,
       iif(n.status = 'delivered' OR n.create_attempted_at IS NOT NULL, 1, 0) AS isAnnounced,
       ${invoiceColumns}, ${chargeColumns}
     FROM recharge r JOIN block b ON b.id = r.block_id JOIN push_message m ON m.key = r.invoice_key
     LEFT JOIN push_message n ON n.key = r.notice_key
     LEFT JOIN push_message k ON k.key = r.charge_key
     LEFT JOIN mirror_payment y ON ${chargeOfRecharge}
     LEFT JOIN mirror_invoice i ON i.connection = m.connection
       AND i.source_id = ${invoiceIdOf('NULL')} AND m.is_unread = 0
     LEFT JOIN invoice_missing g ON g.message_key = m.key
     WHERE ${filter === 'all' ? 'TRUE' : isOpen} ORDER BY r.requested_on, r.block_id`,
  );
  return rows.map((row) => {
    const { charge, rest } = takeCharge(row);
    const { invoice, rest: others } = takeInvoice(rest);
    const { collect, ticketKey, noticeKey, noticedAt, approvedMinor, ...timed } = others;
    const { requestedOn, orderedAt, state, stateAt, ...told } = timed;
    const { collectedOn, attempts, retryOn, ...sold } = told;
    const { chargeStatus, invoiceStatus, invoiceId, label, priceMinor, ...found } = sold;
    const { isGone, isAnnounced, ...stored } = found;
    const block = fromStoredBlock(stored);
    return {
      block,
      blockId: block.id,
      clientId: block.clientId,
      invoiceKey: block.invoiceKey ?? block.key,
      ...{ collect, ticketKey, noticeKey, noticedAt, approvedMinor, requestedOn, charge },
      ...{ orderedAt, state, stateAt, collectedOn, attempts, retryOn, chargeStatus },
      ...{ invoiceStatus, invoiceId, label, priceMinor },
      invoice,
      isGone: isGone === 1,
      isAnnounced: isAnnounced === 1,
    };
  });
}

function readMandates(
  database: Database,
  connection: string,
  customerIds: readonly string[],
): MandateRow[] {
  return database.rows<MandateRow>(
    `SELECT source_id AS sourceId, client_id AS clientId, scheme, status, detail,
       expires_on AS expiresOn, '' AS updatedAt
     FROM mirror_mandate WHERE connection = ? AND client_id IN (SELECT value FROM json_each(?))
     ORDER BY client_id, source_id`,
    connection,
    listValue(customerIds),
  );
}

/** A recharge that ended or failed moved no money; one that was returned did. */
function readUsage(
  database: Database,
  clientId: string,
  { today, currency }: { today: string; currency: string },
): RechargeUsage {
  const month = `${today.slice(0, 7)}-%`;
  const row = database.row<Omit<RechargeUsage, 'isInFlight'> & { isInFlight: number }>(
    `WITH sold AS (
       SELECT r.client_id, r.state, r.requested_on, r.collected_on, r.retry_on,
         CAST(m.payload ->> '$.totalMinor' AS INTEGER) AS minor
       FROM recharge r JOIN push_message m ON m.key = r.invoice_key
       WHERE m.payload ->> '$.currency' = ?4
     )
     SELECT
       coalesce(max(iif(client_id = ?1 AND (state IN ('requested', 'submitted')
         OR retry_on IS NOT NULL), 1, 0)), 0) AS isInFlight,
       coalesce(sum(iif(client_id = ?1 AND requested_on = ?2 AND ${counts}, minor, 0)), 0) AS dayMinor,
       coalesce(sum(iif(client_id = ?1 AND requested_on LIKE ?3 AND ${counts}, minor, 0)), 0) AS monthMinor,
       coalesce(sum(iif(requested_on = ?2 AND ${counts}, minor, 0)), 0) AS allDayMinor,
       coalesce(sum(iif(requested_on LIKE ?3 AND ${counts}, minor, 0)), 0) AS allMonthMinor,
       max(iif(client_id = ?1 AND collected_on IS NOT NULL, minor, NULL)) AS largestMinor
     FROM sold`,
    clientId,
    today,
    month,
    currency,
  );
  if (row === undefined) throw new Error('a sum has one row');
  return { ...row, isInFlight: row.isInFlight === 1 };
}

const counts = `(state NOT IN ('ended', 'failed') OR retry_on IS NOT NULL)`;

function readUsedBefore(database: Database, clientId: string, blockId: string): number | null {
  const row = database.row<{ seconds: number }>(
    `WITH purchase AS (
       SELECT max(client_seq) AS seq FROM ledger
       WHERE client_id = ?1 AND block_id = ?2 AND reason = 'purchase'
     ), earlier AS (
       SELECT coalesce(max(l.client_seq), 0) AS seq FROM ledger l, purchase p
       WHERE l.client_id = ?1 AND l.reason = 'purchase' AND l.block_id <> ?2 AND l.client_seq < p.seq
     )
     SELECT coalesce(sum(iif(l.side = 'debit', l.seconds, -l.seconds)), 0) AS seconds
     FROM purchase p CROSS JOIN earlier e LEFT JOIN ledger l ON l.client_id = ?1 AND l.charge_id IS NOT NULL
       AND l.client_seq > e.seq AND l.client_seq < p.seq
     WHERE p.seq IS NOT NULL GROUP BY p.seq`,
    clientId,
    blockId,
  );
  return row?.seconds ?? null;
}

/** Once per block, like the block itself. */
export function addRecharge(
  database: Database,
  recharge: NewRecharge,
  at: Instant,
  runId: string,
): void {
  const { blockId, clientId, collect, invoiceKey, ticketKey, noticeKey } = recharge;
  const keys = { blockId, clientId, collect, invoiceKey, ticketKey, noticeKey };
  const { approvedMinor, requestedOn } = recharge;
  const state = { state: 'requested', stateAt: at, approvedMinor, requestedOn, attempts: 0 };
  database.insert('recharge', { ...keys, ...state, runId }, 'ON CONFLICT DO NOTHING');
}

/** Of two processes that follow a recharge, the later one decides it again. */
export function requireState(database: Database, { blockId, before }: RechargeChange): void {
  const row = database.row<{ state: string }>(
    'SELECT state FROM recharge WHERE block_id = ?',
    blockId,
  );
  if (row?.state === before) return;
  throw new KindError('transient', `The recharge of block ${blockId} changed in the meantime.`, {
    fix: 'The next run decides it again.',
  });
}

export function changeRecharge(database: Database, change: RechargeChange, at: Instant): void {
  const { blockId, state, collectedOn, isSilenced, chargeKey = null, retry } = change;
  database.run(
    `UPDATE recharge SET state_at = iif(state = ?1, state_at, ?2), state = ?1,
       collected_on = coalesce(collected_on, ?3), charge_key = coalesce(?4, charge_key),
       attempts = attempts + ?5, retry_on = iif(?6 = 1, ?7, retry_on),
       notice_key = coalesce(?8, notice_key)
     WHERE block_id = ?9`,
    state,
    at,
    collectedOn,
    chargeKey,
    Number(chargeKey !== null),
    Number(retry !== undefined),
    retry?.on ?? null,
    retry?.noticeKey ?? null,
    blockId,
  );
  if (!isSilenced) return;
  database.run(
    `UPDATE push_message SET status = 'cancelled', settled_at = ?,
       last_error = 'The recharge ended before it was announced.'
     WHERE kind = 'ticket-note' AND status IN ('pending', 'claimed')
       AND create_attempted_at IS NULL
       AND after_key = (SELECT ticket_key FROM recharge WHERE block_id = ?)`,
    at,
    blockId,
  );
}
