/** Which time entries exist now, for vendors that do not report deletions. */
import type { Presence, PresenceRequest, SourceId } from '../../../src/contract/connector.ts';

/**
 * For a vendor without a count of rows: the number of IDs listed. Each list was compared with the vendor's own count
 * as it was read.
 */
export function countedPresence(
  list: (request: PresenceRequest) => AsyncIterable<readonly SourceId[]>,
): Presence {
  let counted: { question: string; count: number } | null = null;

  async function* ids(request: PresenceRequest): AsyncGenerator<readonly SourceId[]> {
    const found = new Set<SourceId>();
    for await (const page of list(request)) {
      const fresh = [...new Set(page)].filter((id) => !found.has(id));
      for (const id of fresh) found.add(id);
      yield fresh;
    }
    counted = { question: questionOf(request), count: found.size };
  }

  return {
    ids,
    async count(request) {
      if (counted?.question !== questionOf(request)) for await (const _ of ids(request));
      return counted?.count ?? 0;
    },
  };
}

/** Identifies what a count is of. */
export function questionOf({ from, to, clientIds }: PresenceRequest): string {
  return [from, to, ...clientIds].join(' ');
}
