/**
 * Reading time. The vendor lists the time of all companies; whose an entry is tells its ticket, or the
 * project of its task. Afterwards the logs of deletions say on which tickets something was deleted,
 * without naming the entry: the time of those tickets is read whole, and what it lacks is gone.
 */
import { z } from 'zod';
import type { Page, Pull, PullRequest, TimeEntryRow } from '../../src/contract/connector.ts';
import { addSeconds, type Instant } from '../../src/domain/time.ts';
import { parseRows } from '../http/rows.ts';
import { Id } from '../http/wire.ts';
import { readFact, refuseIfFalse } from './facts.ts';
import { proveVisible, readAll } from './look-up.ts';
import { fromTimeEntry, type TimeNames } from './mapping.ts';
import { readable, resumable } from './pull.ts';
import { anyOf, companyNumbers, exists, inChunks, isOneOf, since } from './query.ts';
import { questionOf } from './resume.ts';
import type { Rooms } from './rooms.ts';
import { TimeEntryWire, timeEntryFields } from './schema.ts';

const entity = 'TimeEntries';

/** Deletions of so long before the first reading are still looked at. */
const overlapSeconds = 15 * 60;

/** Tickets whose time is read whole at once: mostly one page. */
const wholeTickets = 50;

export function createTimePull(rooms: Rooms): Pull<TimeEntryRow> {
  return async function* pull(request): AsyncGenerator<Page<TimeEntryRow>> {
    const { api } = rooms;
    await refuseIfFalse(api.context, 'change-filters');
    const clientIds = companyNumbers(request.clientIds);
    const deletedSince = await sinceFirstRead(rooms, request);
    const isApprovalSeen = (await readFact(api.context, 'approval-filter')) !== 'no';
    let rows = 0;
    const query = {
      entity,
      filter: [
        // Whether an approval counts as a change is written nowhere.
        anyOf(
          since('lastModifiedDateTime', request.since),
          ...(isApprovalSeen ? [since('billingApprovalDateTime', request.since)] : []),
        ),
        // Time on neither is the MSP's own.
        anyOf(exists('ticketID'), exists('taskID')),
      ],
      fields: timeEntryFields,
    };
    const question = questionOf(request.since, ...clientIds);
    for await (const page of resumable(rooms, [query], question, request)) {
      rows += page.rows.length;
      const parsed = await parseTime(rooms, page.rows, clientIds, request.signal);
      yield { ...parsed, resume: page.resume };
    }
    if (rows === 0) await proveVisible(api, entity, request.signal);
    yield* pullShrunkTickets(rooms, deletedSince, clientIds, request.signal);
  };
}

/** Time of these clients alone. An entry whose owner is hidden from us is set aside, not dropped. */
async function parseTime(
  rooms: Rooms,
  rows: readonly unknown[],
  clientIds: readonly string[],
  signal: AbortSignal,
) {
  const { directory, owners, api } = rooms;
  const ownerOf = await owners.ofEntries(readable(rows, TimeEntryWire), signal);
  const isOurs = (raw: unknown): boolean => {
    const wire = TimeEntryWire.safeParse(raw);
    const owner = wire.success ? ownerOf.get(wire.data.id) : undefined;
    return owner === undefined || owner === null || clientIds.includes(owner);
  };
  const kept = rows.filter(isOurs);
  const wires = readable(kept, TimeEntryWire);
  const named = async (
    from: Parameters<typeof directory.names>[0],
    field: 'billingCodeID' | 'roleID' | 'resourceID' | 'contractID',
  ) =>
    directory.names(
      from,
      wires.map((wire) => wire[field]),
      signal,
    );
  const names: TimeNames = {
    workTypes: await named('BillingCodes', 'billingCodeID'),
    roles: await named('Roles', 'roleID'),
    technicians: await named('Resources', 'resourceID'),
    contracts: await named('Contracts', 'contractID'),
    owners: ownerOf,
    timezone: api.context.timezone,
  };
  return parseRows(kept, TimeEntryWire, (wire) => fromTimeEntry(wire, names));
}

/**
 * What was deleted before anything was ever read cannot be in the mirror, and a first run would read a
 * year of deletions for nothing.
 */
async function sinceFirstRead({ api }: Rooms, request: PullRequest): Promise<Instant> {
  const { memory } = api.context;
  const key = 'time-first-read';
  const stored = await memory.get(key);
  if (stored === null) await memory.set(key, request.until);
  const first = addSeconds(stored ?? request.until, -overlapSeconds);
  return request.since > first ? request.since : first;
}

const Deletion = z.object({ id: Id, ticketID: Id.nullish() });

async function* pullShrunkTickets(
  rooms: Rooms,
  deletedSince: Instant,
  clientIds: readonly string[],
  signal: AbortSignal,
): AsyncGenerator<Page<TimeEntryRow>> {
  const { api, owners } = rooms;
  const deletions = await readDeletions(rooms, deletedSince, signal);
  const companyOf = await owners.ofTickets([...deletions.keys()], signal);
  // A ticket that is gone itself has no company any more, and may have been a client's.
  const ids = [...deletions.keys()].filter((id) => {
    const owner = companyOf.get(id) ?? null;
    return owner === null || clientIds.includes(owner);
  });
  const isGone = (id: string): boolean => deletions.get(id) === Number.POSITIVE_INFINITY;
  const chunks = [ids.filter(isGone), ids.filter((id) => !isGone(id))].flatMap((some) =>
    inChunks(some, wholeTickets),
  );
  for (const ticketIds of chunks) {
    const query = { entity, filter: [isOneOf('ticketID', ticketIds)], fields: timeEntryFields };
    const rows: unknown[] = [];
    for await (const page of api.pages(query, signal)) rows.push(...page.rows);
    const parsed = await parseTime(rooms, rows, clientIds, signal);
    const told = ticketIds.reduce((sum, id) => sum + (deletions.get(id) ?? 0), 0);
    yield { ...parsed, resume: null, completeTicketIds: ticketIds, deletions: told };
  }
}

/** How much was deleted, by ticket; of a ticket that was deleted itself, all there was. */
async function readDeletions(
  { api }: Rooms,
  deletedSince: Instant,
  signal: AbortSignal,
): Promise<Map<string, number>> {
  const deletions = new Map<string, number>();
  for (const [log, each] of [
    ['DeletedTicketActivityLogs', 1],
    ['DeletedTicketLogs', Number.POSITIVE_INFINITY],
  ] as const) {
    const filter = [since('deletedDateTime', deletedSince)];
    const query = { entity: log, filter, fields: ['id', 'ticketID'] };
    for (const { ticketID } of await readAll(api, query, Deletion, signal)) {
      if (ticketID != null) deletions.set(ticketID, (deletions.get(ticketID) ?? 0) + each);
    }
  }
  return deletions;
}
