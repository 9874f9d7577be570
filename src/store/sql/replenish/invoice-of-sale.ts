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
