import { sharersOf } from '../domain/agreements/shares.ts';
import { isScheduled } from '../domain/blocks/validity.ts';
import { payOffOverage } from '../domain/ledger/postings.ts';
import { creditPurchase } from '../domain/ledger/purchase.ts';
import { dateInZone } from '../domain/time.ts';
import { accountFrom, emptyBatch } from '../store/port.ts';
import type { DebitContext } from './context.ts';

/**
 * Credits the blocks whose first day has come; they pay earlier overage first. Returns the count.
 */
export async function beginBlocks({
  store,
  clients,
  runId,
  at,
}: Pick<DebitContext, 'store' | 'clients' | 'runId' | 'at'>): Promise<number> {
  const scheduled = (await store.readOrders()).map(({ block }) => block).filter(isScheduled);
  let begun = 0;
  for (const block of scheduled) {
    const client = clients.find(({ id }) => id === block.clientId);
    if (client === undefined || block.purchasedOn > dateInZone(at, client.timezone)) continue;
    const [ledger] = await store.readLedgers([client.id], { isAllBlocks: true });
    if (ledger === undefined) continue;
    const account = accountFrom(ledger, sharersOf(clients));
    const purchase = creditPurchase(account, block, block.source === 'opening' ? 'opening' : null);
    const overage = await store.readOpenOverage(client.id);
    await store.writeReplenish({
      ...emptyBatch({ at, runId }),
      expected: [ledger],
      blockStatuses: [{ blockId: block.id, status: 'active' }],
      postings: [purchase, ...payOffOverage(account, overage)],
    });
    begun += 1;
  }
  return begun;
}
