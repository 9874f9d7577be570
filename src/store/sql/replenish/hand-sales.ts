import type { InvoiceLine } from '../../../domain/records/rows.ts';
import type { InvoiceBlock, OpenInvoice } from '../../port.ts';
import type { Database } from '../database.ts';
import { isStanding } from './invoice-of-sale.ts';

export function readForeignInvoices(database: Database): OpenInvoice[] {
  const rows = database.rows<Omit<OpenInvoice, 'lines'> & { lines: string }>(
    `SELECT i.connection, i.source_id AS sourceId, i.number, i.currency, i.issued_on AS issuedOn,
       i.lines, s.client_id AS clientId, max(f.value, c.created_at) AS liveSince,
       (SELECT count(DISTINCT u.run_id) FROM undone_block u JOIN block b ON b.id = u.block_id
        WHERE substr(b.key, 1, length(i.connection || i.source_id) + 7)
          = 'sold:' || i.connection || ':' || i.source_id || ':') AS timesUndone
     FROM connection_memory f CROSS JOIN mirror_invoice i
     JOIN client_source s ON s.connection = i.connection AND s.source_id = i.client_id
     JOIN client c ON c.id = s.client_id
     WHERE f.connection = '' AND f.key = 'first-live-run' AND i.lines IS NOT NULL
       AND i.issued_on IS NOT NULL AND i.reference IS NULL AND ${isStanding}
       AND NOT EXISTS (SELECT 1 FROM push_message m WHERE m.kind = 'invoice'
         AND m.connection = i.connection AND m.remote_id IN (i.source_id, i.sale_id))
       AND NOT EXISTS (SELECT 1 FROM invoice_block h
         WHERE h.connection = i.connection AND h.invoice_id = i.source_id
           AND NOT EXISTS (SELECT 1 FROM undone_block u WHERE u.block_id = h.block_id))
     ORDER BY i.issued_on, i.connection, i.source_id`,
  );
  return rows.map((row) => ({ ...row, lines: JSON.parse(row.lines) as InvoiceLine[] }));
}

/** An invoice whose block was undone sells the new one from now on. */
export function addInvoiceBlock(database: Database, block: InvoiceBlock): void {
  const { blockId, connection, invoiceId, product, seconds, totalMinor } = block;
  const sold = { connection, invoiceId, product };
  database.upsert('invoice_block', sold, { blockId, seconds, totalMinor });
}
