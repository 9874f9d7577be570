import type { Posting } from './ledger.ts';
import type { Account } from './postings.ts';
import type { DateText } from './time.ts';

/** Makes a bought block usable: one credit of its whole size, once for a block. */
export function creditPurchase(
  account: Account,
  block: {
    id: string;
    seconds: number;
    priority: number;
    expiresOn: DateText | null;
    purchasedOn: DateText;
    workTypes: readonly string[] | null;
  },
  note: string | null,
): Posting {
  account.blocks.push({ ...block, remainingSeconds: block.seconds, isActive: true });
  return {
    key: `purchase:${block.id}`,
    clientId: account.clientId,
    side: 'credit',
    reason: 'purchase',
    blockId: block.id,
    seconds: block.seconds,
    chargeId: null,
    reverses: null,
    workedOn: block.purchasedOn,
    note,
  };
}
