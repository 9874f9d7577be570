import type { Page, Pull, TicketRow, TimeEntryRow } from '../contract/connector.ts';
import type { Format } from '../domain/format.ts';
import type { Instant } from '../domain/time.ts';
import { compareEntries, compareTickets, entryText } from './compare-rows.ts';
import {
  clientFinder,
  type Found,
  type ReconcileContext,
  type ReconcileOutcome,
  refuseStopped,
  sourceIdsOf,
} from './context.ts';
import { keepFound } from './found.ts';

/** Tickets whose time is requested at once. */
const ticketsPerCall = 50;

/** Reads the tickets of the window again, with their time if it is only listed per ticket. */
export async function listTickets(
  context: ReconcileContext,
  outcome: ReconcileOutcome,
): Promise<void> {
  const { tickets, ticketTime } = context.connector.pull;
  if (tickets === undefined) return;
  for await (const page of pagesOf(context, tickets, context.readTo.tickets, outcome)) {
    const settled = page.rows.filter((row) => row.updatedAt < context.readTo.tickets);
    const withTime = ticketTime === undefined ? [] : await filterReadTickets(context, settled);
    await context.store.listTickets([
      ...page.rows.map(({ sourceId, clientId }) => ({ sourceId, clientId, hasAllTime: false })),
      // An unreadable row still exists.
      ...page.rejected.map(({ sourceId }) => ({ sourceId, clientId: null, hasAllTime: false })),
    ]);
    await keepFound(context, outcome, await compareTicketPage(context, settled));
    await listTicketTime(context, outcome, withTime);
  }
}

/** Reads the time of the window again. */
export async function listTime(
  context: ReconcileContext,
  outcome: ReconcileOutcome,
): Promise<void> {
  const { timeEntries } = context.connector.pull;
  if (timeEntries === undefined) return;
  for await (const page of pagesOf(context, timeEntries, context.readTo.timeEntries, outcome)) {
    const rejectedIds = page.rejected.map(({ sourceId }) => sourceId);
    await compareEntryPage(context, outcome, page.rows, rejectedIds, context.readTo.timeEntries);
  }
}

async function* pagesOf<Row>(
  context: ReconcileContext,
  pull: Pull<Row>,
  until: Instant,
  outcome: ReconcileOutcome,
): AsyncGenerator<Page<Row>, void> {
  const { from: since, signal } = context;
  const clientIds = sourceIdsOf(context);
  const asked = { since, until, resume: null, clientIds, signal };
  const request = { ...asked, isStored: false, whenStored: async () => {} };
  for await (const page of pull(request)) {
    refuseStopped(context);
    outcome.rows += page.rows.length + page.rejected.length;
    context.onPage?.(outcome.rows);
    yield page;
  }
}

async function compareTicketPage(
  context: ReconcileContext,
  rows: readonly TicketRow[],
): Promise<Found[]> {
  const { store, connection } = context;
  const ids = rows.map(({ sourceId }) => sourceId);
  const mirrored = await store.readMirrorTickets(connection, ids);
  const byId = new Map(mirrored.map((one) => [one.row.sourceId, one]));
  const setAside = new Set(await store.readSetAside(connection, 'tickets', ids));
  const clientOf = clientFinder(context.clients, connection);
  return rows.flatMap((theirs): Found[] => {
    const ours = byId.get(theirs.sourceId);
    const client = clientOf(theirs.clientId) ?? clientOf(ours?.row.clientId ?? null);
    if (client === undefined || setAside.has(theirs.sourceId)) return [];
    const subject = `ticket ${theirs.number}`;
    const common = { subject, clientId: client.id };
    if (ours === undefined) {
      const text = `${theirs.isClosed ? 'closed' : 'open'}, ${theirs.summary}`;
      return [{ ...common, kind: 'ticket-missing-here', ours: 'not here', theirs: text }];
    }
    const texts = compareTickets(ours.row, theirs, context.format);
    return texts === null ? [] : [{ ...common, kind: 'ticket-differs', ...texts }];
  });
}

/** A ticket whose time is still to be pulled cannot be compared yet. */
async function filterReadTickets(
  { store, connection, clients }: ReconcileContext,
  rows: readonly TicketRow[],
): Promise<string[]> {
  const clientOf = clientFinder(clients, connection);
  const ids = rows
    .filter(({ clientId }) => clientOf(clientId) !== undefined)
    .map(({ sourceId }) => sourceId);
  const due = new Set(await store.readTimeDue(connection, ids));
  return ids.filter((id) => !due.has(id));
}

async function listTicketTime(
  context: ReconcileContext,
  outcome: ReconcileOutcome,
  ticketIds: readonly string[],
): Promise<void> {
  const { ticketTime } = context.connector.pull;
  if (ticketTime === undefined) return;
  for (let first = 0; first < ticketIds.length; first += ticketsPerCall) {
    const asked = ticketIds.slice(first, first + ticketsPerCall);
    for await (const page of ticketTime(asked, context.signal)) {
      refuseStopped(context);
      outcome.rows += page.rows.length + page.rejected.length;
      const clients = await context.store.readTicketClients(context.connection, page.ticketIds);
      await context.store.listTickets(
        page.ticketIds.map((sourceId) => ({
          sourceId,
          clientId: clients.get(sourceId) ?? null,
          hasAllTime: true,
        })),
      );
      const rejectedIds = page.rejected.map(({ sourceId }) => sourceId);
      await compareEntryPage(context, outcome, page.rows, rejectedIds, null);
    }
  }
}

/** `readTo` null: neither the ticket nor its time has changed since its time was read. */
async function compareEntryPage(
  context: ReconcileContext,
  outcome: ReconcileOutcome,
  rows: readonly TimeEntryRow[],
  rejectedIds: readonly string[],
  readTo: Instant | null,
): Promise<void> {
  const { store, connection } = context;
  const ids = rows.map(({ sourceId }) => sourceId);
  const mirrored = await store.readMirrorEntries(connection, ids);
  const byId = new Map(mirrored.map((one) => [one.row.sourceId, one]));
  const setAside = new Set(await store.readSetAside(connection, 'timeEntries', ids));
  const ticketIds = [...rows, ...mirrored.map(({ row }) => row)].flatMap((row) =>
    row.ticketId === null ? [] : [row.ticketId],
  );
  const ticketClients = await store.readTicketClients(connection, [...new Set(ticketIds)]);
  const clientOf = clientFinder(context.clients, connection);
  const sourceOf = ({ clientId, ticketId }: Pick<TimeEntryRow, 'clientId' | 'ticketId'>) =>
    clientId ?? ticketClients.get(ticketId ?? '') ?? null;
  const found: Found[] = [];
  const listed = rows.map((theirs) => {
    const known = byId.get(theirs.sourceId);
    const ours = known?.isDeleted === false ? known.row : null;
    const source = sourceOf(theirs);
    const client = clientOf(source) ?? (ours === null ? undefined : clientOf(sourceOf(ours)));
    const isRecent = readTo !== null && theirs.updatedAt >= readTo;
    const isCompared = client !== undefined && !isRecent && !setAside.has(theirs.sourceId);
    if (isCompared) found.push(...entryDifferences(ours, theirs, client.id, context.format));
    const { sourceId, ticketId, seconds } = theirs;
    return { sourceId, ticketId, clientId: source, seconds, isCompared };
  });
  const unread = rejectedIds.map((sourceId) => ({
    sourceId,
    ticketId: null,
    clientId: null,
    seconds: 0,
    isCompared: false,
  }));
  await store.listEntries([...listed, ...unread]);
  await keepFound(context, outcome, found);
}

function entryDifferences(
  ours: TimeEntryRow | null,
  theirs: TimeEntryRow,
  clientId: string,
  format: Format,
): Found[] {
  const common = { subject: `time entry ${theirs.sourceId}`, clientId };
  if (ours === null) {
    const text = entryText(theirs, format);
    return [{ ...common, kind: 'entry-missing-here', ours: 'not here', theirs: text }];
  }
  const texts = compareEntries(ours, theirs, format);
  return texts === null ? [] : [{ ...common, kind: 'entry-differs', ...texts }];
}
