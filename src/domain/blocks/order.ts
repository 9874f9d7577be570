/** What an ordered block is worth by its invoice, as the PSA shows it. */

export interface SoldInvoice {
  isPaid: boolean;
  isVoid: boolean;
  totalMinor: number | null;
  /** Before tax. */
  netMinor: number | null;
  paidMinor: number | null;
  creditedMinor: number | null;
}

export interface OrderTerms {
  activate: 'at-once' | 'on-invoice' | 'on-payment';
  isDelivered: boolean;
  /** Price of what was ordered, before tax. */
  orderedMinor: number;
  /** Null: not read yet, or not shown. */
  invoice: SoldInvoice | null;
  /** The PSA no longer has it. */
  isGone: boolean;
}

export type OrderState =
  | { state: 'waiting' }
  | { state: 'ended'; why: 'void' | 'gone' }
  /** Its amount is no longer that of the order, and hours for it are a person's decision. */
  | { state: 'review'; netMinor: number }
  /** `worthMinor`: how much of the ordered price the client pays, or has paid, in money. */
  | { state: 'usable'; worthMinor: number };

/** A credit, a part payment or an edited invoice never gives hours that no money was paid for. */
export function readOrder(terms: OrderTerms): OrderState {
  const { activate, isDelivered, orderedMinor, invoice, isGone } = terms;
  if (activate === 'at-once') return { state: 'usable', worthMinor: orderedMinor };
  if (!isDelivered) return { state: 'waiting' };
  if (isGone) return { state: 'ended', why: 'gone' };
  if (invoice?.isVoid) return { state: 'ended', why: 'void' };
  if (activate === 'on-payment' && !isSettled(invoice)) return { state: 'waiting' };
  const netMinor = invoice?.netMinor ?? orderedMinor;
  const isRaised = netMinor > orderedMinor && activate === 'on-payment';
  const isEmptied = netMinor === 0 && orderedMinor > 0;
  if (isRaised || isEmptied) return { state: 'review', netMinor };
  const worthMinor = Math.min(orderedMinor, Math.floor(netMinor * paidShare(invoice)));
  return { state: 'usable', worthMinor };
}

/** Nothing of it is owed any more, and some of it came in money. */
function isSettled(invoice: SoldInvoice | null): boolean {
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

/** The part of an ordered block that so much of its price buys. */
export function partOfOrder(
  ordered: { seconds: number; totalMinor: number; isMoney: boolean },
  worthMinor: number,
): { seconds: number; amountMinor: number | null } {
  if (ordered.totalMinor === 0) return { seconds: ordered.seconds, amountMinor: null };
  if (ordered.isMoney) return { seconds: 0, amountMinor: worthMinor };
  const { seconds, totalMinor } = ordered;
  return { seconds: Math.floor((seconds * worthMinor) / totalMinor), amountMinor: null };
}
