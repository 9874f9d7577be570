import { burnHistoryFrom, forecastBlocks, usageSince } from '../domain/burn-history.ts';
import type { BurnHistory } from '../domain/pace.ts';
import type { Account } from '../domain/postings.ts';
import { familyOf } from '../domain/shares.ts';
import type { Client } from '../domain/terms.ts';
import { moneyLeftIn, type Position } from '../domain/thresholds.ts';
import { type DateText, dateInZone } from '../domain/time.ts';
import type { ClientLedger } from '../store/port.ts';
import type { ReplenishContext } from './context.ts';

/** How the hours were used, of those clients whose agreement looks at the forecast. */
export async function readHistories(
  { store, at, clients: all }: Pick<ReplenishContext, 'store' | 'at' | 'clients'>,
  clients: readonly Client[],
  ledgers: readonly ClientLedger[],
): Promise<Map<string, BurnHistory>> {
  const histories = new Map<string, BurnHistory>();
  for (const client of clients) {
    if (client.paidBy !== null) continue;
    if (!client.agreement.replenish.some(({ when }) => 'runOutWithinDays' in when)) continue;
    const today = dateInZone(at, client.timezone);
    const family = familyOf(client, all).map(({ id }) => id);
    const usage = await store.readUsage(family, usageSince(today));
    const blocks = ledgers.find(({ clientId }) => clientId === client.id)?.blocks ?? [];
    histories.set(client.id, burnHistoryFrom(usage, client, blocks, today));
  }
  return histories;
}

/**
 * What the levels are measured on, once what has expired is taken off. A block that only now came to be,
 * by rolling over, is as large as what is in it.
 */
export function positionOf(
  account: Account,
  ledger: ClientLedger,
  known: { today: DateText; pendingSeconds: number; history: BurnHistory | null },
): Position {
  const { today, pendingSeconds, history } = known;
  const { overageSeconds } = account;
  const settledSeconds = account.blocks
    .filter((block) => block.isActive)
    .reduce((sum, block) => sum + block.remainingSeconds, 0);
  const sizes = new Map(ledger.blocks.map((block) => [block.id, block.seconds]));
  return {
    today,
    balances: { settledSeconds, overageSeconds, pendingSeconds },
    blocks: account.blocks.map((block) => ({
      ...block,
      seconds: sizes.get(block.id) ?? block.remainingSeconds,
    })),
    moneyLeft: moneyLeftIn(account.blocks),
    forecast: (balance) => {
      const owed = overageSeconds + (balance === 'projected' ? pendingSeconds : 0);
      return history === null ? null : forecastBlocks(history, account.blocks, owed);
    },
  };
}
