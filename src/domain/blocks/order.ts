/** The state of an ordered block according to its invoice in the PSA. */

export interface SoldInvoice {
  isPaid: boolean;
  isVoid: boolean;
  totalMinor: number | null;
  /** Before tax. */
  netMinor: number | null;
  paidMinor: number | null;
  creditedMinor: number | null;
}

interface OrderTerms {
  activate: 'at-once' | 'on-invoice' | 'on-payment';
  isDelivered: boolean;
  /** Price of the order, before tax. */
  orderedMinor: number;
  /** Null: not read yet, or not reported. */
  invoice: SoldInvoice | null;
  /** Whether the PSA no longer has it. */
  isGone: boolean;
}

export type OrderState =
  | { state: 'waiting' }
  | { state: 'ended'; why: 'void' | 'gone' }
  /** Its amount no longer matches the order; a user must decide. */
  | { state: 'review'; netMinor: number }
  /** `worthMinor`: how much of the ordered price the client pays, or has paid. */
  | { state: 'usable'; worthMinor: number };

/** A credit, a partial payment or an edited invoice never gives hours that were not paid for. */
export function readOrder(terms: OrderTerms): OrderState {
  const { activate, isDelivered, orderedMinor, invoice, isGone } = terms;
  if (activate === 'at-once') return { state: 'usable', worthMinor: orderedMinor };
  if (!isDelivered) return { state: 'waiting' };
  if (isGone) return { state: 'ended', why: 'gone' };
  if (invoice?.isVoid) return { state: 'ended', why: 'void' };
  if (activate === 'on-payment' && !isFullyPaid(invoice)) return { state: 'waiting' };
  const netMinor = invoice?.netMinor ?? orderedMinor;
  const isRaised = netMinor > orderedMinor && activate === 'on-payment';
  const isEmptied = netMinor === 0 && orderedMinor > 0;
  if (isRaised || isEmptied) return { state: 'review', netMinor };
  const worthMinor = Math.min(orderedMinor, Math.floor(netMinor * paidShare(invoice)));
  // Credited or returned as a whole.
  if (worthMinor === 0 && orderedMinor > 0) return { state: 'ended', why: 'void' };
  return { state: 'usable', worthMinor };
}

/** Nothing is owed any more, and some of it was paid. */
export function isFullyPaid(invoice: SoldInvoice | null): boolean {
  if (invoice === null || invoice.isPaid) return invoice !== null;
  const { totalMinor, paidMinor, creditedMinor } = invoice;
  if (totalMinor === null || !paidMinor || !creditedMinor) return false;
  return paidMinor > 0 && paidMinor + creditedMinor >= totalMinor;
}

function paidShare(invoice: SoldInvoice | null): number {
  const { totalMinor = null, creditedMinor = null } = invoice ?? {};
  if (totalMinor === null || totalMinor <= 0 || creditedMinor === null) return 1;
  return Math.max(0, totalMinor - creditedMinor) / totalMinor;
}

/** The part of an ordered block that this part of its price buys. */
export function partOfOrder(
  ordered: { seconds: number; totalMinor: number; isMoney: boolean },
  worthMinor: number,
): { seconds: number; amountMinor: number | null } {
  if (ordered.totalMinor === 0) return { seconds: ordered.seconds, amountMinor: null };
  if (ordered.isMoney) return { seconds: 0, amountMinor: worthMinor };
  const { seconds, totalMinor } = ordered;
  return { seconds: Math.floor((seconds * worthMinor) / totalMinor), amountMinor: null };
}
