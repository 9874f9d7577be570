/**
 * Technician time: the timers that were made since, in pages; then all time of each ticket that changed
 * since and is older than that, in which a timer may have been changed, ended or deleted.
 */
import { z } from 'zod';
import type {
  Page,
  Pull,
  PullRequest,
  RejectedRow,
  SourceId,
  TimeEntryRow,
} from '../../src/contract/connector.ts';
import { KindError } from '../../src/domain/errors.ts';
import type { Instant } from '../../src/domain/time.ts';
import { parseRows } from '../http/rows.ts';
import { type Api, clientNumbers } from './api.ts';
import { refuseIfFalse } from './facts.ts';
import { createdTimers, refuseOld } from './lists.ts';
import { fromTimer, isRunning } from './mapping.ts';
import type { Names } from './names.ts';
import {
  createOwners,
  listRecent,
  type Owners,
  type RecentById,
  type RecentTickets,
} from './recent-tickets.ts';
import { type RunningTickets, readRunning } from './running-tickets.ts';
import { idOf, NumberId, TicketDetail, TimerWire } from './schema.ts';

interface TimePass {
  api: Api;
  names: Names;
  request: PullRequest;
  ours: ReadonlySet<SourceId>;
  tickets: RecentById;
  owners: Owners;
  running: RunningTickets;
}

export function createTimePull(api: Api, names: Names, recent: RecentTickets): Pull<TimeEntryRow> {
  return async function* pull(request: PullRequest): AsyncGenerator<Page<TimeEntryRow>> {
    await refuseIfFalse(api.context, 'tickets-since', 'timers-since');
    const { since, signal } = request;
    const tickets = recent.take(request) ?? (await listRecent(api, since, signal));
    const running = await readRunning(api, request);
    const ours = new Set(clientNumbers(request.clientIds));
    const owners = createOwners(api, tickets, signal);
    const pass: TimePass = { api, names, request, ours, tickets, owners, running };
    const list = createdTimers(since);
    for await (const { rows } of api.pages(list, signal)) {
      const taken = await takeOurs(pass, rows);
      const read = await readTimers(pass, taken.raw);
      for (const { created_at } of read.wires) {
        if (created_at !== null) refuseOld(list, created_at, since);
      }
      yield { rows: read.rows, rejected: [...taken.rejected, ...read.rejected], resume: null };
    }
    const again = running.before.filter(([, owner]) => ours.has(owner)).map(([id]) => id);
    for (const ticketId of new Set([...olderThan(since, tickets), ...again])) {
      const page = await readTicketTime(pass, ticketId);
      if (page !== null) yield page;
    }
    await running.write();
  };
}

/** A ticket that was made since has all its time in the list of timers. */
function olderThan(since: Instant, tickets: RecentById): SourceId[] {
  return [...tickets]
    .filter(([, { updatedAt }]) => updatedAt === null || updatedAt >= since)
    .filter(([, { createdAt }]) => createdAt === null || createdAt < since)
    .map(([id]) => id);
}

const OnTicket = z.object({ ticket_id: NumberId });

/** The rows on tickets of ours, and those that name no ticket; one whose ticket is hidden is set aside. */
async function takeOurs(
  pass: TimePass,
  rows: readonly unknown[],
): Promise<{ raw: unknown[]; rejected: RejectedRow[] }> {
  const raw: unknown[] = [];
  const rejected: RejectedRow[] = [];
  for (const row of rows) {
    const ticketId = OnTicket.safeParse(row).data?.ticket_id;
    const owner = ticketId === undefined ? undefined : await pass.owners.of(ticketId);
    if (owner === null) {
      const reason = `Ticket ${ticketId} of this time is not shown to us. Look whether it was deleted, or the permission to see it taken away.`;
      rejected.push({ sourceId: idOf(row) ?? `time on ticket ${ticketId}`, reason, row });
    } else if (owner === undefined || pass.ours.has(owner)) raw.push(row);
  }
  return { raw, rejected };
}

interface ReadTimers {
  wires: readonly TimerWire[];
  rows: TimeEntryRow[];
  rejected: RejectedRow[];
}

/** Running timers are no time yet. Tickets of time without an end are remembered, to be read again. */
async function readTimers(pass: TimePass, raw: readonly unknown[]): Promise<ReadTimers> {
  const { api, names, request, running, owners } = pass;
  const { rows: wires } = parseRows(raw, TimerWire, (wire) => wire);
  const timeNames = await names.forTimers(wires, request.signal);
  for (const { end_time, ticket_id } of wires) {
    const owner = end_time === null ? await owners.of(ticket_id) : null;
    if (owner !== null) running.add(ticket_id, owner);
  }
  const ended = raw.filter((row) => {
    const wire = TimerWire.safeParse(row).data;
    return wire === undefined || !isRunning(wire);
  });
  const { rows, rejected } = parseRows(ended, TimerWire, (wire) =>
    fromTimer(wire, timeNames, api.config),
  );
  return { wires, rows, rejected };
}

/** All time of one ticket; null where it is none of ours. */
async function readTicketTime(
  pass: TimePass,
  ticketId: SourceId,
): Promise<Page<TimeEntryRow> | null> {
  const owner = pass.tickets.get(ticketId)?.clientId ?? null;
  if (owner !== null && !pass.ours.has(owner)) return null;
  const path = `/tickets/${ticketId}`;
  const found = await pass.api.getIfThere(path, TicketDetail, pass.request.signal);
  if (found === null) return unreadable(ticketId);
  const { ticket } = found;
  pass.owners.see(ticketId, ticket.customer_id);
  if (!pass.ours.has(ticket.customer_id)) {
    pass.running.move(ticketId, ticket.customer_id);
    return null;
  }
  const { wires, rows, rejected } = await readTimers(pass, ticket.ticket_timers);
  const stranger = wires.find(({ ticket_id }) => ticket_id !== ticketId);
  if (ticket.id !== ticketId || stranger !== undefined) {
    const shown = stranger?.ticket_id ?? ticket.id;
    throw new KindError('contract', `GET ${path} answered with ticket ${shown}.`);
  }
  return { rows, rejected, resume: null, completeTicketIds: [ticketId] };
}

/** Listed a moment ago, or read before, and not there: that may be a permission as well. */
function unreadable(ticketId: SourceId): Page<TimeEntryRow> {
  const reason =
    'The ticket is not there (404). Its time stays as last read, until a sweep; look whether it was deleted.';
  const row = { sourceId: `ticket ${ticketId}`, reason, row: { id: ticketId } };
  return { rows: [], rejected: [row], resume: null };
}
