import type { BoughtBlock } from '../blocks/allocation.ts';
import type { Posting } from './ledger.ts';
import { type Account, holdBlock } from './postings.ts';

/**
 * Makes a bought block usable: one credit of its full size, once per block. `round` distinguishes
 * it from an earlier credit that was reversed.
 */
export function creditPurchase(
  account: Account,
  block: BoughtBlock,
  note: string | null,
  round: number | null = null,
): Posting {
  holdBlock(account, block);
  return {
    key: `purchase:${block.id}${round === null ? '' : `:${round}`}`,
    clientId: account.clientId,
    side: 'credit',
    reason: 'purchase',
    blockId: block.id,
    seconds: block.seconds,
    minor: block.amountMinor,
    usedBy: null,
    chargeId: null,
    reverses: null,
    workedOn: block.purchasedOn,
    note,
  };
}
