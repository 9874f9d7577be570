import type { Instant } from '../../../domain/time.ts';
import type { BookedInvoice, Delivery, DoubleInvoice } from '../../port.ts';
import { type Database, listValue } from '../database.ts';
import { invoiceOfSale, isStanding } from '../replenish/invoice-of-sale.ts';

const pageSize = 100;

type StoredDelivery = Omit<Delivery, 'block' | 'mirrored'> & {
  blockId: string | null;
  blockStatus: NonNullable<Delivery['block']>['status'] | null;
  isPaid: number | null;
  isVoid: number | null;
  creditedMinor: number | null;
};

/** By the cache, where a block whose rest is unknown counts as one with hours left. */
const isUsed = `(b.status = 'ordered' OR coalesce(r.remaining_seconds, 1) > 0
  OR coalesce(r.remaining_minor, 0) > 0)`;

/**
 * A threshold is still crossed if nothing was bought since it fired. A block's remaining hours are
 * a cache; if that is empty, an invoice is checked once too often.
 */
const matters = `(m.kind = 'invoice' AND coalesce(b.status, 'active') <> 'void'
    AND (m.created_at >= ?3 OR ${isUsed})
  OR m.kind = 'alert-ticket' AND EXISTS (SELECT 1 FROM episode e
    WHERE e.client_id = m.client_id AND e.is_fired = 1 AND e.fired_at = m.created_at
      AND NOT EXISTS (SELECT 1 FROM ledger l WHERE l.client_id = e.client_id
        AND l.client_seq > e.fired_client_seq AND l.side = 'credit'
        AND l.reason IN ('purchase', 'adjustment'))))`;

/** An undo tells once of the invoice that it cannot withdraw, and the client may pay it later. */
const isUndone = `(m.kind = 'invoice' AND u.status IN ('open', 'by-hand')
  AND (i.source_id IS NULL OR ${isStanding}))`;

export async function* streamDeliveries(
  database: Database,
  connection: string,
  clientIds: readonly string[],
  since: Instant,
): AsyncGenerator<Delivery[], void> {
  for (let after = 0; ; ) {
    const page = database.rows<StoredDelivery>(
      `SELECT m.seq, m.key, m.kind, m.client_id AS clientId, m.payload, m.remote_id AS remoteId,
         m.remote_label AS remoteLabel, m.created_at AS createdAt, b.id AS blockId,
         b.status AS blockStatus, i.is_paid AS isPaid, i.is_void AS isVoid,
         i.credited_minor AS creditedMinor, u.run_id AS undoneRun
       FROM push_message m LEFT JOIN block b ON b.invoice_key = m.key
       LEFT JOIN block_balance r ON r.block_id = b.id
       LEFT JOIN mirror_invoice i ON ${invoiceOfSale}
       LEFT JOIN undo_message u ON u.message_key = m.key
       WHERE m.connection = ?1 AND m.status = 'delivered' AND m.remote_id IS NOT NULL
         AND m.client_id IN (SELECT value FROM json_each(?2)) AND m.seq > ?4
         AND (u.message_key IS NULL AND ${matters} OR ${isUndone})
       ORDER BY m.seq, b.id LIMIT ${pageSize}`,
      connection,
      listValue(clientIds),
      since,
      after,
    );
    const last = page.at(-1);
    if (last === undefined) return;
    // An invoice may have several blocks; the first is shown.
    const messages = page.filter(({ seq }, index) => seq !== page[index - 1]?.seq);
    yield messages.map(({ blockId, blockStatus, isPaid, isVoid, creditedMinor, ...delivery }) => ({
      ...delivery,
      block: blockId === null || blockStatus === null ? null : { id: blockId, status: blockStatus },
      mirrored:
        isPaid === null ? null : { isPaid: isPaid === 1, isVoid: isVoid === 1, creditedMinor },
    }));
    after = last.seq;
  }
}

/** Where a sale is not the invoice itself, but a charge on it, its ID is not the invoice's. */
export function readBookedInvoices(
  database: Database,
  connection: string,
  clientIds: readonly string[],
): BookedInvoice[] {
  const rows = database.rows<
    Omit<BookedInvoice, 'kind' | 'payload'> & { sourceId: string; currency: string }
  >(
    `SELECT b.invoice_key AS key, b.client_id AS clientId, h.invoice_id AS remoteId,
       i.number AS remoteLabel, i.client_id AS sourceId, b.currency
     FROM invoice_block h JOIN block b ON b.id = h.block_id
     JOIN mirror_invoice i ON i.connection = h.connection AND i.source_id = h.invoice_id
       AND i.sale_id = i.source_id
     LEFT JOIN block_balance r ON r.block_id = b.id
     WHERE h.connection = ? AND b.client_id IN (SELECT value FROM json_each(?))
       AND b.status <> 'void' AND ${isUsed} ORDER BY b.id`,
    connection,
    listValue(clientIds),
  );
  return rows.map(({ sourceId, currency, ...row }) => ({
    ...row,
    kind: 'invoice',
    payload: JSON.stringify({ clientId: sourceId, currency }),
  }));
}

export function readDoubleInvoices(
  database: Database,
  connection: string,
  clientIds: readonly string[],
): DoubleInvoice[] {
  return database.rows(
    `SELECT m.key, m.client_id AS clientId,
       string_agg(coalesce(i.number, i.source_id), ', ' ORDER BY i.source_id) AS invoices
     FROM push_message m
     JOIN mirror_invoice i ON i.reference = m.key AND i.connection = m.connection AND i.is_void = 0
     WHERE m.connection = ? AND m.client_id IN (SELECT value FROM json_each(?))
     GROUP BY m.seq HAVING count(*) > 1 ORDER BY m.seq`,
    connection,
    listValue(clientIds),
  );
}
