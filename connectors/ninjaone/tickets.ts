import type {
  ConnectorContext,
  Page,
  PullRequest,
  RejectedRow,
  SourceId,
  TicketRow,
} from '../contract.ts';
import { parseRows } from '../http/rows.ts';
import type { ParsedRows } from '../http/types.ts';
import { type Api, idOf } from './api.ts';
import type { Boards, KnownBoard } from './boards.ts';
import { type Organizations, organizationOfTicket } from './directory.ts';
import { readFact, refuseWhereNot } from './facts.ts';
import { fromBoardRow } from './mapping.ts';
import { BoardRow } from './schema.ts';
import type { Statuses } from './statuses.ts';

export interface TicketRooms {
  api: Api;
  context: ConnectorContext;
  boards: Boards;
  statuses: Statuses;
  organizations: Organizations;
  /** Seconds that the boards show for each ticket of this pass, for whoever reads its time next. */
  trackedSeconds: Map<SourceId, number>;
}

/**
 * Tickets of all boards, each once a pass. A board lists what changed last first, so what changes
 * while it is read moves to its top: only the end of the pass is a safe point, and `resume` is null.
 */
export async function* pullTickets(
  rooms: TicketRooms,
  request: PullRequest,
): AsyncGenerator<Page<TicketRow>> {
  await refuseWhereNot(rooms.context.memory, ['comment-moves-ticket'], 'reading tickets');
  rooms.trackedSeconds.clear();
  const seen = new Set<SourceId>();
  for (const board of await rooms.boards.toRead(request.signal)) {
    for await (const { data } of rooms.boards.pages(board, request, request.signal)) {
      const page = parseRows(data.data, BoardRow, (row) => row);
      const fresh = new Map<SourceId, BoardRow>();
      for (const row of page.rows) {
        if (row.lastUpdated >= request.since && !seen.has(row.id)) fresh.set(row.id, row);
        seen.add(row.id);
      }
      const raw = data.data.filter((row) => fresh.delete(idOf(row) ?? ''));
      const believed = await believeRows(rooms, request, board, raw);
      const rejected = [...page.rejected, ...believed.rejected];
      if (believed.rows.length + rejected.length === 0) continue;
      yield { rows: believed.rows, rejected, resume: null };
    }
  }
}

/** Rows of clients that nobody asked for are left out; a row without any client is kept. */
async function believeRows(
  rooms: TicketRooms,
  request: PullRequest,
  board: KnownBoard,
  raw: readonly unknown[],
): Promise<ParsedRows<TicketRow>> {
  const isByName = (await readFact(rooms.context.memory, 'board-organization')) !== 'no';
  const wanted = new Map<SourceId, { row: BoardRow; clientId: SourceId | null }>();
  const unseen: RejectedRow[] = [];
  for (const row of parseRows(raw, BoardRow, (believed) => believed).rows) {
    const clientId = await clientOf(rooms, row, isByName, request.signal);
    if (clientId === undefined) unseen.push({ sourceId: row.id, reason: unseenReason, row });
    else if (clientId === null || request.clientIds.includes(clientId)) {
      wanted.set(row.id, { row, clientId });
    }
  }
  if (wanted.size === 0) return { rows: [], rejected: unseen };
  const statuses = [...wanted.values()].map(({ row }) => row.status);
  const isClosed = await rooms.statuses.reader(statuses, request.signal);
  for (const { row } of wanted.values()) {
    if (row.totalTimeTracked != null) rooms.trackedSeconds.set(row.id, row.totalTimeTracked);
    else rooms.trackedSeconds.delete(row.id);
  }
  const believed = parseRows(
    raw.filter((row) => wanted.has(idOf(row) ?? '')),
    BoardRow,
    (row) =>
      fromBoardRow(row, {
        board,
        clientId: wanted.get(row.id)?.clientId ?? null,
        isClosed: isClosed(row.status),
      }),
  );
  return { rows: believed.rows, rejected: [...unseen, ...believed.rejected] };
}

const unseenReason =
  'A board lists the ticket, but it is not there (404), so nobody can say which organization it ' +
  'belongs to. It stays as last read; look whether it was deleted, or the permission taken away.';

/** A board shows the organization by name; where that tells no single one, the ticket itself does. */
async function clientOf(
  rooms: TicketRooms,
  row: BoardRow,
  isByName: boolean,
  signal: AbortSignal,
): Promise<SourceId | null | undefined> {
  if (row.organization === null) return null;
  const known = isByName ? await rooms.organizations.idOfName(row.organization, signal) : null;
  return known ?? organizationOfTicket(rooms.api, row.id, signal);
}
