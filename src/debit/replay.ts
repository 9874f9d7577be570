import type { Client } from '../domain/agreements/terms.ts';
import type { NameBook } from '../domain/records/names.ts';
import type { Instant } from '../domain/time.ts';
import type { DirtySubject, Store, Work } from '../store/port.ts';
import { readAffectedWork } from './affected.ts';
import type { Assigned } from './assign.ts';
import { clientFinder } from './context.ts';
import { decideGroup, type GroupDecision } from './decide.ts';
import { readWaiting } from './sessions/doubles.ts';

/** A group's decision, with all the work in it. */
export interface Replayed extends GroupDecision {
  members: readonly Assigned[];
}

type Subject = Pick<DirtySubject, 'connection' | 'kind' | 'sourceId'>;

/**
 * Decides all mirrored work under these clients' terms, as if nothing had been posted; a page of
 * groups at a time, each group once. Read-only.
 */
export async function* replayMirror(
  store: Store,
  clients: readonly Client[],
  firstRunAt: Instant,
  names: NameBook,
): AsyncGenerator<Replayed[], void> {
  const decided = new Set<string>();
  const context = {
    store: withoutPostings(store),
    clients,
    findClient: clientFinder(clients),
    runId: 'plan',
    at: firstRunAt,
    firstRunAt,
    signal: new AbortController().signal,
    limitedAccounts: new Set<string>(),
    names,
    waiting: await readWaiting({ store }),
  };
  for await (const subjects of store.streamMirroredWork()) {
    const { assigned, groupKeys } = await readAffectedWork(context, subjects);
    const members = Map.groupBy(assigned, (one) => one.groupKey);
    const fresh = [...groupKeys].filter((key) => !decided.has(key));
    for (const key of fresh) decided.add(key);
    yield fresh.map((key) => {
      const own = members.get(key) ?? [];
      return { ...decideGroup(key, own, null, null), members: own };
    });
  }
}

/** Posted charges group work that the terms in question may not group. */
function withoutPostings(store: Store): Store {
  return {
    ...store,
    readGroups: async () => [],
    readWork: async (subjects) => onlyWhole(await store.readWork(subjects), subjects),
  };
}

/**
 * Leaves out work that was only loaded because it was once charged together with the requested
 * work: its ticket is not complete here, and has its own page.
 */
function onlyWhole(work: Work, subjects: readonly Subject[]): Work {
  const asked = new Set(subjects.map((one) => keyOf(one.kind, one.connection, one.sourceId)));
  // Merged tickets were loaded with the surviving ticket, and vice versa.
  for (let size = -1; size !== asked.size; ) {
    size = asked.size;
    for (const { connection, sourceId, mergedInto } of work.tickets) {
      if (mergedInto === null) continue;
      const pair = [sourceId, mergedInto].map((id) => keyOf('ticket', connection, id));
      if (pair.some((key) => asked.has(key))) for (const key of pair) asked.add(key);
    }
  }
  const isAsked = ({ connection, ticketId, sourceId }: Work['entries'][number]) =>
    asked.has(
      ticketId === null
        ? keyOf('entry', connection, sourceId)
        : keyOf('ticket', connection, ticketId),
    );
  const entries = work.entries.filter(isAsked).map((entry) => ({ ...entry, groupKey: null }));
  return { entries, tickets: work.tickets, groups: [] };
}

function keyOf(kind: Subject['kind'], connection: string, sourceId: string): string {
  return `${kind}\n${connection}\n${sourceId}`;
}
