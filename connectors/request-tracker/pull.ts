import type {
  ClientRow,
  PullRequest,
  TicketRow,
  TimeEntryRow,
} from '../../src/contract/connector.ts';
import { KindError } from '../../src/domain/errors.ts';
import { instantFromMs, msFromInstant } from '../../src/domain/time.ts';
import { isRecent } from '../http/answers/clock.ts';
import { parseRows } from '../http/answers/rows.ts';
import { type Rows, readPages } from '../kit/reading/lists.ts';
import type { Rt } from './call.ts';
import type { RequestTrackerConfig } from './config.ts';
import { facts } from './facts.ts';
import { findTicketField, queueList, ticketList, timeList, userPages } from './lists.ts';
import { fieldValuesOf, fromClientName, fromTicket, fromTime } from './mapping.ts';
import { anyOf, timeBefore, wholeSecond } from './query.ts';
import { Field, QueueItem, TicketItem, TimeItem, UserItem } from './schema.ts';

const dayMs = 24 * 3_600_000;

/** When the users were last read for their organizations. */
const organizationsReadAt = 'organizations.read-at';

/** Clients, by the configured source. Only for names: a client missing here is still debited. */
export function pullClients(rt: Rt, request: PullRequest): Rows<ClientRow> {
  const read = { queue: queues, organization: organizations, 'custom-field': fieldValues };
  return read[rt.config.clientFrom](rt, request);
}

export async function listClients(rt: Rt): Promise<ClientRow[]> {
  const [since, until] = [instantFromMs(0), instantFromMs(rt.context.now())];
  const { signal } = rt;
  const asked = { since, until, resume: null, clientIds: [], signal };
  const request = { ...asked, isStored: false, whenStored: async () => {} };
  const all: ClientRow[] = [];
  for await (const { rows } of pullClients(rt, request)) all.push(...rows);
  return all;
}

async function* queues(rt: Rt, { since, resume }: PullRequest): Rows<ClientRow> {
  const reading = { schema: QueueItem, fromWire: (row: QueueItem) => row };
  let seen = 0;
  for await (const page of readPages(rt.pages(queueList(resume)), reading)) {
    seen += page.rows.length + page.rejected.length;
    const changed = page.rows.filter((queue) => queue.LastUpdated >= wholeSecond(since));
    yield { ...page, rows: changed.map(({ id, Name }) => ({ sourceId: id, name: Name })) };
  }
  if (seen > 0 || resume !== null) return;
  throw new KindError('permission', 'The RT user of this connection cannot see any queue.', {
    fix: "Give it SeeQueue on the clients' queues.",
  });
}

/** RT does not list which users changed, and there may be thousands: once a day is enough for names. */
async function* organizations(rt: Rt, { isStored, whenStored }: PullRequest): Rows<ClientRow> {
  const { memory, now } = rt.context;
  const readAt = await memory.get(organizationsReadAt);
  if (isStored && readAt !== null && isRecent(msFromInstant(readAt), now(), dayMs)) return;
  const startedAt = instantFromMs(now());
  const seen = new Set(['']);
  for await (const page of userPages(rt, 'Organization')) {
    const nameOf = ({ Organization }: UserItem): string => Organization?.trim() ?? '';
    const { rows, rejected } = parseRows(page.rows, UserItem, nameOf);
    const names = [...new Set(rows)].filter((name) => !seen.has(name));
    for (const name of names) seen.add(name);
    yield { rows: names.map(fromClientName), rejected, resume: null };
  }
  await whenStored();
  if (isStored) await memory.set(organizationsReadAt, startedAt);
}

/** The values that a Select field offers; a field of free text offers none. */
async function* fieldValues(rt: Rt): Rows<ClientRow> {
  const { id } = await findTicketField(rt, rt.config.clientField ?? '');
  const { Values } = await rt.get(`/customfield/${id}`, Field);
  yield { rows: Values.map(fromClientName), rejected: [], resume: null };
}

export async function* pullTickets(rt: Rt, request: PullRequest): Rows<TicketRow> {
  for await (const page of changedTickets(rt, request)) {
    yield { ...page, rows: page.rows.map((item) => fromTicket(item, rt.config)) };
  }
}

/**
 * Tickets changed since the timestamp, in all queues that the user sees: a ticket that left a client's
 * queue must be seen to leave. A merge touches neither the merged ticket's `LastUpdated` nor its
 * status, only its history; `Updated` looks there.
 */
async function* changedTickets(rt: Rt, request: PullRequest): Rows<TicketItem> {
  await facts.refuseIfFalse(rt.context, 'query-dates');
  const since = wholeSecond(request.since);
  const time = timeBefore(since, rt.context.now());
  const condition = `(LastUpdated > ${time} OR Updated > ${time})`;
  const list = { ...ticketList(condition, ticketFields(rt.config)), afterId: request.resume };
  yield* readPages(rt.pages(list), {
    schema: TicketItem,
    fromWire: (item) => item,
    isWanted: (one) => one.LastUpdated >= since || (one.EffectiveId ?? one.id) !== one.id,
  });
}

function ticketFields({ clientFrom, workTypeField }: RequestTrackerConfig): string[] {
  const fields = ['Subject', 'Status', 'EffectiveId', 'LastUpdated', 'Resolved', 'Queue.Name'];
  if (clientFrom === 'organization') fields.push('Requestor.Organization');
  const hasField = clientFrom === 'custom-field' || workTypeField !== undefined;
  return hasField ? [...fields, 'CustomFields'] : fields;
}

/** Transactions are never edited, so that what is new since the timestamp is all there is. */
export async function* pullTime(rt: Rt, request: PullRequest): Rows<TimeEntryRow> {
  await facts.refuseIfFalse(rt.context, 'query-dates', 'time-visible');
  const { workTypeField } = rt.config;
  if (workTypeField !== undefined) return yield* timeByTicket(rt, request, workTypeField);
  const since = wholeSecond(request.since);
  const condition = `Created > ${timeBefore(since, rt.context.now())}`;
  yield* readPages(rt.pages({ ...timeList(condition), afterId: request.resume }), {
    schema: TimeItem,
    fromWire: (item) => fromTime(item, null),
    isWanted: (row) => row.endedAt >= since,
  });
}

/**
 * Where the work type is the ticket's, all time of a changed ticket is read again: its work type may
 * be what changed. New time changes its ticket, so that none is missed.
 */
async function* timeByTicket(rt: Rt, request: PullRequest, field: string): Rows<TimeEntryRow> {
  for await (const { rows, resume } of changedTickets(rt, request)) {
    if (rows.length === 0) continue;
    const workTypes = new Map(rows.map((item) => [item.id, fieldValuesOf(item, field)[0] ?? null]));
    const pages = readPages(rt.pages(timeList(anyOf('ObjectId', [...workTypes.keys()]))), {
      schema: TimeItem,
      fromWire: (item) => fromTime(item, workTypes.get(item.ObjectId) ?? null),
    });
    for await (const page of pages) yield { ...page, resume: null };
    yield { rows: [], rejected: [], resume };
  }
}
