import { sharesIn } from '../../domain/agreements/shares.ts';
import { type Client, payerOf } from '../../domain/agreements/terms.ts';
import { moveShare } from '../../domain/blocks/allocation.ts';
import { type Account, holdBlock } from '../../domain/ledger/postings.ts';
import type { ClientLedger } from './debit.ts';

/**
 * A working copy of a client's balances, for deciding a batch. `sharers` are all configured clients
 * with a share: those that this client pays for are limited to it.
 */
export function accountFrom(ledger: ClientLedger, sharers: readonly Client[]): Account {
  const { clientId, overageSeconds, sharedUse } = ledger;
  const shares = sharesIn(sharers.filter((client) => payerOf(client).id === clientId));
  const ordered = ledger.blocks.filter(({ status }) => status === 'ordered');
  const orderedBlocks = new Set(ordered.map(({ id }) => id));
  const account: Account = { clientId, overageSeconds, blocks: [], orderedBlocks, shares };
  for (const block of ledger.blocks) {
    if (block.status === 'ordered') continue;
    const held = holdBlock(account, block);
    held.remainingSeconds = block.remainingSeconds;
    held.remainingMinor = block.remainingMinor;
    held.isActive = block.status === 'active';
  }
  for (const { blockId, clientId: usedBy, used } of sharedUse) {
    const held = account.blocks.find(({ id }) => id === blockId);
    if (held !== undefined) moveShare(held, usedBy, -used);
  }
  return account;
}
