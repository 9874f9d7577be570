/** Reading time: what changed, and what may have been approved without a change. */
import { z } from 'zod';
import { addSeconds, instantFromMs } from '../../src/domain/time.ts';
import type { Page, PullRequest, SourceId, TimeEntryRow } from '../contract.ts';
import { parseRows } from '../http/rows.ts';
import type { Api, Query } from './api.ts';
import { changedRows, timeChanges } from './changes.ts';
import { readFact, refuseIfNot, settleFact } from './facts.ts';
import { fromTime } from './mapping.ts';
import { filterText } from './moments.ts';
import { accountNumbers, isOurs } from './pull.ts';
import { TimeWire } from './schema.ts';

/** Time is approved by the week; what is approved later than this is seen where it counts as a change. */
const approvalSeconds = 60 * 86_400;

/** Entries not approved that are watched, to see what an approval does to them. */
const watchedMax = 50;

export function timeQuery(clientIds: readonly SourceId[]): Query {
  const [only, another] = accountNumbers(clientIds);
  return another === undefined ? { 'Filter.AccountId': only } : {};
}

export async function* pullTime(
  api: Api,
  request: PullRequest,
): AsyncGenerator<Page<TimeEntryRow>> {
  await refuseIfNot(api.context, 'time-in-hours');
  const query = timeQuery(request.clientIds);
  const watch = await createWatch(api);
  for await (const page of changedRows(api, { ...timeChanges, query }, request)) {
    const parsed = fromRows(api, page.rows, request);
    await watch.see(parsed.rows, true);
    yield { ...parsed, resume: page.resume };
  }
  for await (const page of approvedAgain(api, request)) {
    await watch.see(page.rows, false);
    yield page;
  }
}

function fromRows(api: Api, rows: readonly unknown[], request: PullRequest) {
  const ours = rows.filter((row) => {
    const wire = TimeWire.safeParse(row).data;
    // Time on no ticket and no account is the MSP's own.
    const isOwn = wire !== undefined && wire.accountid == null && wire.ticketid == null;
    return !isOwn && isOurs(wire, request);
  });
  return parseRows(ours, TimeWire, (wire) => fromTime(wire, api));
}

const readMemory = 'approvals-read';

/** Once a day, while it is not known that an approval counts as a change. */
async function* approvedAgain(api: Api, request: PullRequest): AsyncGenerator<Page<TimeEntryRow>> {
  const { context, zones } = api;
  const now = instantFromMs(context.now());
  const day = now.slice(0, 10);
  const before = await context.memory.get(readMemory);
  if (before === day) return;
  const isNeeded = (await readFact(context, 'approval-moves')) !== 'yes';
  // A first pass has just read all there is.
  if (before !== null && isNeeded && (await readFact(context, 'start-filter')) !== 'no') {
    const query = {
      ...timeQuery(request.clientIds),
      'Filter.IsApproved': true,
      'Filter.StartDateFrom': filterText(addSeconds(now, -approvalSeconds), zones.moments),
    };
    const list = { path: timeChanges.path, query, isCounted: true };
    for await (const { rows } of api.pages(list, request.signal)) {
      yield { ...fromRows(api, rows, request), resume: null };
    }
  }
  await context.memory.set(readMemory, day);
}

const watchMemory = 'approvals-watched';
const Watched = z.record(z.string(), z.string());

/** Settles what an approval does, by entries that were seen without one before. */
async function createWatch({ context }: Api) {
  const text = await context.memory.get(watchMemory);
  const known = text === null ? undefined : Watched.safeParse(JSON.parse(text)).data;
  const watched = new Map(Object.entries(known ?? {}));
  return {
    async see(rows: readonly TimeEntryRow[], isChanged: boolean): Promise<void> {
      let isOther = false;
      for (const { sourceId, isApproved, updatedAt } of rows) {
        const before = watched.get(sourceId);
        if (isApproved === true && before !== undefined) {
          watched.delete(sourceId);
          isOther = true;
          if (isChanged && updatedAt > before) await settleFact(context, 'approval-moves', true);
          if (updatedAt === before) await settleFact(context, 'approval-moves', false);
        }
        if (isApproved !== true && before !== updatedAt) {
          if (before === undefined && watched.size >= watchedMax) continue;
          watched.set(sourceId, updatedAt);
          isOther = true;
        }
      }
      if (!isOther) return;
      await context.memory.set(watchMemory, JSON.stringify(Object.fromEntries(watched)));
    },
  };
}
