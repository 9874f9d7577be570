import type {
  ConnectorContext,
  Page,
  PullRequest,
  RejectedRow,
  SourceId,
  TicketRow,
} from '../../src/contract/connector.ts';
import { ifThere } from '../http/if-there.ts';
import { parseRows } from '../http/rows.ts';
import type { ParsedRows } from '../http/types.ts';
import { type Api, idOf } from './api.ts';
import type { Boards, KnownBoard } from './boards.ts';
import type { Organizations } from './directory.ts';
import { readFact, refuseWhereNot } from './facts.ts';
import { fromBoardRow } from './mapping.ts';
import { BoardRow, type RowStatus } from './schema.ts';
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

/** A row with what the board's columns leave out, which the ticket itself shows. */
interface Wanted {
  clientId: SourceId | null;
  status: RowStatus;
}

/** Rows of clients that nobody asked for are left out; a row without any client is kept. */
async function believeRows(
  rooms: TicketRooms,
  request: PullRequest,
  board: KnownBoard,
  raw: readonly unknown[],
): Promise<ParsedRows<TicketRow>> {
  const isByName = (await readFact(rooms.context.memory, 'board-organization')) !== 'no';
  const wanted = new Map<SourceId, Wanted>();
  const rejected: RejectedRow[] = [];
  for (const row of parseRows(raw, BoardRow, (believed) => believed).rows) {
    const found = await complete(rooms, row, isByName, request.signal);
    if (typeof found === 'string') rejected.push({ sourceId: row.id, reason: found, row });
    else if (found.clientId === null || request.clientIds.includes(found.clientId)) {
      wanted.set(row.id, found);
      if (row.totalTimeTracked != null) rooms.trackedSeconds.set(row.id, row.totalTimeTracked);
      else rooms.trackedSeconds.delete(row.id);
    }
  }
  if (wanted.size === 0) return { rows: [], rejected };
  const statuses = [...wanted.values()].map(({ status }) => status);
  const statusOf = await rooms.statuses.reader(statuses, request.signal);
  const believed = parseRows(
    raw.filter((row) => wanted.has(idOf(row) ?? '')),
    BoardRow,
    (row) => {
      const { clientId, status } = wanted.get(row.id) ?? { clientId: null, status: {} };
      return fromBoardRow(row, { board, clientId, status: statusOf(status) });
    },
  );
  return { rows: believed.rows, rejected: [...rejected, ...believed.rejected] };
}

const unseenReason =
  'A board lists the ticket, but it is not there (404), so nobody can say which organization it ' +
  'belongs to. It stays as last read; look whether it was deleted, or the permission taken away.';

/**
 * A board shows the organization by name; where that tells no single one, or the board leaves a column out,
 * the ticket itself tells. A text says why it cannot.
 */
async function complete(
  rooms: TicketRooms,
  row: BoardRow,
  isByName: boolean,
  signal: AbortSignal,
): Promise<Wanted | string> {
  const { organization, status } = row;
  const known =
    isByName && organization != null
      ? await rooms.organizations.idOfName(organization, signal)
      : null;
  if (known !== null && status != null) return { clientId: known, status };
  const ticket = (await ifThere(rooms.api.ticket(row.id, signal)))?.data ?? null;
  if (ticket === null) return unseenReason;
  const shown = status ?? ticket.status ?? null;
  if (shown === null) return 'status: neither the board nor the ticket itself shows one.';
  return { clientId: known ?? ticket.clientId ?? null, status: shown };
}
