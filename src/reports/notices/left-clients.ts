import type { Client } from '../../domain/agreements/terms.ts';
import type { Format } from '../../domain/format.ts';
import { moneyLeftIn } from '../../domain/thresholds/thresholds.ts';
import type { Store } from '../../store/port.ts';
import { accountFrom } from '../../store/port.ts';

/**
 * A client with a balance in the ledger that no run looks at: it was removed from the config, or
 * another client pays for it now.
 */
export interface LeftClient {
  id: string;
  name: string;
  /** The client that pays for it; null: it is not in the config. */
  paidBy: string | null;
  settledSeconds: number;
  /** Minor units by currency, left in money blocks. */
  moneyLeft: ReadonlyMap<string, number>;
  overageSeconds: number;
  /** A block that was ordered but is not usable yet. */
  hasOrder: boolean;
}

export function leftClientFix({ paidBy }: LeftClient): string {
  return paidBy === null
    ? 'Add the client to `clients` again. To close its account, void its blocks with `prepaid-hours block void` before you remove it.'
    : 'Remove its `paidBy` until its account is used up. To close the account, void its blocks with `prepaid-hours block void` while it has no `paidBy`, and give the hours to the client that pays.';
}

/** Finds known clients that have, owe or expect hours in an account that nothing uses. */
export async function readLeftClients(
  store: Store,
  configured: readonly { name: string }[],
  identified: readonly Client[],
): Promise<LeftClient[]> {
  const ids = new Set(identified.map(({ id }) => id));
  const names = new Set(configured.map(({ name }) => name));
  const gone = (await store.listClients())
    .filter(({ id, name }) => !ids.has(id) && !names.has(name))
    .map(({ id, name }) => ({ id, name, paidBy: null }));
  const paidFor = identified.flatMap(({ id, name, paidBy }) =>
    paidBy === null ? [] : [{ id, name, paidBy: paidBy.name }],
  );
  const unused = new Map([...gone, ...paidFor].map((client) => [client.id, client]));
  if (unused.size === 0) return [];
  const ledgers = await store.readLedgers([...unused.keys()], { isAllBlocks: true });
  return ledgers.flatMap((ledger) => {
    const client = unused.get(ledger.clientId);
    if (client === undefined) return [];
    const active = ledger.blocks.filter(({ status }) => status === 'active');
    const left: LeftClient = {
      ...client,
      settledSeconds: active.reduce((sum, block) => sum + block.remainingSeconds, 0),
      moneyLeft: moneyLeftIn(accountFrom(ledger, []).blocks),
      overageSeconds: ledger.overageSeconds,
      hasOrder: ledger.blocks.some(({ status }) => status === 'ordered'),
    };
    const hasMoney = [...left.moneyLeft.values()].some((minor) => minor > 0);
    const isOpen = left.settledSeconds > 0 || hasMoney || left.overageSeconds > 0 || left.hasOrder;
    return isOpen ? [left] : [];
  });
}

/** `Martin is not in the config but still has 6 h left.` */
export function leftClientText(left: LeftClient, format: Format): string {
  const parts = [
    ...(left.settledSeconds > 0 ? [`has ${format.duration(left.settledSeconds)} left`] : []),
    ...[...left.moneyLeft]
      .filter(([, minor]) => minor > 0)
      .map(([currency, minor]) => `has ${format.money(minor, currency)} left`),
    ...(left.overageSeconds > 0 ? [`owes ${format.duration(left.overageSeconds)} of overage`] : []),
    ...(left.hasOrder ? ['has an open order'] : []),
  ];
  const account =
    left.paidBy === null
      ? 'is not in the config but'
      : `is paid for by "${left.paidBy}" but its own account`;
  return `"${left.name}" ${account} still ${parts.join(', ')}.`;
}
