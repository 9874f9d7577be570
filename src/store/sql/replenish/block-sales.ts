import type { BlockSale } from '../../port.ts';
import type { Database } from '../database.ts';
import { invoiceIdOf } from './invoice-of-sale.ts';

type Columns = Omit<BlockSale, 'invoiced'> & {
  soldSeconds: number | null;
  soldMinor: number | null;
};

/** An alert that was withheld, withdrawn or never sent told nobody. */
const isTold = `a.kind = 'alert-ticket' AND a.key LIKE 'ph:alert:%' AND a.status = 'delivered'`;

export function readBlockSales(database: Database, clientIds: string): BlockSale[] {
  const rows = database.rows<Columns>(
    `SELECT b.id AS blockId, coalesce(h.seconds, CAST(m.payload ->> '$.seconds' AS INTEGER)) AS soldSeconds,
       coalesce(h.total_minor, CAST(m.payload ->> '$.totalMinor' AS INTEGER)) AS soldMinor,
       coalesce(m.remote_label, m.remote_id, i.number, h.invoice_id) AS label,
       b.created_at AS orderedAt, coalesce(r.collected_on, i.paid_on) AS paidOn,
       (SELECT min(a.created_at) FROM push_message a
        WHERE a.client_id = b.client_id AND ${isTold} AND a.created_at <= b.created_at
          AND a.created_at > coalesce((SELECT max(l.posted_at) FROM ledger l
            WHERE l.client_id = b.client_id AND l.reason = 'purchase'
              AND l.posted_at < b.created_at), '')) AS lowAt
     FROM json_each(?) k JOIN block b ON b.client_id = k.value
     LEFT JOIN push_message m ON m.key = b.invoice_key AND b.source IN ('purchase', 'overage')
     LEFT JOIN invoice_block h ON h.block_id = b.id
     LEFT JOIN recharge r ON r.block_id = b.id
     LEFT JOIN mirror_invoice i ON i.connection = coalesce(h.connection, m.connection)
       AND i.source_id = ${invoiceIdOf('h.invoice_id')}
     ORDER BY b.id`,
    clientIds,
  );
  return rows.map(({ soldSeconds, soldMinor, ...row }) => ({
    ...row,
    invoiced:
      soldSeconds === null || soldMinor === null
        ? null
        : { seconds: soldSeconds, totalMinor: soldMinor },
  }));
}
