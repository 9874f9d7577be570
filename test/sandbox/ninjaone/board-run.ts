/** `POST /v2/ticketing/trigger/board/{id}/run`, and the list of boards. */
import type { SandboxAnswer, SandboxRequest, TakeFault } from '../server.ts';
import { ok, refused } from './lists.ts';
import { type Board, type Ticket, uidOf } from './records.ts';
import type { NinjaoneState } from './state.ts';

interface RunBody {
  sortBy?: { field: string; direction: 'ASC' | 'DESC' }[];
  filters?: { field: string }[];
  pageSize?: number;
  searchCriteria?: string;
  includeColumns?: string[];
  lastCursorId?: number;
}

const shownColumns = ['id', 'summary', 'status', 'createTime'];

export function listBoards(state: NinjaoneState): SandboxAnswer {
  return ok(
    state.boards.map((board) => ({
      id: board.id,
      uid: uidOf(board.id),
      name: board.name,
      description: '',
      system: board.id < 100,
      columns: shownColumns,
      ticketCount: ticketsOn(state, board).length,
    })),
  );
}

/** The cursor counts the rows handed out so far, so a row that leaves the board shifts the rest. */
export function runBoard(
  state: NinjaoneState,
  boardId: number,
  how: { request: SandboxRequest; takeFault: TakeFault; ignoresSort: boolean },
): SandboxAnswer {
  const { request, takeFault, ignoresSort } = how;
  const board = state.boards.find(({ id }) => id === boardId);
  if (board === undefined) return refused(404, 'Board not found');
  const body = request.json() as RunBody;
  if (body.filters?.some(({ field }) => field === 'status')) return refused(400, 'Invalid filter');
  const unknown = body.includeColumns?.find((column) => !board.allColumns.includes(column));
  if (unknown !== undefined) return refused(400, `Unknown column ${unknown}`);

  const pageSize = body.pageSize ?? 50;
  const searched = (body.searchCriteria ?? '').toLowerCase();
  const found = ticketsOn(state, board).filter(
    ({ id, subject }) =>
      searched === '' || (!state.unindexed.has(id) && subject.toLowerCase().includes(searched)),
  );
  const sorted = sortTickets(found, ignoresSort ? [] : (body.sortBy ?? []));
  let from = takeFault('page-loop') ? 0 : (body.lastCursorId ?? 0);
  if (takeFault('duplicate-page')) from = Math.max(0, from - Math.floor(pageSize / 2));
  const columns = new Set([...shownColumns, ...(body.includeColumns ?? [])]);
  const page = sorted.slice(from, from + pageSize);
  const rows = page.map((ticket) => rowOf(state, ticket, columns));
  // A run of a single row only asks which columns there are.
  if (rows.length > 1 && takeFault('bad-row')) rows[0] = { ...rows[0], summary: 17 };
  return ok({
    data: rows,
    metadata: {
      columns: [...columns],
      sortBy: (ignoresSort ? undefined : body.sortBy) ?? [
        { field: 'createTime', direction: 'DESC' },
      ],
      lastCursorId: from + page.length,
      allColumns: board.allColumns,
    },
  });
}

function ticketsOn(state: NinjaoneState, board: Board): Ticket[] {
  return [...state.tickets.values()].filter(
    (ticket) => !ticket.isDeleted && board.shows(ticket, state.isClosed(ticket)),
  );
}

function sortTickets(tickets: Ticket[], sortBy: { field: string; direction: string }[]): Ticket[] {
  const [first] = sortBy;
  const keyOf = (ticket: Ticket): number =>
    first?.field === 'lastUpdated' ? ticket.updatedMs : ticket.createdMs;
  const sign = first?.direction === 'ASC' ? 1 : -1;
  return tickets.sort((a, b) => sign * (keyOf(a) - keyOf(b)) || sign * (a.id - b.id));
}

function rowOf(
  state: NinjaoneState,
  ticket: Ticket,
  columns: ReadonlySet<string>,
): { [column: string]: unknown } {
  const status = state.statuses.find(({ statusId }) => statusId === ticket.statusId);
  const organization =
    ticket.organizationId === null ? undefined : state.organizations.get(ticket.organizationId);
  const tracked = state.entriesOf(ticket.id).reduce((sum, entry) => sum + (entry.seconds ?? 0), 0);
  const all: { [column: string]: unknown } = {
    id: ticket.id,
    summary: ticket.subject,
    status: { statusId: ticket.statusId, displayName: status?.displayName },
    organization: organization?.name ?? null,
    createTime: ticket.createdMs / 1000,
    lastUpdated: ticket.updatedMs / 1000,
    solvedTime: ticket.solvedMs === null ? null : ticket.solvedMs / 1000,
    totalTimeTracked: state.shownTotals.get(ticket.id) ?? tracked,
    tags: ticket.tags,
    source: ticket.source ?? 'TECHNICIAN',
  };
  const isShown = (column: string): boolean =>
    columns.has(column) && !state.hiddenColumns.has(column);
  return Object.fromEntries(Object.entries(all).filter(([column]) => isShown(column)));
}
