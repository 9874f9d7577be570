/** Time entries have no company: it is that of the ticket, or of the task's project. All companies' time is listed. */
import { z } from 'zod';
import type {
  PresenceRequest,
  PullRequest,
  SourceId,
  TimeEntryRow,
} from '../../src/contract/connector.ts';
import { addSeconds, instantFromMs } from '../../src/domain/time.ts';
import { parseRows, rawId } from '../http/answers/rows.ts';
import { Id, optional } from '../http/answers/wire.ts';
import { believeRows, type PresentIds, parseAll, type Rows } from '../kit/reading/lists.ts';
import { questionOf } from '../kit/reading/presence.ts';
import { type Autotask, companyNumbers, listOf, readRows, where } from './call.ts';
import { facts } from './facts.ts';
import { readNames, streamPages } from './lists.ts';
import { fromTimeEntry, readStart, timeNames } from './mapping.ts';
import { TimeEntryWire } from './schema.ts';

const path = 'TimeEntries';

/** Only these clients' time. An entry with a hidden owner is quarantined, not dropped. */
export async function* pullTime(api: Autotask, request: PullRequest): Rows<TimeEntryRow> {
  await facts.refuseIfFalse(api.context, 'change-filters');
  const clientIds = companyNumbers(request.clientIds);
  const changed = where.anyOf(
    where.since('lastModifiedDateTime', request.since),
    // Whether an approval counts as a change is not documented.
    where.since('billingApprovalDateTime', request.since),
  );
  // Time without either is the MSP's own.
  const isOwned = where.anyOf(where.exists('ticketID'), where.exists('taskID'));
  const list = listOf(path, TimeEntryWire, changed, isOwned);
  for await (const page of streamPages(api, path, [list], request)) {
    const owners = await findOwners(api, parseAll(page.rows, TimeEntryWire));
    const ours = page.rows.filter((row) => {
      const owner = owners.get(rawId(row) ?? '') ?? null;
      return owner === null || clientIds.includes(owner);
    });
    const namesIn = await readNames(api, parseAll(ours, TimeEntryWire), timeNames);
    const { rows, rejected } = parseRows(ours, TimeEntryWire, (wire) =>
      fromTimeEntry(wire, namesIn, owners.get(wire.id), api.context.timezone),
    );
    yield { rows, rejected, resume: page.resume };
  }
}

/** Above this many the cache is cleared, at the cost of one more batch of requests. */
const knownMax = 200_000;

/** Clears the cache: tickets move between companies. */
export function forgetOwners({ cache: { owners } }: Autotask): void {
  for (const known of Object.values(owners)) known.clear();
}

const ownerFields = { Tickets: 'companyID', Tasks: 'projectID', Projects: 'companyID' } as const;

/** Adds unknown owners of these rows; hidden rows stay missing. */
async function learnOwners(
  api: Autotask,
  entity: keyof typeof ownerFields,
  ids: readonly SourceId[],
) {
  const known = api.cache.owners[entity];
  const field = ownerFields[entity];
  if (known.size > knownMax) known.clear();
  const unknown = new Set(ids.filter((id) => !known.has(id)));
  const Owned = z.object({ id: Id, ...optional(Id, field) });
  for (const row of await readRows(api, entity, Owned, 'id', [...unknown])) {
    known.set(row.id, row[field] ?? null);
  }
  return known;
}

type Owned = Pick<TimeEntryWire, 'id' | 'ticketID' | 'taskID'>;

/** Company by entry: of its ticket, else of its task's project; none for hidden ones. */
async function findOwners(api: Autotask, entries: readonly Owned[]) {
  const ids = (field: 'ticketID' | 'taskID') => entries.flatMap((entry) => entry[field] ?? []);
  // The ticket stream has just provided most.
  const tickets = await learnOwners(api, 'Tickets', ids('ticketID'));
  const tasks = await learnOwners(api, 'Tasks', ids('taskID'));
  const projectIds = ids('taskID').flatMap((id) => tasks.get(id) ?? []);
  const projects = await learnOwners(api, 'Projects', projectIds);
  const owners = new Map<SourceId, SourceId | null>();
  for (const { id, ticketID, taskID } of entries) {
    const projectId = tasks.get(taskID ?? '') ?? '';
    const owner = ticketID == null ? projects.get(projectId) : tickets.get(ticketID);
    if (owner !== undefined) owners.set(id, owner);
  }
  return owners;
}

const Present = TimeEntryWire.pick({
  id: true,
  ticketID: true,
  taskID: true,
  dateWorked: true,
  startDateTime: true,
});

const Count = z.object({ queryCount: z.int().min(0) });

/** How far `dateWorked` may differ from the start, in any zone. */
const marginSeconds = 2 * 86_400;

/** Deleted time: the vendor's log of it needs nearly all rights, and does not name the entry. */
export async function* presentTime(api: Autotask, request: PresenceRequest): PresentIds {
  await facts.refuseIfFalse(api.context, 'change-filters');
  const filter = [
    where.since('dateWorked', addSeconds(request.from, -marginSeconds)),
    where.before('dateWorked', addSeconds(request.to, marginSeconds)),
    // Work logged during the read belongs neither to the list nor to the count.
    where.before('createDateTime', addSeconds(instantFromMs(api.context.now()), 1)),
  ];
  const sweep = { of: questionOf(request), filter, others: 0 };
  api.cache.sweep = sweep;
  forgetOwners(api);
  const list = listOf(path, Present, ...filter);
  for await (const { rows } of streamPages(api, path, [list], { resume: null })) {
    const ids = await presentIds(api, believeRows(list, rows, Present), request);
    sweep.others += rows.length - ids.length;
    yield ids;
  }
}

/** The vendor counts all companies' time: rows skipped in the list are subtracted. */
export async function countTime(api: Autotask, request: PresenceRequest): Promise<number> {
  const { of, filter, others } = api.cache.sweep;
  if (of !== questionOf(request)) throw new Error('Time is counted after it was listed.');
  const body = { filter };
  const counted = { method: 'POST', path: `/${path}/query/count`, body, isRead: true } as const;
  return (await api.send(counted, Count)).data.queryCount - others;
}

async function presentIds(
  api: Autotask,
  entries: readonly z.infer<typeof Present>[],
  { from, to, clientIds }: PresenceRequest,
) {
  const owners = await findOwners(api, entries);
  const present = entries.filter((entry) => {
    const owner = owners.get(entry.id) ?? null;
    // Time on a hidden ticket may be a client's; the MSP's own time has none.
    const isOwned = entry.ticketID != null || entry.taskID != null;
    const at = readStart(entry, api.context.timezone);
    const isWithin = at === null || (at >= from && at < to);
    return isWithin && (owner === null ? isOwned : clientIds.includes(owner));
  });
  return present.map(({ id }) => id);
}
