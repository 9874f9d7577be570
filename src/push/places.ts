import type { PushMessageRow } from '../store/port.ts';

/**
 * As many messages as there are places, in their order, but a client's one after another: a later
 * one may name what an earlier one wrote. The first of a kind goes without others of its kind until
 * one was delivered (`proven`): what it shows to be unsafe is not done by several at once, nor are
 * they looked up together. `following`: what waits, once its kind is proven.
 */
export async function deliverBeside(
  messages: readonly PushMessageRow[],
  places: number,
  proven: Set<string>,
  deliver: (message: PushMessageRow, following: readonly PushMessageRow[]) => Promise<boolean>,
): Promise<void> {
  const waiting = [...messages];
  const underWay = new Map<PushMessageRow, Promise<void>>();
  const start = async (message: PushMessageRow): Promise<void> => {
    if (await deliver(message, proven.has(message.kind) ? waiting : [])) proven.add(message.kind);
    underWay.delete(message);
  };
  while (waiting.length + underWay.size > 0) {
    while (underWay.size < places) {
      const next = takeNext(waiting, [...underWay.keys()], proven);
      if (next === null) break;
      underWay.set(next, start(next));
    }
    try {
      await Promise.race(underWay.values());
    } catch (error) {
      await Promise.allSettled(underWay.values());
      throw error;
    }
  }
}

function takeNext(
  waiting: PushMessageRow[],
  underWay: readonly PushMessageRow[],
  proven: ReadonlySet<string>,
): PushMessageRow | null {
  const clients = new Set(underWay.map(({ clientId }) => clientId));
  const kinds = new Set(underWay.map(({ kind }) => kind));
  const index = waiting.findIndex(({ clientId, kind }) => {
    const mayStart = !clients.has(clientId) && (proven.has(kind) || !kinds.has(kind));
    // None overtakes an earlier one of its client.
    clients.add(clientId);
    return mayStart;
  });
  return index < 0 ? null : (waiting.splice(index, 1)[0] ?? null);
}

/** Throws the first error only after all have ended: none still writes when the store is closed. */
export async function finishAll(work: readonly Promise<void>[]): Promise<void> {
  const ended = await Promise.allSettled(work);
  for (const one of ended) if (one.status === 'rejected') throw one.reason;
}
