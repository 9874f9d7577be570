/**
 * Technician time. Timers have no customer: the ticket stream, read just before, knows the owners of recently changed
 * tickets, so the list is read again only if needed. The end of running time may show only on its ticket, which is read
 * in every run until then.
 */
import { z } from 'zod';
import type {
  Page,
  PresenceRequest,
  PullRequest,
  RejectedRow,
  SourceId,
  TimeEntryRow,
} from '../../src/contract/connector.ts';
import { KindError } from '../../src/domain/errors.ts';
import { addSeconds, type Instant } from '../../src/domain/time.ts';
import { parseRows, rawId } from '../http/answers/rows.ts';
import { WireInstant } from '../http/answers/wire.ts';
import { believeRows, parseAll, type Rows } from '../kit/reading/lists.ts';
import type { Syncro } from './call.ts';
import { facts } from './facts.ts';
import { clientNumbers, productNames, refuseUnasked, ticketList, timerList } from './lists.ts';
import { fromTimer, isRunning } from './mapping.ts';
import { NumberId, TicketDetail, TimerWire } from './schema.ts';

/** Null if unreadable: the ticket stream has quarantined such a row. */
const Recent = z.object({
  id: NumberId,
  customer_id: NumberId.nullable().catch(null),
  created_at: WireInstant.nullable().catch(null),
  updated_at: WireInstant.nullable().catch(null),
});

export type RecentTickets = Map<SourceId, z.infer<typeof Recent>>;

/** What the ticket stream read last. */
export type SeenTickets = Pick<PullRequest, 'since' | 'until'> & { tickets: RecentTickets };

export function addRecent(tickets: RecentTickets, rows: readonly unknown[]): void {
  for (const raw of rows) {
    const row = Recent.safeParse(raw).data;
    if (row !== undefined) tickets.set(row.id, row);
  }
}

/** What the ticket stream read in the same run, used once; read again if it did not go back far enough. */
async function takeRecent(syncro: Syncro, { since, until }: PullRequest): Promise<RecentTickets> {
  const { last } = syncro.seen;
  syncro.seen.last = null;
  const isOfRun = last !== null && last.until === until && last.since <= since;
  return isOfRun ? last.tickets : listRecent(syncro, since);
}

async function listRecent(syncro: Syncro, since: Instant): Promise<RecentTickets> {
  const tickets: RecentTickets = new Map();
  for await (const { rows } of syncro.pages(ticketList.since(since))) addRecent(tickets, rows);
  return tickets;
}

/** By ticket; null: no such ticket is visible. */
type Owners = Map<SourceId, SourceId | null>;

function ownersOf(tickets: RecentTickets): Owners {
  const known = [...tickets].filter(([, { customer_id }]) => customer_id !== null);
  return new Map(known.map(([id, { customer_id }]) => [id, customer_id]));
}

/** A ticket that has not changed although time was logged on it is requested by itself, once. */
async function findOwner(syncro: Syncro, owners: Owners, id: SourceId): Promise<SourceId | null> {
  if (!owners.has(id)) {
    const ticket = await syncro.getIfThere(`/tickets/${id}`, TicketDetail);
    owners.set(id, ticket?.customer_id ?? null);
  }
  return owners.get(id) ?? null;
}

/** Tickets with running time, each with its client: a pass may cover only some clients. */
type RunningTickets = Map<SourceId, SourceId>;

const runningKey = 'running-tickets';

async function readRunning({ context }: Syncro): Promise<RunningTickets> {
  const entries = ((await context.memory.get(runningKey)) ?? '').split(' ');
  const pairs = entries.filter((text) => text.includes(':')).map((text) => text.split(':'));
  return new Map(pairs.map(([ticketId = '', clientId = '']) => [ticketId, clientId]));
}

async function writeRunning({ context: { memory } }: Syncro, running: RunningTickets) {
  const entries = [...running].map((entry) => entry.join(':'));
  const text = entries.sort().join(' ');
  if (text !== ((await memory.get(runningKey)) ?? '')) await memory.set(runningKey, text);
}

interface TimePass {
  syncro: Syncro;
  ours: ReadonlySet<SourceId>;
  tickets: RecentTickets;
  owners: Owners;
  /** From the last pass. */
  before: RunningTickets;
  running: RunningTickets;
}

/**
 * The timers created since, in pages; then all time of each older ticket that changed since, whose timers may have
 * been changed, ended or deleted.
 */
export async function* pullTime(syncro: Syncro, request: PullRequest): Rows<TimeEntryRow> {
  await facts.refuseIfFalse(syncro.context, 'tickets-since', 'timers-since');
  const { since, isStored } = request;
  const tickets = await takeRecent(syncro, request);
  const before = await readRunning(syncro);
  const ours = new Set(clientNumbers(request.clientIds));
  // Only tickets of the requested clients are dropped; a comparison stores nothing, so it drops none.
  const running = new Map([...before].filter(([, owner]) => !isStored || !ours.has(owner)));
  const pass: TimePass = { syncro, ours, tickets, owners: ownersOf(tickets), before, running };
  const list = timerList.since(since);
  for await (const { rows } of syncro.pages(list)) {
    const taken = await takeOurs(pass, rows);
    const read = await readTimers(pass, taken.raw);
    for (const { created_at } of read.wires) {
      if (created_at !== null) refuseUnasked(list, created_at, since);
    }
    yield { rows: read.rows, rejected: [...taken.rejected, ...read.rejected], resume: null };
  }
  const again = [...before].filter(([, owner]) => ours.has(owner)).map(([id]) => id);
  for (const ticketId of new Set([...olderThan(since, tickets), ...again])) {
    const page = await readTicketTime(pass, ticketId);
    if (page !== null) yield page;
  }
  await request.whenStored();
  await writeRunning(syncro, running);
}

/** A ticket created since has all its time in the list of timers. */
function olderThan(since: Instant, tickets: RecentTickets): SourceId[] {
  return [...tickets.values()]
    .filter(({ updated_at }) => updated_at === null || updated_at >= since)
    .filter(({ created_at }) => created_at === null || created_at < since)
    .map(({ id }) => id);
}

const OnTicket = z.object({ ticket_id: NumberId });

/** The rows on our clients' tickets, and those without a ticket; one on a hidden ticket is quarantined. */
async function takeOurs({ syncro, owners, ours }: TimePass, rows: readonly unknown[]) {
  const raw: unknown[] = [];
  const rejected: RejectedRow[] = [];
  for (const row of rows) {
    const ticketId = OnTicket.safeParse(row).data?.ticket_id;
    const owner = ticketId === undefined ? undefined : await findOwner(syncro, owners, ticketId);
    if (owner === null) {
      const reason = `Ticket ${ticketId} of this time is not visible. Check whether it was deleted or the permission to see it was removed.`;
      rejected.push({ sourceId: rawId(row) ?? `time on ticket ${ticketId}`, reason, row });
    } else if (owner === undefined || ours.has(owner)) raw.push(row);
  }
  return { raw, rejected };
}

/** Running timers are not time yet. Their tickets are remembered and read again. */
async function readTimers({ syncro, running, owners }: TimePass, raw: readonly unknown[]) {
  const { rows: wires } = parseRows(raw, TimerWire, (wire) => wire);
  const userIds = new Set(wires.flatMap(({ user_id }) => user_id ?? []));
  const productIds = wires.flatMap(({ product_id }) => product_id ?? []);
  const users = await syncro.names.byId(syncro, 'users', [...userIds]);
  const products = await productNames(syncro, productIds);
  for (const { end_time, ticket_id } of wires) {
    const owner = end_time === null ? await findOwner(syncro, owners, ticket_id) : null;
    if (owner !== null) running.set(ticket_id, owner);
  }
  const ended = raw.filter((row) => !parseAll([row], TimerWire).some(isRunning));
  const toRow = (wire: TimerWire) => fromTimer(wire, { users, products }, syncro.config);
  return { wires, ...parseRows(ended, TimerWire, toRow) };
}

/** All time of one ticket; null if it is not our client's. */
async function readTicketTime(
  pass: TimePass,
  ticketId: SourceId,
): Promise<Page<TimeEntryRow> | null> {
  const { syncro, ours, tickets, owners, before, running } = pass;
  const listedOwner = tickets.get(ticketId)?.customer_id ?? null;
  if (listedOwner !== null && !ours.has(listedOwner)) return null;
  const path = `/tickets/${ticketId}`;
  const ticket = await syncro.getIfThere(path, TicketDetail);
  if (ticket === null) {
    // Listed just now, or read before: may also be a missing permission.
    const reason =
      'The ticket was not found (404). Its time stays as last read until a sweep; check whether it was deleted.';
    const row = { sourceId: `ticket ${ticketId}`, reason, row: { id: ticketId } };
    return { rows: [], rejected: [row], resume: null };
  }
  const { id, customer_id: owner, ticket_timers } = ticket;
  owners.set(ticketId, owner);
  if (!ours.has(owner)) {
    if (before.has(ticketId)) running.set(ticketId, owner);
    return null;
  }
  const { wires, rows, rejected } = await readTimers(pass, ticket_timers);
  const stranger = wires.find(({ ticket_id }) => ticket_id !== ticketId);
  if (id !== ticketId || stranger !== undefined) {
    const shown = stranger?.ticket_id ?? id;
    throw new KindError('contract', `GET ${path} returned ticket ${shown}.`);
  }
  return { rows, rejected, resume: null, completeTicketIds: [ticketId] };
}

/** Timers are listed by creation; work may be entered this long before it begins. */
const marginSeconds = 31 * 86_400;

const Present = TimerWire.pick({ id: true, ticket_id: true, start_time: true, end_time: true });

/** Which time exists now: a deleted timer just disappears. Syncro counts pages, not rows. */
export async function* presentTime(
  syncro: Syncro,
  { from, to, clientIds }: PresenceRequest,
): AsyncGenerator<readonly SourceId[]> {
  await facts.refuseIfFalse(syncro.context, 'tickets-since', 'timers-since');
  const ours = new Set(clientNumbers(clientIds));
  const since = addSeconds(from, -marginSeconds);
  const owners = ownersOf(await listRecent(syncro, since));
  for await (const page of syncro.pages(timerList.since(since))) {
    const ids: SourceId[] = [];
    // An unreadable row would otherwise count as deleted.
    for (const { id, ticket_id, start_time, end_time } of believeRows(
      timerList.all,
      page.rows,
      Present,
    )) {
      if (end_time === null || start_time < from || start_time >= to) continue;
      const owner = await findOwner(syncro, owners, ticket_id);
      if (owner !== null && ours.has(owner)) ids.push(id);
    }
    yield ids;
  }
}
