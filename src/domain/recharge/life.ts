/** The life of a recharge, from what is known of its block and its invoice. */

import { isFullyPaid, type SoldInvoice } from '../blocks/order.ts';

/**
 * requested: decided; submitted: the PSA has the invoice, or the provider the charge; collected:
 * paid; failed: declined; returned: it was paid and no longer is; ended: nothing will be collected.
 */
export type RechargeState =
  | 'requested'
  | 'submitted'
  | 'collected'
  | 'failed'
  | 'returned'
  | 'ended';

interface RechargeFacts {
  state: RechargeState;
  blockStatus: 'ordered' | 'active' | 'void';
  isDelivered: boolean;
  invoice: SoldInvoice | null;
}

/** The next state of a recharge whose invoice in the PSA is collected. */
export function nextState(facts: RechargeFacts): RechargeState {
  const { state, blockStatus, isDelivered, invoice } = facts;
  if (blockStatus === 'void') return 'ended';
  if (blockStatus === 'active' && isFullyPaid(invoice)) return 'collected';
  if (state === 'collected' || state === 'returned') return invoice === null ? state : 'returned';
  return isDelivered ? 'submitted' : 'requested';
}
