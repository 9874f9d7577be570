/** Which time there is now: BMS does not tell of entries that were deleted. */
import { z } from 'zod';
import type { Presence, PresenceRequest, SourceId } from '../../src/contract/connector.ts';
import { isKindError, KindError } from '../../src/domain/errors.ts';
import { addSeconds, type Instant } from '../../src/domain/time.ts';
import { parseRows } from '../http/rows.ts';
import { Id } from '../http/wire.ts';
import type { Api } from './api.ts';
import { orderOf, timeChanges } from './changes.ts';
import { refuseIfFalse } from './facts.ts';
import { workedTimes } from './mapping.ts';
import { filterText } from './moments.ts';
import { isOurs } from './pull.ts';
import { isOwn, timeQuery } from './pull-time.ts';
import { TimeWire } from './schema.ts';

const PresentWire = z.object({ id: Id });
const WorkWire = TimeWire.pick({
  id: true,
  startdate: true,
  starttime: true,
  endtime: true,
  timespent: true,
});

/** The filter takes days, in a zone that may be another: it is asked wider, and cut here. */
const marginSeconds = 2 * 86_400;

export function createPresence(api: Api): Presence {
  /** Of the list read last: what was asked, and how many rows of the question it counted. */
  let counted: { of: string; count: number } | null = null;

  async function* ids(request: PresenceRequest): AsyncGenerator<readonly SourceId[]> {
    await refuseIfFalse(api.context, 'start-filter');
    const { from, to, clientIds, signal } = request;
    const query = {
      ...timeQuery(clientIds),
      ...(await orderOf(api)),
      'Filter.StartDateFrom': filterText(addSeconds(from, -marginSeconds), api.zones.moments),
      'Filter.StartDateTo': filterText(addSeconds(to, marginSeconds), api.zones.moments),
    };
    let left = 0;
    let total = 0;
    const list = { path: timeChanges.path, query, isCounted: true };
    for await (const page of api.pages(list, signal)) {
      const asked = page.rows
        .filter((row) => isOurs(row, request) && !isOwn(row))
        .filter((row) => isWithin(startOf(row, api), request));
      const present = idsOf(asked);
      left += page.rows.length - present.length;
      total = page.total ?? 0;
      yield present;
    }
    counted = { of: questionOf(request), count: total - left };
  }

  return {
    ids,
    /** BMS counts with each page; what nobody asked about is left out of the count as of the list. */
    async count(request) {
      if (counted?.of !== questionOf(request)) for await (const _ of ids(request));
      return counted?.count ?? 0;
    },
  };
}

/** A row without a number would otherwise count as one that is gone. */
function idsOf(raw: readonly unknown[]): SourceId[] {
  const { rows, rejected } = parseRows(raw, PresentWire, ({ id }) => id);
  const [unreadable] = rejected;
  if (unreadable === undefined) return rows;
  const { sourceId, reason } = unreadable;
  throw new KindError('contract', `GET ${timeChanges.path}, ${sourceId}: ${reason}.`);
}

/** As the pull reads it; null for an entry that the pull sets aside, which is there all the same. */
function startOf(row: unknown, { zones }: Api): Instant | null {
  const wire = WorkWire.safeParse(row).data;
  try {
    return wire === undefined ? null : workedTimes(wire, zones).startedAt;
  } catch (error) {
    if (!isKindError(error, 'contract')) throw error;
    return null;
  }
}

function isWithin(at: Instant | null, { from, to }: PresenceRequest): boolean {
  return at === null || (at >= from && at < to);
}

function questionOf({ from, to, clientIds }: PresenceRequest): string {
  return [from, to, ...clientIds].join(' ');
}
