/** Time entries have no company: it is that of the ticket, or of the task's project. All companies' time is listed. */
import { z } from 'zod';
import type {
  PresenceRequest,
  PullRequest,
  SourceId,
  TimeEntryRow,
} from '../../src/contract/connector.ts';
import { addSeconds, instantFromMs } from '../../src/domain/time.ts';
import { parseRows } from '../http/answers/rows.ts';
import { Id, optional } from '../http/answers/wire.ts';
import { believeRows, type PresentIds, parseAll, type Rows } from '../kit/reading/lists.ts';
import { questionOf } from '../kit/reading/presence.ts';
import { type Autotask, companyNumbers, type List, listOf, readRows, where } from './call.ts';
import { facts } from './facts.ts';
import { readNames, streamPages } from './lists.ts';
import { fromTimeEntry, readStart, timeNames } from './mapping.ts';
import { TimeEntryWire } from './schema.ts';

const path = 'TimeEntries';

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
  for await (const { rows, resume } of streamPages(api, path, [list], request)) {
    yield { ...(await parseTime(api, rows, clientIds)), resume };
  }
}

/** Only these clients' time. An entry with a hidden owner is quarantined, not dropped. */
async function parseTime(api: Autotask, rows: readonly unknown[], clientIds: readonly SourceId[]) {
  const owners = await findOwners(api, parseAll(rows, TimeEntryWire));
  const kept = rows.filter((row) => {
    const owner = owners.get(TimeEntryWire.safeParse(row).data?.id ?? '') ?? null;
    return owner === null || clientIds.includes(owner);
  });
  const nameIn = await readNames(api, parseAll(kept, TimeEntryWire), timeNames);
  const { timezone } = api.context;
  return parseRows(kept, TimeEntryWire, (wire) =>
    fromTimeEntry(wire, nameIn, owners.get(wire.id), timezone),
  );
}

// ── Owners ──────────────────────────────────────────────────────────────────────────────────────

/** Above this many the cache is cleared, at the cost of one more batch of requests. */
const knownMax = 200_000;

type Owners = Map<SourceId, SourceId | null>;

/** Clears the cache: tickets move between companies. */
export function forgetOwners({ cache: { owners } }: Autotask): void {
  for (const known of Object.values(owners)) known.clear();
}

const ownerFields = { Tickets: 'companyID', Tasks: 'projectID', Projects: 'companyID' } as const;
type OwnedEntity = keyof typeof ownerFields;

/** Adds unknown owners of these rows; hidden rows stay missing. */
async function learnOwners(api: Autotask, entity: OwnedEntity, ids: readonly SourceId[]) {
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
async function findOwners(api: Autotask, entries: readonly Owned[]): Promise<Owners> {
  const ids = (field: 'ticketID' | 'taskID') => entries.flatMap((entry) => entry[field] ?? []);
  // The ticket stream has just provided most.
  const tickets = await learnOwners(api, 'Tickets', ids('ticketID'));
  const tasks = await learnOwners(api, 'Tasks', ids('taskID'));
  const projectIds = ids('taskID').flatMap((id) => tasks.get(id) ?? []);
  const projects = await learnOwners(api, 'Projects', projectIds);
  const owners: Owners = new Map();
  for (const { id, ticketID, taskID } of entries) {
    const projectId = tasks.get(taskID ?? '') ?? '';
    const owner = ticketID == null ? projects.get(projectId) : tickets.get(ticketID);
    if (owner !== undefined) owners.set(id, owner);
  }
  return owners;
}

// ── Presence ────────────────────────────────────────────────────────────────────────────────────

const PresentWire = TimeEntryWire.pick({
  id: true,
  ticketID: true,
  taskID: true,
  dateWorked: true,
  startDateTime: true,
});

const Count = z.object({ queryCount: z.int().min(0) });

/** How far `dateWorked` may differ from the start, in any zone. */
const marginSeconds = 2 * 86_400;

/** The last list read: its request, its filter, and how many of its rows were not requested. */
export interface Sweep {
  of: string;
  filter: List['filter'];
  others: number;
}

/** Deleted time: the vendor's log of it needs nearly all rights, and does not name the entry. */
export async function* presentTime(api: Autotask, request: PresenceRequest): PresentIds {
  await facts.refuseIfFalse(api.context, 'change-filters');
  const filter = [
    where.since('dateWorked', addSeconds(request.from, -marginSeconds)),
    where.before('dateWorked', addSeconds(request.to, marginSeconds)),
    // Work logged during the read belongs neither to the list nor to the count.
    where.before('createDateTime', addSeconds(instantFromMs(api.context.now()), 1)),
  ];
  const sweep: Sweep = { of: questionOf(request), filter, others: 0 };
  api.cache.sweep = sweep;
  forgetOwners(api);
  const list = listOf(path, PresentWire, ...filter);
  for await (const { rows } of streamPages(api, path, [list], { resume: null })) {
    const ids = await presentIds(api, believeRows(list, rows, PresentWire), request);
    sweep.others += rows.length - ids.length;
    yield ids;
  }
}

/** The vendor counts all companies' time: rows skipped in the list are subtracted. */
export async function countTime(api: Autotask, request: PresenceRequest): Promise<number> {
  const { sweep } = api.cache;
  if (sweep?.of !== questionOf(request)) throw new Error('Time is counted after it was listed.');
  const body = { filter: sweep.filter };
  const counted = { method: 'POST', path: `/${path}/query/count`, body, isRead: true } as const;
  return (await api.send(counted, Count)).data.queryCount - sweep.others;
}

async function presentIds(
  api: Autotask,
  wires: readonly z.infer<typeof PresentWire>[],
  { from, to, clientIds }: PresenceRequest,
) {
  const ids = companyNumbers(clientIds);
  const owners = await findOwners(api, wires);
  return wires.flatMap((wire) => {
    const owner = owners.get(wire.id) ?? null;
    // Time on a hidden ticket may be a client's; the MSP's own time has none.
    const isOwned = wire.ticketID != null || wire.taskID != null;
    const at = readStart(wire, api.context.timezone);
    const isWithin = at === null || (at >= from && at < to);
    return isWithin && (owner === null ? isOwned : ids.includes(owner)) ? [wire.id] : [];
  });
}
