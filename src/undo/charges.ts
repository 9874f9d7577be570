import type { ChargeFacts } from '../domain/charges/charge-facts.ts';
import type { ChargeGroup, EntryPlace, Kept, PostedCharge, UndoBatch } from '../store/port.ts';
import type { UndoContext } from './context.ts';

/** What becomes of a group that the run posted a charge of. */
export interface ChargeUndo {
  group: ChargeGroup;
  /** The run's charge, which is withdrawn; null: it had itself withdrawn one. */
  standing: PostedCharge | null;
  /** The charge that stood before the run, and stands again; null: none. */
  earlier: PostedCharge | null;
}

export interface ChargeUndoes {
  changes: ChargeUndo[];
  /** Entries that go back to the group in which they were charged before the run. */
  entryGroups: UndoBatch['entryGroups'];
  kept: Kept[];
  conflicts: string[];
}

/**
 * Finds what the run's charges replaced. Revisions by undone runs, and by the undoing of them, count
 * for nothing, so that runs may be undone in any order: what stands is the last revision by a run that
 * still counts. Where that is a later run's, nothing of this one is left of the group.
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

/** No entry may be in two standing charges: it goes back with its charge, or the undo is refused. */
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
        `Time entry ${part.entryId} of charge ${groupKey} is charged in ${place.groupKey} by now: undo the run that put it there first (\`explain ${part.entryId}\` shows it).`,
      );
    }
  }
  found.entryGroups = entryGroups;
}

/** Groups of the entries in which a charge stands that this undo leaves alone. */
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

/** A day's charge may be of several connections, whose ids may be alike: then the moment tells. */
function placeOf(
  { startedAt }: { startedAt: string },
  connection: string,
  places: readonly EntryPlace[],
): EntryPlace | undefined {
  const own = places.find((place) => place.connection === connection);
  if (own?.startedAt === startedAt) return own;
  return places.find((place) => place.startedAt === startedAt) ?? own;
}
