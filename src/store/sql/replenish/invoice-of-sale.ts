import type { SoldInvoice } from '../../../domain/blocks/order.ts';

/**
 * The mirrored invoice of a sale `m`, by the ID that the push stored; by our key only if no row has
 * that ID.
 */
export const invoiceOfSale = `i.connection = m.connection AND i.source_id = ${invoiceIdOf('NULL')}`;

/** The ID of a sale's invoice, if not already known. */
export function invoiceIdOf(known: string): string {
  return `coalesce(${known},
  (SELECT k.source_id FROM mirror_invoice k
   WHERE k.connection = m.connection AND k.sale_id = m.remote_id
   ORDER BY k.is_void, k.is_paid DESC, k.source_id LIMIT 1),
  (SELECT k.source_id FROM mirror_invoice k
   WHERE k.reference = m.key AND k.connection = m.connection
   ORDER BY k.is_void, k.is_paid DESC, k.source_id LIMIT 1))`;
}

/** One miss proves nothing: two looks this far apart do. */
const betweenLooks = '-1 hours';

/** Of a row of `invoice_missing`, as `g`. */
export const isMissing = `g.first_at <= strftime('%Y-%m-%dT%H:%M:%fZ', g.last_at, '${betweenLooks}')`;

/**
 * Of `mirror_invoice i`: neither void nor credited as a whole, which is as good as void: nobody pays it
 * any more, and what was paid is given back.
 */
export const isStanding = `i.is_void = 0
       AND (i.total_minor > 0 AND i.credited_minor >= i.total_minor) IS NOT TRUE`;

/** Null: it was not read yet. */
export const invoiceColumns = `i.is_paid AS isPaid, iif(${isStanding}, 0, 1) AS isVoid,
       i.total_minor AS totalMinor, i.net_minor AS netMinor, i.paid_minor AS paidMinor,
       i.credited_minor AS creditedMinor`;

type Flags = 'isPaid' | 'isVoid';
export type InvoiceColumns = { [flag in Flags]: number | null } & Omit<SoldInvoice, Flags>;

export function takeInvoice<Row extends InvoiceColumns>({
  isPaid,
  isVoid,
  totalMinor,
  netMinor,
  paidMinor,
  creditedMinor,
  ...rest
}: Row): { invoice: SoldInvoice | null; rest: Omit<Row, keyof InvoiceColumns> } {
  const amounts = { totalMinor, netMinor, paidMinor, creditedMinor };
  const invoice =
    isPaid === null ? null : { isPaid: isPaid === 1, isVoid: isVoid === 1, ...amounts };
  return { invoice, rest };
}
