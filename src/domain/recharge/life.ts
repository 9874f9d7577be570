/** The life of a recharge, from what is known of its block, its invoice and its charge. */

import { isFullyPaid, type SoldInvoice } from '../blocks/order.ts';
import type { PaymentRow } from '../records/rows.ts';

/**
 * requested: decided; submitted: the PSA has the invoice, or the provider is asked for the charge;
 * collected: paid; failed: declined; returned: it was paid and no longer is; ended: nothing will be
 * collected.
 */
export type RechargeState =
  | 'requested'
  | 'submitted'
  | 'collected'
  | 'failed'
  | 'returned'
  | 'ended';

/** The last charge at a payment provider, as last read. */
export type Charge = Pick<
  PaymentRow,
  'sourceId' | 'status' | 'amountMinor' | 'reversedMinor' | 'reason' | 'failure' | 'settledOn'
>;

interface RechargeFacts {
  state: RechargeState;
  /** Of its ordered block. */
  blockStatus: 'ordered' | 'active' | 'void';
  /** Whether the PSA's invoice is collected, and there is no charge of ours. */
  isByPsa: boolean;
  /** Whether the PSA has the invoice. */
  isDelivered: boolean;
  invoice: SoldInvoice | null;
  /** Charges requested so far. */
  attempts: number;
  /** Whether the provider rejected the last one. */
  isRejected: boolean;
  /** Null: none, or not read yet. */
  charge: Charge | null;
  /** Whether the PSA no longer has the invoice. */
  isGone: boolean;
}

export function nextState(facts: RechargeFacts): RechargeState {
  const { state, blockStatus, invoice, charge } = facts;
  if (charge?.status === 'succeeded') return isReversed(charge) ? 'returned' : 'collected';
  const isUndecided = charge === null ? facts.attempts > 0 : charge.status === 'submitted';
  // A charge under way is followed to its end, whatever became of its block.
  if (isUndecided && !facts.isRejected) return 'submitted';
  if (blockStatus === 'void') return 'ended';
  if (blockStatus === 'active' && isFullyPaid(invoice)) return 'collected';
  if (state === 'collected' || state === 'returned') return invoice === null ? state : 'returned';
  // Hours that were usable on invoice are withdrawn, but their block is kept: it may be invoiced again.
  if (blockStatus === 'ordered' && (facts.isGone || invoice?.isVoid)) return 'ended';
  if (facts.attempts > 0) return 'failed';
  return facts.isByPsa && facts.isDelivered ? 'submitted' : 'requested';
}

/** A partial refund leaves a part of the block. */
function isReversed({ amountMinor, reversedMinor }: Charge): boolean {
  return reversedMinor >= amountMinor;
}

/** The invoice as the charge settles it; until it succeeds, the PSA knows what was paid by hand. */
export function settledBy(charge: Charge | null, invoice: SoldInvoice | null): SoldInvoice | null {
  if (charge?.status !== 'succeeded') return invoice;
  const { amountMinor, reversedMinor } = charge;
  const isPaid = !isReversed(charge);
  const { totalMinor = null, netMinor = null } = invoice ?? {};
  if (totalMinor === null || totalMinor < amountMinor) {
    const paidMinor = amountMinor - reversedMinor;
    const amounts = { totalMinor: amountMinor, netMinor: null, paidMinor };
    return { isPaid, isVoid: false, ...amounts, creditedMinor: reversedMinor };
  }
  // The charge took what was still owed: the rest was paid by hand, or credited, before.
  const creditedMinor =
    Math.min(invoice?.creditedMinor ?? 0, totalMinor - amountMinor) + reversedMinor;
  const paidMinor = totalMinor - creditedMinor;
  return { isPaid, isVoid: false, totalMinor, netMinor, paidMinor, creditedMinor };
}

/** Card schemes and banks tolerate two repetitions of a charge that lacked funds, and none else. */
const attemptsMax = 3;
const coolingDays = 5;

/** Days until a declined charge may be repeated, with a new notice; null: a user decides. */
export function retryAfterDays(
  { attempts, charge }: Pick<RechargeFacts, 'attempts' | 'charge'>,
  noticeDays: number,
): number | null {
  if (charge?.failure !== 'funds' || attempts >= attemptsMax) return null;
  return coolingDaysOf(noticeDays);
}

/** Days between a decline and the next attempt, at least. */
export function coolingDaysOf(noticeDays: number): number {
  return Math.max(coolingDays, noticeDays);
}
