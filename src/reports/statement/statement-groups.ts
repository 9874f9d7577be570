import type { LedgerEntry } from '../../domain/ledger/ledger.ts';
import type { Instant } from '../../domain/time.ts';
import type { PostedCharge, Store } from '../../store/port.ts';
import { isWithdrawn } from './charge-changes.ts';
import { factsOf, type GroupPeriod } from './statement-lines.ts';

/** Whether nothing stands in the client's ledger before the period. */
export async function isFirstMonth(
  store: Store,
  clientId: string,
  from: Instant,
): Promise<boolean> {
  for await (const page of store.streamLedger(clientId, null, from, 1)) {
    if (page.length > 0) return false;
  }
  return true;
}

/** Every charge group in the period, in the order of its first row. */
export async function readGroups(
  store: Store,
  from: Instant,
  entries: readonly LedgerEntry[],
  posted: readonly PostedCharge[],
): Promise<GroupPeriod[]> {
  const known = new Map(posted.map((charge) => [charge.id, charge]));
  const chargeIds = entries.flatMap((entry) => entry.chargeId ?? []);
  const missing = [...new Set(chargeIds)].filter((id) => !known.has(id));
  for (const charge of await store.readCharges(missing)) known.set(charge.id, charge);
  const groupKeys = [...new Set([...known.values()].map((charge) => charge.groupKey))].sort();
  const clientIds = new Map<string, Set<string>>();
  for (const { groupKey, clientId } of known.values()) {
    clientIds.set(groupKey, (clientIds.get(groupKey) ?? new Set()).add(clientId));
  }
  const standing = await readStanding(store, clientIds, from);
  const groups = new Map<string, GroupPeriod>();
  for (const groupKey of groupKeys) {
    const before = standing.get(groupKey) ?? null;
    groups.set(groupKey, { before, posted: null, entries: [] });
  }
  for (const charge of posted) {
    const group = groups.get(charge.groupKey);
    if (group && charge.revision > (group.posted?.revision ?? -1)) group.posted = charge;
  }
  for (const entry of entries) {
    if (entry.chargeId === null) continue;
    const groupKey = known.get(entry.chargeId)?.groupKey;
    const group = groupKey === undefined ? undefined : groups.get(groupKey);
    if (group === undefined) throw new Error(`ledger entry ${entry.key} names an unknown charge`);
    group.entries.push(entry);
  }
  return [...groups.values()];
}

/** The charges in effect at that time, without those withdrawn by then. */
async function readStanding(
  store: Store,
  clientIds: ReadonlyMap<string, ReadonlySet<string>>,
  before: Instant,
): Promise<Map<string, { charge: PostedCharge; seconds: number }>> {
  const charges = await store.readChargesBefore([...clientIds.keys()], before);
  const standing = charges.filter(
    (charge) =>
      clientIds.get(charge.groupKey)?.has(charge.clientId) && !isWithdrawn(factsOf(charge)),
  );
  // Work that moved to another client has its last revision there; here, no charge is left.
  return new Map(standing.map((charge) => [charge.groupKey, { charge, seconds: charge.seconds }]));
}
