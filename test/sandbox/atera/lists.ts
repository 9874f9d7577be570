/** Lists: what their filters do, and how they are cut into pages. */
import type { SandboxAnswer, SandboxRequest, TakeFault } from '../server.ts';
import { commentRow, contractRow, customerRow, ticketRow, workHoursRow } from './rows.ts';
import type { AteraState, TicketState, WorkHoursState } from './state.ts';
import { filterMoment, wallText } from './state.ts';

export interface Account {
  state: AteraState;
  /** What the account calls its zone. */
  timeZoneName: string;
  /** Parameters that it does not know: it ignores them and says nothing. */
  ignores: Set<string>;
  /** Work hours are shown in UTC; their filters stay in the account's zone. */
  showsUtc: boolean;
  /** Work hours come in the order of their start. Default: the newest first. */
  isByStart: boolean;
  /** Tickets come in the order of their change, the oldest first. Default: the newest ticket first. */
  isByChange: boolean;
  /** Rows that the key may not see, though they are counted. */
  hiddenRows: number;
  /** Titles are cut after so many characters. */
  titleLengthMax: number;
  /** Comments of technicians reach the end user whatever was asked. */
  losesAudience: boolean;
  /** What the answer to a write names: what was made, nothing, or something else. */
  actions: 'id' | 'none' | 'other';
  /** Called before a page is cut, with path and number. */
  beforePage: ((path: string, page: number) => void) | null;
}

export interface Asked extends Account {
  request: SandboxRequest;
  takeFault: TakeFault;
  /** By path: how many rows came in at the front since page 1 was shown. */
  moved: Map<string, number>;
}

type Row = Record<string, unknown>;

const pageSizeMax = 50;

export function listCustomers(asked: Asked): SandboxAnswer {
  const since = localBound(asked, 'FromLastModifiedDate');
  if (since === null) return badDate('FromLastModifiedDate');
  const rows = [...asked.state.customers]
    .filter(([, customer]) => customer.changedMs >= since)
    .map(([id, customer]) => customerRow(id, customer));
  return page(asked, rows, { CustomerName: null });
}

export function listTickets(asked: Asked): SandboxAnswer {
  const customerId = filterOf(asked, 'customerId');
  const status = filterOf(asked, 'ticketStatus');
  return ticketPage(
    asked,
    (ticket) =>
      (customerId === null || ticket.customerId === Number(customerId)) &&
      (status === null || ticket.status === status),
  );
}

export function listModifiedTickets(asked: Asked): SandboxAnswer {
  const date = filterOf(asked, 'date');
  const today = `${wallText(Date.now(), 'UTC').slice(0, 10)}T00:00:00Z`;
  const since = Date.parse(date ?? today);
  if (Number.isNaN(since)) return badDate('date');
  return ticketPage(asked, (ticket) => ticket.changedMs >= since);
}

function ticketPage(asked: Asked, isWanted: (ticket: TicketState) => boolean): SandboxAnswer {
  const wanted = [...asked.state.tickets.values()].filter(isWanted);
  const tickets = asked.isByChange
    ? wanted.sort((a, b) => a.changedMs - b.changedMs)
    : newestFirst(wanted);
  return page(asked, tickets, { TicketStatus: 7 }, (ticket) => ticketRow(asked.state, ticket));
}

export function listWorkHours(asked: Asked): SandboxAnswer {
  const from = localBound(asked, 'startWorkhour');
  const to = localBound(asked, 'endWorkhour', Number.POSITIVE_INFINITY);
  if (from === null || to === null) return badDate('startWorkhour');
  const found = [...asked.state.workHours.values()].filter(
    ({ startMs, endMs }) => startMs >= from && endMs <= to,
  );
  const show = (entry: WorkHoursState): Row => workHoursRow(asked, entry);
  const sorted = asked.isByStart ? found.sort((a, b) => a.startMs - b.startMs) : newestFirst(found);
  return page(asked, sorted, { StartWorkHour: 'yesterday' }, show);
}

export function listComments(asked: Asked, ticketId: number): SandboxAnswer {
  const found = asked.state.comments.filter((comment) => comment.ticketId === ticketId);
  return page(asked, found, { Comment: 7 }, (comment) => commentRow(asked.state, comment));
}

export function listContracts(asked: Asked): SandboxAnswer {
  const rows = asked.state.contracts.map((contract) => contractRow(asked.state, contract));
  return page(asked, rows, { ContractID: null });
}

function filterOf({ request, ignores }: Asked, name: string): string | null {
  return ignores.has(name) ? null : request.query.get(name);
}

/** Null: the filter is not a local date or time. */
function localBound(asked: Asked, name: string, without = Number.NEGATIVE_INFINITY): number | null {
  const text = filterOf(asked, name);
  return text === null ? without : filterMoment(text, asked.state.zone);
}

function badDate(name: string): SandboxAnswer {
  return { status: 400, json: { title: 'Bad Request', detail: `${name} has an invalid format.` } };
}

function newestFirst<T extends { id: number }>(rows: readonly T[]): T[] {
  return [...rows].sort((a, b) => b.id - a.id);
}

function page<T extends object>(
  asked: Asked,
  all: readonly T[],
  badFields: Row,
  show: (item: T) => Row = (item) => item as Row,
): SandboxAnswer {
  const { request, takeFault, moved, hiddenRows } = asked;
  const size = Math.min(Number(request.query.get('itemsInPage') ?? 20), pageSizeMax);
  const asks = Number(request.query.get('page') ?? 1);
  asked.beforePage?.(request.path, asks);
  const number = takeFault('page-loop') ? 1 : asks;
  if (asks === 1) moved.delete(request.path);
  else if (takeFault('duplicate-page')) {
    moved.set(request.path, (moved.get(request.path) ?? 0) + 1);
  }
  // What a row that came in meanwhile has moved back is shown once more.
  const shift = moved.get(request.path) ?? 0;
  const start = Math.max(0, (number - 1) * size - shift);
  const items = all
    .slice(0, Math.max(0, all.length - hiddenRows))
    .slice(start, start + size)
    .map(show);
  if (items[0] !== undefined && takeFault('bad-row')) items[0] = { ...items[0], ...badFields };
  const count = all.length + shift;
  const totalPages = Math.ceil(count / size);
  const link = (to: number): string | null =>
    to < 1 || to > totalPages ? null : `http://${request.headers.host}${request.path}?page=${to}`;
  return {
    status: 200,
    json: {
      items,
      page: number,
      itemsInPage: size,
      totalItemCount: count,
      totalPages,
      prevLink: link(number - 1),
      nextLink: link(number + 1),
    },
  };
}
