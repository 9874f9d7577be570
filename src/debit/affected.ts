import { addDays, startOfDay } from '../domain/time.ts';
import type { ChargeGroup, DirtySubject, MirrorTimeEntry, Work } from '../store/port.ts';
import { type Assigned, type Assignment, assignWork } from './assign.ts';
import type { DebitContext } from './context.ts';

type Subject = Pick<DirtySubject, 'connection' | 'kind' | 'sourceId'>;

/** All work of every group that the changed work affects, and these groups. */
export interface AffectedWork extends Assignment {
  work: Work;
  groupKeys: ReadonlySet<string>;
  /** Whether the entry belongs to one of the groups, before or after the change. */
  has(entry: MirrorTimeEntry, groupKey: string | null): boolean;
}

/**
 * Loads the changed work, then expands it until nothing new is found: an entry that joins a group
 * brings the group it leaves, and a daily charge brings all the client's work of that day. This
 * guarantees that no entry is ever in two charges, even if the grouping rule has changed.
 */
export async function readAffectedWork(
  context: DebitContext,
  changed: readonly Subject[],
): Promise<AffectedWork> {
  const subjects = new Map(changed.map((subject) => [subjectKey(subject), subject]));
  const loadedDays = new Set<string>();
  let groupKeys: Set<string> | null = null;
  for (;;) {
    const work = await context.store.readWork([...subjects.values()]);
    const assignment = assignWork(work, context);
    groupKeys = closeOver(groupKeys, assignment.assigned, work);
    const days = [...groupKeys].filter((key) => key.startsWith('d:') && !loadedDays.has(key));
    if (days.length === 0) {
      const groups = await withEmptied(context, work.groups, groupKeys);
      return toAffected({ ...work, groups }, assignment, groupKeys);
    }
    for (const day of days) {
      loadedDays.add(day);
      for (const subject of await readDay(context, day)) subjects.set(subjectKey(subject), subject);
    }
  }
}

/** A group that lost all its work is only found by its key; new work continues its revisions. */
async function withEmptied(
  { store }: DebitContext,
  groups: readonly ChargeGroup[],
  groupKeys: ReadonlySet<string>,
): Promise<ChargeGroup[]> {
  const known = new Set(groups.map((group) => group.groupKey));
  const missing = [...groupKeys].filter((key) => !known.has(key));
  return missing.length === 0 ? [...groups] : [...groups, ...(await store.readGroups(missing))];
}

function toAffected(work: Work, assignment: Assignment, groupKeys: Set<string>): AffectedWork {
  const isIn = (key: string | null) => key !== null && groupKeys.has(key);
  return {
    ...assignment,
    work,
    groupKeys,
    has: (entry, groupKey) => isIn(entry.groupKey) || isIn(groupKey),
  };
}

/** The first time everything loaded is affected; later only what is linked to it. */
function closeOver(
  known: Set<string> | null,
  assigned: readonly Assigned[],
  work: Work,
): Set<string> {
  const pairs = assigned.map(({ entry, groupKey }) => [entry.groupKey, groupKey]);
  if (known === null) {
    const all = [...pairs.flat(), ...work.groups.map((group) => group.groupKey)];
    return new Set(all.filter((key) => key !== null));
  }
  const keys = new Set(known);
  for (let size = -1; size !== keys.size; ) {
    size = keys.size;
    for (const pair of pairs) {
      const present = pair.filter((key) => key !== null);
      if (present.some((key) => keys.has(key))) for (const key of present) keys.add(key);
    }
  }
  return keys;
}

async function readDay(context: DebitContext, groupKey: string): Promise<Subject[]> {
  const date = groupKey.slice(-10);
  const clientId = groupKey.slice(2, -11);
  const client = context.clients.find((candidate) => candidate.id === clientId);
  if (client === undefined) return [];
  const sources = [...client.sourceIds].map(([connection, sourceId]) => ({ connection, sourceId }));
  const from = startOfDay(date, client.timezone);
  const to = startOfDay(addDays(date, 1), client.timezone);
  const { entries } = await context.store.readWorkBetween(sources, from, to);
  return entries.map((entry) => ({
    connection: entry.connection,
    kind: entry.ticketId === null ? 'entry' : 'ticket',
    sourceId: entry.ticketId ?? entry.sourceId,
  }));
}

function subjectKey(subject: Subject): string {
  return `${subject.connection}\n${subject.kind}\n${subject.sourceId}`;
}
