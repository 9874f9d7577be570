/** Which time there is now: SuperOps does not tell of entries that were deleted. */
import { KindError } from '../../src/domain/errors.ts';
import type { Presence, PresenceRequest, SourceId } from '../contract.ts';
import { type Api, refuseOtherOrder } from './api.ts';
import { refuseIfNot } from './facts.ts';
import { startOf } from './mapping.ts';
import { itemsBy, parseItems, seenBefore } from './pull.ts';

export function createPresence(api: Api): Presence {
  async function* ids(request: PresenceRequest): AsyncGenerator<readonly SourceId[]> {
    const { from, to, clientIds, signal } = request;
    await refuseIfNot(api.context, 'schema-time', 'dates-utc', 'items-hold-time');
    const list = await itemsBy(api, 'billDate', 'createdTime');
    const found = new Set<SourceId>();
    for await (const page of seenBefore(api, list, signal)) {
      const { rows, rejected } = parseItems(page.rows, (wire) => ({
        id: wire.itemId,
        clientId: wire.client?.accountId ?? null,
        startedAt: startOf(wire, api.context.timezone),
      }));
      const [unreadable] = rejected;
      // It would otherwise count as one that is gone.
      if (unreadable !== undefined) {
        const { sourceId, reason } = unreadable;
        throw new KindError('contract', `${list.operation.name}, ${sourceId}: ${reason}.`);
      }
      const times = rows.map(({ startedAt }) => startedAt);
      refuseOtherOrder(list, times);
      const fresh = rows
        .filter(({ startedAt }) => startedAt >= from && startedAt < to)
        .filter(({ clientId }) => clientId === null || clientIds.includes(clientId))
        .map(({ id }) => id)
        .filter((id) => !found.has(id));
      for (const id of fresh) found.add(id);
      yield fresh;
      if ((times.at(-1) ?? '9') < from) return;
    }
  }

  return {
    ids,
    /** SuperOps counts all there are, of every client and day; so they are looked through once more. */
    async count(request) {
      let count = 0;
      for await (const page of ids(request)) count += page.length;
      return count;
    },
  };
}
