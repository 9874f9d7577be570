import { familyOf } from '../domain/agreements/shares.ts';
import type { Client } from '../domain/agreements/terms.ts';
import { addDays, type DateText, dateInZone, startOfDay } from '../domain/time.ts';
import type { ReplenishContext } from './context.ts';

/**
 * The last day of charged work, null if there is none, of the clients whose rules ask for it. Empty
 * while work waits to be debited: it may be theirs.
 */
export async function readLastWorked(
  { store, at, clients: all }: Pick<ReplenishContext, 'store' | 'at' | 'clients'>,
  clients: readonly Client[],
): Promise<Map<string, DateText | null>> {
  const asked = clients.filter(({ agreement, paidBy }) => {
    return paidBy === null && agreement.replenish.some(({ when }) => 'idleDays' in when);
  });
  const lastWorked = new Map<string, DateText | null>();
  if (asked.length === 0 || (await store.takeDirty(1)).length > 0) return lastWorked;
  for (const client of asked) {
    const family = familyOf(client, all).map(({ id }) => id);
    const days = client.agreement.replenish.flatMap(({ when }) => {
      return 'idleDays' in when ? when.idleDays : [];
    });
    // Work of these days was also posted in them, which spares a busy client's whole history.
    const from = addDays(dateInZone(at, client.timezone), -Math.min(...days));
    const recent = await store.readLastWork(family, startOfDay(from, client.timezone));
    const isRecent = recent !== null && recent > from;
    lastWorked.set(client.id, isRecent ? recent : await store.readLastWork(family, ''));
  }
  return lastWorked;
}
