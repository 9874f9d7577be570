import { payOffOverage } from '../domain/postings.ts';
import { creditPurchase } from '../domain/purchase.ts';
import { sharersOf } from '../domain/shares.ts';
import type { Order } from '../store/port.ts';
import { accountFrom } from '../store/port.ts';
import type { ReplenishContext, ReplenishOutcome } from './context.ts';

/**
 * Makes bought blocks usable once their invoice stands in the PSA (or is paid there), and withdraws
 * those whose invoice a person cancelled. Returns the clients that still have an order open.
 */
export async function settleOrders(
  context: ReplenishContext,
  outcome: ReplenishOutcome,
): Promise<Set<string>> {
  const open = new Set<string>();
  for (const order of await context.store.readOrders()) {
    const { clientId } = order.block;
    if (order.messageStatus === 'cancelled') await withdraw(context, order);
    else if (isUsable(order)) outcome.posted += await activate(context, order);
    else {
      open.add(clientId);
      continue;
    }
    outcome.changed += 1;
  }
  return open;
}

function isUsable({ block, messageStatus, isPaid }: Order): boolean {
  if (messageStatus !== 'delivered') return false;
  return block.activate === 'on-payment' ? isPaid : true;
}

async function activate(context: ReplenishContext, { block }: Order): Promise<number> {
  const [ledger] = await context.store.readLedgers([block.clientId], { isAllBlocks: true });
  if (ledger === undefined) throw new Error(`block ${block.id} belongs to no known client`);
  const account = accountFrom(ledger, sharersOf(context.clients));
  const postings = [creditPurchase(account, block, block.offer)];
  postings.push(...payOffOverage(account, await context.store.readOpenOverage(block.clientId)));
  await context.store.writeReplenish({
    ...emptyBatch(context),
    expected: [ledger],
    blockStatuses: [{ blockId: block.id, status: 'active' }],
    postings,
  });
  return postings.length;
}

async function withdraw(context: ReplenishContext, { block }: Order): Promise<void> {
  await context.store.writeReplenish({
    ...emptyBatch(context),
    blockStatuses: [{ blockId: block.id, status: 'void' }],
  });
}

export function emptyBatch(context: Pick<ReplenishContext, 'at' | 'runId'>) {
  return {
    at: context.at,
    runId: context.runId,
    expected: [],
    blocks: [],
    blockStatuses: [],
    postings: [],
    episodes: [],
    messages: [],
    superseded: [],
  };
}
