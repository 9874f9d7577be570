import type { ChargeFacts } from '../domain/charges/charge-facts.ts';
import type { ChargeGroup, EntryPlace, KeptPart, PostedCharge, UndoBatch } from '../store/port.ts';
import type { UndoContext } from './context.ts';

/** The undo of a group in which the run posted a charge. */
export interface ChargeUndo {
  group: ChargeGroup;
  /** The run's charge, to be withdrawn; null: the run had withdrawn one. */
  standing: PostedCharge | null;
  /** The charge before the run, to be restored; null: none. */
  earlier: PostedCharge | null;
}

export interface ChargeUndoes {
  changes: ChargeUndo[];
  /** Entries that return to the group in which they were charged before the run. */
  entryGroups: UndoBatch['entryGroups'];
  kept: KeptPart[];
  conflicts: string[];
}

/**
 * Finds what the run's charges replaced. Revisions by undone runs and by undos are ignored, so that
 * runs may be undone in any order: the last revision by a run that still counts is current. If that
 * is a later run's, there is nothing left of this run in the group.
 */
export async function findChargeUndoes(
  context: UndoContext,
  groupKeys: readonly string[],
): Promise<ChargeUndoes> {
  const { store, run } = context;
  const histories = Map.groupBy(await store.readChargeHistories(groupKeys), (one) => one.groupKey);
  const ignored = new Set(
    (await store.listUndone()).flatMap(({ runId, undoRunId }) => [runId, undoRunId]),
  );
  const found: ChargeUndoes = { changes: [], entryGroups: [], kept: [], conflicts: [] };
  for (const group of await store.readGroups(groupKeys)) {
    const history = histories.get(group.groupKey) ?? [];
    const counting = history.filter(({ runId }) => !ignored.has(runId));
    const last = counting.at(-1);
    if (last !== undefined && last.runId !== run.id) {
      const { clientId, id, runId: byRun } = last;
      found.kept.push({ kind: 'charge', clientId, id, byRun });
      continue;
    }
    const standing =
      group.factsHash === null ? null : (history.find(({ id }) => id === group.chargeId) ?? null);
    const before = counting.findLast(({ runId }) => runId !== run.id) ?? null;
    const earlier = before === null || factsOf(before).parts.length === 0 ? null : before;
    if (standing !== null || earlier !== null) found.changes.push({ group, standing, earlier });
  }
  await returnEntries(context, found);
  return found;
}

export function factsOf(charge: PostedCharge): ChargeFacts {
  return JSON.parse(charge.facts) as ChargeFacts;
}

/** No entry may be in two current charges: it returns with its charge, or the undo is refused. */
async function returnEntries(context: UndoContext, found: ChargeUndoes): Promise<void> {
  const restored = found.changes.flatMap(({ group, earlier }) =>
    earlier === null ? [] : [{ groupKey: group.groupKey, facts: factsOf(earlier) }],
  );
  const connections = new Set(context.clients.flatMap(({ sourceIds }) => [...sourceIds.keys()]));
  for (const { facts } of restored) connections.add(facts.connection);
  const ids = new Set(restored.flatMap(({ facts }) => facts.parts.map(({ entryId }) => entryId)));
  const wanted = [...connections].flatMap((connection) =>
    [...ids].map((sourceId) => ({ connection, sourceId })),
  );
  const known = await context.store.readEntryPlaces(wanted);
  const places = Map.groupBy(known, (one) => one.entryId);
  const taken = await chargingGroups(context, known, found);
  const entryGroups: ChargeUndoes['entryGroups'][number][] = [];
  for (const { groupKey, facts } of restored) {
    for (const part of facts.parts) {
      const place = placeOf(part, facts.connection, places.get(part.entryId) ?? []);
      if (place === undefined || place.groupKey === groupKey) continue;
      if (place.groupKey === null || !taken.has(place.groupKey)) {
        const { connection } = place;
        entryGroups.push({ connection, entryId: part.entryId, groupKey, isCharged: true });
        continue;
      }
      found.conflicts.push(
        `Time entry ${part.entryId} of charge ${groupKey} is now charged in ${place.groupKey}: first undo the run that put it there (see \`explain ${part.entryId}\`).`,
      );
    }
  }
  found.entryGroups = entryGroups;
}

/** Groups of the entries with a current charge that this undo does not change. */
async function chargingGroups(
  { store }: UndoContext,
  places: readonly EntryPlace[],
  { changes }: ChargeUndoes,
): Promise<Set<string>> {
  const changing = new Set(changes.map(({ group }) => group.groupKey));
  const keys = new Set(places.flatMap(({ groupKey }) => groupKey ?? []));
  const others = await store.readGroups([...keys].filter((key) => !changing.has(key)));
  return new Set(
    others.filter(({ factsHash }) => factsHash !== null).map(({ groupKey }) => groupKey),
  );
}

/** A daily charge may include several connections with equal IDs; the timestamp then decides. */
function placeOf(
  { startedAt }: { startedAt: string },
  connection: string,
  places: readonly EntryPlace[],
): EntryPlace | undefined {
  const own = places.find((place) => place.connection === connection);
  if (own?.startedAt === startedAt) return own;
  return places.find((place) => place.startedAt === startedAt) ?? own;
}
