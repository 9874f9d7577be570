import type { Client } from '../../domain/agreements/terms.ts';
import type { Format } from '../../domain/format.ts';
import { moneyLeftIn } from '../../domain/thresholds/thresholds.ts';
import type { Store } from '../../store/port.ts';
import { accountFrom } from '../../store/port.ts';

/** A client with a balance in the ledger that was removed from the config. */
export interface LeftClient {
  id: string;
  name: string;
  settledSeconds: number;
  /** Minor units by currency, left in money blocks. */
  moneyLeft: ReadonlyMap<string, number>;
  overageSeconds: number;
  /** A block that was ordered but is not usable yet. */
  hasOrder: boolean;
}

export const leftClientFix =
  'Add the client to `clients` again. To close its account, void its blocks with `prepaid-hours block void` before you remove it.';

/** Finds known clients that are no longer configured but have, owe or expect hours. */
export async function readLeftClients(
  store: Store,
  configured: readonly { name: string }[],
  identified: readonly Client[],
): Promise<LeftClient[]> {
  const ids = new Set(identified.map(({ id }) => id));
  const names = new Set(configured.map(({ name }) => name));
  const gone = (await store.listClients()).filter(
    ({ id, name }) => !ids.has(id) && !names.has(name),
  );
  if (gone.length === 0) return [];
  const ledgers = await store.readLedgers(
    gone.map(({ id }) => id),
    { isAllBlocks: true },
  );
  return ledgers.flatMap((ledger) => {
    const active = ledger.blocks.filter(({ status }) => status === 'active');
    const left: LeftClient = {
      id: ledger.clientId,
      name: gone.find(({ id }) => id === ledger.clientId)?.name ?? ledger.clientId,
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
  return `"${left.name}" is not in the config but still ${parts.join(', ')}.`;
}
