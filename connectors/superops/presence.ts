/** Which time there is now: SuperOps does not tell of entries that were deleted. */
import { z } from 'zod';
import type { Presence, PresenceRequest, SourceId } from '../../src/contract/connector.ts';
import { isKindError, KindError } from '../../src/domain/errors.ts';
import { addSeconds, type Instant, instantFromMs } from '../../src/domain/time.ts';
import { UtcInstant } from '../http/wire.ts';
import { type Api, refuseOtherOrder } from './api.ts';
import { refuseIfFalse } from './facts.ts';
import { isWork, startOf } from './mapping.ts';
import { idIn, itemsBy, ofClients, seenBefore } from './pull.ts';
import { ItemWire } from './schema.ts';

export function createPresence(api: Api): Presence {
  /** When the list that was read last was begun: what is logged after that is no part of its count. */
  let asOf: Instant = '9';

  async function* list(
    request: PresenceRequest,
    isCounted: (row: unknown) => boolean,
  ): AsyncGenerator<readonly SourceId[]> {
    await refuseIfFalse(api.context, 'schema-time', 'dates-utc', 'items-hold-time');
    const items = await itemsBy(api, 'billDate', 'createdTime');
    const found = new Set<SourceId>();
    for await (const page of seenBefore(api, items, request.signal)) {
      const times = page.rows.flatMap((row) => timeOf(row, api) ?? []);
      refuseOtherOrder(items, times);
      const fresh = ofClients(page.rows, request)
        .filter((row) => mayBeWork(row) && isWithin(timeOf(row, api), request) && isCounted(row))
        .map(idOf)
        .filter((id) => !found.has(id));
      for (const id of fresh) found.add(id);
      yield fresh;
      if ((times.at(-1) ?? '9') < request.from) return;
    }
  }

  return {
    ids(request) {
      asOf = addSeconds(instantFromMs(api.context.now()), 1);
      return list(request, () => true);
    },
    /** SuperOps counts all there are, of every client and day; so they are looked through once more. */
    async count(request) {
      let count = 0;
      for await (const page of list(request, (row) => wasMadeBefore(row, asOf))) {
        count += page.length;
      }
      return count;
    },
  };
}

const Made = z.object({ createdTime: UtcInstant });

function wasMadeBefore(row: unknown, asOf: Instant): boolean {
  return (Made.safeParse(row).data?.createdTime ?? '') < asOf;
}

/** What the pull sets aside is there all the same. */
function mayBeWork(row: unknown): boolean {
  const item = ItemWire.safeParse(row).data;
  return item === undefined || isWork(item);
}

function timeOf(row: unknown, { context }: Api): Instant | null {
  const item = ItemWire.pick({ itemId: true, billDate: true }).safeParse(row).data;
  try {
    return item === undefined ? null : startOf(item, context.timezone);
  } catch (error) {
    if (!isKindError(error, 'contract')) throw error;
    return null;
  }
}

function isWithin(at: Instant | null, { from, to }: PresenceRequest): boolean {
  return at === null || (at >= from && at < to);
}

/** An item without a number would otherwise count as one that is gone. */
function idOf(row: unknown): SourceId {
  const id = idIn('itemId')(row);
  if (id !== null) return id;
  throw new KindError('contract', 'getOfferedItems lists an item without an itemId.');
}
