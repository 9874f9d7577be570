import type { InvoiceRow } from './rows.ts';

interface Amounts {
  totalMinor: number | null;
  paidMinor: number | null;
  /** Still owed. */
  dueMinor: number | null;
}

/** The amount of an invoice that was paid, and the amount no longer owed for other reasons. */
export function readPayment({
  totalMinor,
  paidMinor,
  dueMinor,
}: Amounts): Pick<InvoiceRow, 'paidMinor' | 'creditedMinor' | 'isPaid'> {
  const isKnown = totalMinor !== null && paidMinor !== null && dueMinor !== null;
  return {
    paidMinor,
    creditedMinor: isKnown ? Math.max(0, totalMinor - paidMinor - dueMinor) : null,
    // An invoice without lines has nothing to pay, which is not the same as being paid.
    isPaid: totalMinor !== null && totalMinor > 0 && paidMinor !== null && paidMinor >= totalMinor,
  };
}
