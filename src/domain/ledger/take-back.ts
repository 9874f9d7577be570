import type { LedgerEntry, Posting } from './ledger.ts';
import { type Account, reverseSlices } from './postings.ts';

/**
 * Reverses a block's credit. Usage of it becomes overage, latest first, and its expiry is reversed.
 * Null: hours of it rolled over into another block, so this must be done by hand.
 */
export function takeBackCredit(
  account: Account,
  blockId: string,
  live: readonly LedgerEntry[],
  note: string,
): Posting[] | null {
  const block = account.blocks.find(({ id }) => id === blockId);
  if (block === undefined) throw new Error(`block ${blockId} is in no account`);
  const credits = live.filter(({ side, reason }) => side === 'credit' && reason === 'purchase');
  const needed = credits.reduce((sum, { seconds, minor }) => sum + (minor ?? seconds), 0);
  const uses = live.filter(({ side, reason }) => side === 'debit' && reason !== 'reversal');
  const postings: Posting[] = [];
  while ((block.remainingMinor ?? block.remainingSeconds) < needed) {
    const use = uses.pop();
    if (use === undefined || use.reason === 'rollover') return null;
    postings.push(...reverseSlices(account, [use], note));
    if (use.reason === 'usage' || use.reason === 'adjustment') {
      account.overageSeconds += use.seconds;
      postings.push({
        key: `${use.key}/1`,
        clientId: use.clientId,
        side: 'debit',
        reason: 'overage',
        blockId: null,
        seconds: use.seconds,
        minor: null,
        usedBy: use.usedBy,
        chargeId: use.chargeId,
        reverses: null,
        workedOn: use.workedOn,
        note,
      });
    }
  }
  postings.push(...reverseSlices(account, credits, note));
  block.isActive = false;
  return postings;
}
