import { totalOf } from '../../../domain/blocks/hand-sales.ts';
import { KindError } from '../../../domain/errors.ts';
import { settledBy } from '../../../domain/recharge/life.ts';
import type { InvoiceLine } from '../../../domain/records/rows.ts';
import type { DateText, Instant } from '../../../domain/time.ts';
import type { MessageStatus, Order, ReplenishBatch, SalesHold } from '../../port.ts';
import type { Database } from '../database.ts';
import { blockColumns, fromStoredBlock, type StoredBlock } from '../ledger/balances.ts';
import { addInvoiceBlock } from './hand-sales.ts';
import {
  type InvoiceColumns,
  invoiceColumns,
  invoiceIdOf,
  isMissing,
  isStanding,
  takeInvoice,
} from './invoice-of-sale.ts';
import { type ChargeColumns, chargeColumns, chargeOfRecharge, takeCharge } from './recharges.ts';

interface OrderColumns extends ChargeColumns, InvoiceColumns {
  messageStatus: MessageStatus | null;
  label: string | null;
  soldSeconds: number | null;
  soldMinor: number | null;
  /** For a block sold by an invoice that is not ours. */
  product: string | null;
  lines: string | null;
  paidOn: DateText | null;
  isGone: number;
  wasCredited: number;
}

/**
 * An invoice read before its delivery was complete says nothing: it may have been half written.
 * This does not depend on a clock, which may be set back.
 */
const isReadSince = '(h.block_id IS NOT NULL OR m.is_unread = 0)';

/** Active blocks whose invoice may have changed since they were credited. */
const isDoubtful = `b.status = 'active' AND (g.message_key IS NOT NULL OR i.is_void = 1
  OR (b.activate = 'on-payment' AND i.is_paid = 0) OR i.credited_minor > 0 OR y.reversed_minor > 0
  OR i.net_minor <> CAST(m.payload ->> '$.totalMinor' AS INTEGER) OR b.seconds <> CAST(m.payload ->> '$.seconds' AS INTEGER)
  OR b.amount_minor <> CAST(m.payload ->> '$.totalMinor' AS INTEGER))`;

/** What was found missing before an order was closed says nothing of its invoice today. */
const isLookedFor = "b.status <> 'void'";

/**
 * Closed without ever giving hours, and paid in the PSA. What an undo closed is withdrawn by it, and what
 * a charge of ours paid is followed with its recharge.
 */
const isLate = `b.status = 'void' AND ${isStanding} AND (i.is_paid = 1 OR i.paid_minor > 0)
  AND y.status IS DISTINCT FROM 'succeeded'
  AND NOT EXISTS (SELECT 1 FROM ledger l WHERE l.key = 'purchase:' || b.id)
  AND NOT EXISTS (SELECT 1 FROM undone_block u WHERE u.block_id = b.id)`;

/** A sale by hand and the service may decide at the same time: a client gets one order. */
export function refuseOtherOrders(
  database: Database,
  { expectedOrders = [], blocks }: ReplenishBatch,
): void {
  for (const { clientId, blockIds } of expectedOrders) {
    const known = new Set([...blockIds, ...blocks.map(({ id }) => id)]);
    const rows = database.rows<{ id: string }>(
      "SELECT id FROM block WHERE client_id = ? AND status = 'ordered'",
      clientId,
    );
    if (rows.every(({ id }) => known.has(id))) continue;
    throw new KindError('transient', 'Another process sold a block to this client meanwhile.', {
      fix: 'Try again; the next run goes on from there.',
    });
  }
}

export function readOrders(database: Database): Order[] {
  const rows = database.rows<StoredBlock & OrderColumns>(
    `SELECT ${blockColumns}, iif(h.block_id IS NULL, m.status, 'delivered') AS messageStatus,
       coalesce(m.remote_label, m.remote_id, i.number, h.invoice_id) AS label,
       coalesce(h.seconds, CAST(m.payload ->> '$.seconds' AS INTEGER)) AS soldSeconds,
       coalesce(h.total_minor, CAST(m.payload ->> '$.totalMinor' AS INTEGER)) AS soldMinor,
       h.product, i.lines,
       ${invoiceColumns}, i.paid_on AS paidOn, ${chargeColumns}, g.message_key IS NOT NULL AS isGone,
       EXISTS (SELECT 1 FROM ledger l WHERE l.key = 'purchase:' || b.id) AS wasCredited
     FROM block b LEFT JOIN push_message m ON m.key = b.invoice_key
     LEFT JOIN invoice_block h ON h.block_id = b.id
     LEFT JOIN recharge r ON r.block_id = b.id AND r.charge_key IS NOT NULL
     LEFT JOIN push_message k ON k.key = r.charge_key
     LEFT JOIN mirror_payment y ON ${chargeOfRecharge}
     LEFT JOIN mirror_invoice i ON i.connection = coalesce(h.connection, m.connection)
       AND i.source_id = ${invoiceIdOf('h.invoice_id')} AND ${isReadSince}
     LEFT JOIN invoice_missing g ON g.message_key = b.invoice_key
       AND ${isLookedFor} AND ${isMissing}
     WHERE b.source <> 'overage' AND (b.status = 'ordered' OR ${isDoubtful}
       OR (b.status = 'active' AND h.block_id IS NOT NULL) OR ${isLate})
     ORDER BY b.client_id, b.purchased_on, b.id`,
  );
  return rows.map((columns) => {
    const { charge, rest: row } = takeCharge(columns);
    const { messageStatus, label, soldSeconds, soldMinor, paidOn, ...others } = row;
    const { isGone, wasCredited, product, lines, ...rest } = others;
    const { invoice, rest: block } = takeInvoice(rest);
    const isSold = soldSeconds !== null && soldMinor !== null;
    const netMinor = product === null ? invoice?.netMinor : netOf(block, product, lines);
    return {
      block: fromStoredBlock(block),
      messageStatus,
      label,
      paidOn: charge?.settledOn ?? paidOn,
      sold: isSold ? { seconds: soldSeconds, totalMinor: soldMinor } : null,
      invoice: settledBy(charge, invoice && { ...invoice, netMinor: netMinor ?? null }),
      isGone: isGone === 1,
      wasCredited: wasCredited === 1,
    };
  });
}

/**
 * Only of the lines with the product; unknown for money, which may be sold at a different price.
 */
function netOf(
  { amountMinor }: Pick<StoredBlock, 'amountMinor'>,
  product: string,
  lines: string | null,
): number | null {
  if (lines === null || amountMinor !== null) return null;
  const all = JSON.parse(lines) as InvoiceLine[];
  return totalOf(all.filter((line) => line.product === product));
}

export function readSalesHolds(database: Database): SalesHold[] {
  return database.rows<SalesHold>(
    'SELECT client_id AS clientId, reason, since FROM sales_hold ORDER BY client_id',
  );
}

/** Writes a batch's changes to ordered blocks and sales holds. */
export function writeOrders(
  database: Database,
  {
    at,
    runId,
    blockTerms = [],
    invoiceBlocks = [],
    salesHolds = [],
    releasedHolds = [],
  }: ReplenishBatch,
): void {
  for (const { id, seconds, amountMinor, purchasedOn, expiresOn, activate } of blockTerms) {
    const terms = { seconds, amountMinor, purchasedOn, expiresOn, activate };
    database.update('block', { id }, terms);
  }
  for (const block of invoiceBlocks) addInvoiceBlock(database, block);
  for (const { clientId, reason } of salesHolds) {
    const hold = { clientId, reason, since: at, runId };
    database.insert('sales_hold', hold, 'ON CONFLICT DO NOTHING');
  }
  for (const clientId of releasedHolds) database.remove('sales_hold', { clientId });
}

/** Records whether the invoice of an order was found by its ID: one that we sent, or that was booked. */
export function noteInvoice(
  database: Database,
  messageKey: string,
  at: Instant,
  isThere: boolean,
): void {
  if (isThere) database.remove('invoice_missing', { messageKey });
  else {
    database.run(
      `INSERT INTO invoice_missing (message_key, first_at, last_at) VALUES (?1, ?2, ?2)
       ON CONFLICT (message_key) DO UPDATE SET last_at = excluded.last_at`,
      messageKey,
      at,
    );
  }
}
