/** Reading time: what changed, and what may have been approved without a change. */
import { z } from 'zod';
import type { Page, PullRequest, SourceId, TimeEntryRow } from '../../src/contract/connector.ts';
import { addSeconds, instantFromMs } from '../../src/domain/time.ts';
import { parseRows } from '../http/rows.ts';
import type { Api, Query } from './api.ts';
import { changedRows, timeChanges } from './changes.ts';
import { readFact, refuseIfFalse } from './facts.ts';
import { fromTime } from './mapping.ts';
import { filterText } from './moments.ts';
import { accountNumbers, isOurs } from './pull.ts';
import { Ref, TimeWire } from './schema.ts';

/** Time is approved by the week; what is approved later than this is seen where that counts as a change. */
const approvalSeconds = 60 * 86_400;

export function timeQuery(clientIds: readonly SourceId[]): Query {
  const [only, another] = accountNumbers(clientIds);
  return another === undefined ? { 'Filter.AccountId': only } : {};
}

export async function* pullTime(
  api: Api,
  request: PullRequest,
): AsyncGenerator<Page<TimeEntryRow>> {
  await refuseIfFalse(api.context, 'time-in-hours');
  const query = timeQuery(request.clientIds);
  for await (const page of changedRows(api, { ...timeChanges, query }, request)) {
    yield { ...fromRows(api, page.rows, request), resume: page.resume };
  }
  yield* workAgain(api, request);
}

function fromRows(api: Api, rows: readonly unknown[], request: PullRequest) {
  const ours = rows.filter((row) => isOurs(row, request) && !isOwn(row));
  return parseRows(ours, TimeWire, (wire) => fromTime(wire, api));
}

const Hung = z.object({ accountid: Ref, ticketid: Ref });

/** Time on no ticket and no account is the MSP's own. */
export function isOwn(row: unknown): boolean {
  const { data } = Hung.safeParse(row);
  return data !== undefined && data.accountid === null && data.ticketid === null;
}

const readMemory = 'approvals-read';

/** Once a day: it is written nowhere whether an approval, or taking one back, counts as a change. */
async function* workAgain(api: Api, request: PullRequest): AsyncGenerator<Page<TimeEntryRow>> {
  const { context, zones } = api;
  const now = instantFromMs(context.now());
  const day = now.slice(0, 10);
  const before = await context.memory.get(readMemory);
  if (before === day || !request.isStored) return;
  // A first pass has just read all there is.
  if (before !== null && (await readFact(context, 'start-filter')) !== 'no') {
    const query = {
      ...timeQuery(request.clientIds),
      'Filter.StartDateFrom': filterText(addSeconds(now, -approvalSeconds), zones.moments),
    };
    const list = { path: timeChanges.path, query, isCounted: true };
    for await (const { rows } of api.pages(list, request.signal)) {
      yield { ...fromRows(api, rows, request), resume: null };
    }
  }
  await context.memory.set(readMemory, day);
}
