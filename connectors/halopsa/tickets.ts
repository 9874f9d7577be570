/** Tickets that changed, page by page in the order of ids; then those that were deleted. */
import { z } from 'zod';
import type {
  Page,
  Pull,
  PullRequest,
  RejectedRow,
  SourceId,
  TicketRow,
} from '../../src/contract/connector.ts';
import { parseRows } from '../http/rows.ts';
import type { Api, List, Query } from './api.ts';
import { readFact, refuseIfNot, settleFact } from './facts.ts';
import { clientLists, filterMoment, ignored, refuseStranger } from './lists.ts';
import { fromTicket, isNothing } from './mapping.ts';
import type { Names } from './names.ts';
import { type Named, TicketDetail, TicketWire } from './schema.ts';

/** Without these, names and hours are left out of the rows. */
const shown = { includestatus: true, includetickettype: true, includetimetaken: true };

export function ticketList(query: Query, pageSize?: number): List {
  const list = { path: '/Tickets', rows: 'tickets', query: { order: 'id', ...shown, ...query } };
  return pageSize === undefined ? list : { ...list, pageSize };
}

export function createTicketPull(api: Api, names: Names): Pull<TicketRow> {
  return async function* pull(request: PullRequest): AsyncGenerator<Page<TicketRow>> {
    await refuseIfNot(
      api.context,
      'last-update',
      'closed-listed',
      'closed-flag',
      'dates-utc',
      'action-moves-ticket',
    );
    for (const { ids, query } of await clientLists(api, request.clientIds)) {
      const since = { ...query, lastupdatefromdate: filterMoment(request.since) };
      yield* changedTickets({ api, names }, request, ids, since);
      yield* deletedTickets(api, request, ids, since);
    }
  };
}

/** Numbered pages: only the end of the list is a safe point, so that `resume` is null. */
async function* changedTickets(
  { api, names }: { api: Api; names: Names },
  request: PullRequest,
  ids: readonly SourceId[],
  query: Query,
): AsyncGenerator<Page<TicketRow>> {
  const closedStatuses = api.config.closedStatuses ?? null;
  // Only where closed goes by name must a status be called by it: rows may show its number alone.
  const statuses = closedStatuses === null ? [] : await names.list('statuses', request.signal);
  const deleted = await readDeleted(api);
  let before = -1;
  for await (const page of api.pages(ticketList(query), request.signal)) {
    const believed = parseRows(page.rows, TicketWire, (row) =>
      fromTicket(withStatusName(row, statuses), closedStatuses),
    );
    before = refuseOtherOrder(page.rows, before);
    for (const row of believed.rows) {
      refuseStranger('/Tickets', row.clientId, ids);
    }
    refuseEarlier(page.rows, request);
    const restored = believed.rows.filter(({ sourceId }) => deleted.delete(sourceId));
    if (restored.length > 0) await writeDeleted(api, deleted);
    yield { ...believed, resume: null };
  }
}

export function withStatusName(row: TicketWire, statuses: readonly Named[]): TicketWire {
  const status_name = row.status_name || statuses.find(({ id }) => id === row.status_id)?.name;
  return { ...row, status_name };
}

/** Only `last_update` is what the filter asks about: the last action of a changed ticket may be old. */
function refuseEarlier(rows: readonly unknown[], { since }: PullRequest): void {
  for (const row of rows) {
    const changed = Changed.safeParse(row).data?.last_update ?? null;
    if (changed === null || changed >= `${filterMoment(since)}.000Z`) continue;
    throw ignored('/Tickets', `a ticket last changed at ${changed}`);
  }
}

const Changed = TicketWire.pick({ last_update: true });

const AnyRow = z.object({ id: z.int() });

/** A page may come twice, but within it, and from the first rows of one to those of the next, ids rise. */
function refuseOtherOrder(rows: readonly unknown[], firstBefore: number): number {
  const ids = rows.flatMap((row) => AnyRow.safeParse(row).data?.id ?? []);
  const [first] = ids;
  if (first === undefined) return firstBefore;
  const isRising = ids.every((id, index) => index === 0 || id > (ids[index - 1] ?? 0));
  if (!isRising || first < firstBefore) throw ignored('/Tickets', 'tickets in another order');
  return first;
}

/**
 * A deleted ticket is in no other list, and its actions may still be shown. Each is read by itself before
 * it is believed deleted: a list that ignored the filter would take all time away.
 */
async function* deletedTickets(
  api: Api,
  request: PullRequest,
  ids: readonly SourceId[],
  query: Query,
): AsyncGenerator<Page<TicketRow>> {
  if ((await readFact(api.context, 'deleted-filter')) === 'no') return;
  const list = ticketList({ ...query, deleted: true });
  for await (const page of api.pages(list, request.signal)) {
    const parsed = parseRows(page.rows, TicketWire, (row) => row);
    const found: { rows: TicketRow[]; rejected: readonly RejectedRow[] } = {
      rows: [],
      rejected: parsed.rejected,
    };
    for (const row of parsed.rows) {
      refuseStranger('/Tickets', row.client_id, ids);
      if (row.timetaken != null && isNothing(row.timetaken)) continue;
      const isDeleted = await isTicketDeleted(api, row.id, request.signal);
      await settleFact(api.context, 'deleted-filter', isDeleted);
      if (!isDeleted) {
        api.context.log.warn('Halo lists tickets as deleted that are not.', { ticket: row.id });
        return;
      }
      await writeDeleted(api, (await readDeleted(api)).add(row.id));
      found.rows.push({ ...fromTicket({ ...row, dateclosed: null }, null), status: 'Deleted' });
    }
    yield { ...found, resume: null };
  }
}

export async function isTicketDeleted(
  api: Api,
  id: SourceId,
  signal: AbortSignal,
): Promise<boolean> {
  return (await api.get(`/Tickets/${id}`, {}, TicketDetail, signal)).deleted === true;
}

const deletedKey = 'deleted-tickets';

/** Deleted tickets whose time is to be taken back, until it was. */
export async function readDeleted(api: Api): Promise<Set<SourceId>> {
  const stored = await api.context.memory.get(deletedKey);
  return new Set((stored ?? '').split(' ').filter((id) => id !== ''));
}

export async function writeDeleted(api: Api, ids: ReadonlySet<SourceId>): Promise<void> {
  await api.context.memory.set(deletedKey, [...ids].join(' '));
}
