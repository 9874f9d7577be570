/** Lists: what their parameters do, and how they are cut into pages. */
import type { SandboxAnswer, SandboxRequest, TakeFault } from '../server.ts';
import {
  actionRow,
  clientRow,
  contractRow,
  type Dialect,
  invoiceRow,
  paymentRow,
  sessionRow,
  shownRow,
  ticketRow,
} from './rows.ts';
import type { HalopsaState } from './state.ts';

export interface Tenant {
  state: HalopsaState;
  dialect: Dialect;
  /** Parameters that this Halo does not know: it ignores them and says nothing. */
  ignores: Set<string>;
  /** Rows that the agent may not see, though Halo counts them. */
  hiddenRows: number;
  /** The most that a page holds, whatever is asked. */
  pageSizeMax: number;
  /** Hours by which `lastupdatefromdate` is read off UTC. */
  filterOffsetHours: number;
  /** Called before a page is cut, with its number. */
  beforePage: ((page: number) => void) | null;
  /** The body of a 400 to every list of tickets. */
  ticketsRefusal: string | null;
  /** Closed tickets are shown only where nothing else is requested. */
  hidesClosed: boolean;
  /** A search finds texts of tickets, but not the key. */
  searchMissesKeys: boolean;
}

export interface Asked extends Tenant {
  request: SandboxRequest;
  takeFault: TakeFault;
}

type Row = Record<string, unknown>;

export function listTickets(asked: Asked): SandboxAnswer {
  const { state, dialect, ticketsRefusal } = asked;
  if (ticketsRefusal !== null) {
    const headers = { 'content-type': 'application/json; charset=utf-8' };
    return { status: 400, headers, text: ticketsRefusal };
  }
  const query = knownQuery(asked);
  cutIn(asked, query);
  const ids = idsIn(query, 'client_id', 'client_ids');
  const since = sinceOf(asked, query);
  const search = query.get('search')?.toLowerCase() ?? null;
  const wantsDeleted = query.get('deleted') === 'true';
  const found = state.tickets.filter((ticket) => {
    const texts = [
      ticket.summary,
      ticket.details,
      asked.searchMissesKeys ? '' : (ticket.key ?? ''),
    ];
    return (
      ticket.isDeleted === wantsDeleted &&
      (ids === null || ids.includes(ticket.clientId)) &&
      ticket.changedMs >= since &&
      (query.get('open_only') !== 'true' || ticket.closedMs === null) &&
      (query.get('closed_only') !== 'true' || ticket.closedMs !== null) &&
      (!asked.hidesClosed || ticket.closedMs === null || query.get('closed_only') === 'true') &&
      (search === null || texts.some((text) => text.toLowerCase().includes(search)))
    );
  });
  const rows = found.map((ticket) => ticketRow(state, ticket, query, dialect));
  return page(asked, query, 'tickets', rows, { last_update: 'yesterday' });
}

export function listClients(asked: Asked): SandboxAnswer {
  const query = knownQuery(asked);
  cutIn(asked, query);
  const since = sinceOf(asked, query);
  const isShown = (isInactive: boolean): boolean =>
    query.get(isInactive ? 'includeinactive' : 'includeactive') !== 'false';
  const rows = asked.state.clients
    .filter((client) => client.changedMs >= since && isShown(client.isInactive))
    .map(clientRow);
  return page(asked, query, 'clients', rows, { name: 17 });
}

export function listInvoices(asked: Asked): SandboxAnswer {
  const query = knownQuery(asked);
  cutIn(asked, query);
  const ids = idsIn(query, 'client_id', 'client_ids');
  const rows = asked.state.invoices
    .filter(({ clientId }) => ids === null || ids.includes(clientId))
    .map((invoice) => invoiceRow(invoice, asked.dialect));
  return page(asked, query, 'invoices', rows, { last_modified: 'yesterday' });
}

export function listPayments(asked: Asked): SandboxAnswer {
  const query = knownQuery(asked);
  const ids = idsIn(query, 'invoice_id', 'invoice_id');
  const shown = asked.state.payments.filter(({ invoiceId }) => ids?.includes(invoiceId) ?? true);
  return page(asked, query, 'payments', shown.map(paymentRow), { id: null });
}

export function listSessions(asked: Asked): SandboxAnswer {
  const query = knownQuery(asked);
  cutIn(asked, query);
  const rows = asked.state.sessions.map((one) => sessionRow(asked.state, one, asked.dialect));
  return page(asked, query, 'remotesessions', rows, { sessionstartdate: 'yesterday' });
}

export function listItems(asked: Asked): SandboxAnswer {
  const rows = asked.state.items.map(({ id, name }) => ({ id, name }));
  return page(asked, knownQuery(asked), 'items', rows, { name: 17 });
}

export function listContracts(asked: Asked): SandboxAnswer {
  const rows = asked.state.contracts.map(contractRow);
  return page(asked, knownQuery(asked), 'contracts', rows, { id: null });
}

/** There are no pages here. A call without any filter answers with nothing. */
export function listActions(asked: Asked): SandboxAnswer {
  const { state, dialect } = asked;
  const query = knownQuery(asked);
  const ticketId = query.get('ticket_id');
  if (ticketId !== null && !state.tickets.some(({ id }) => id === Number(ticketId))) {
    return { status: 404, json: { message: 'Ticket not found.' } };
  }
  const found = state.actions.filter((action) => action.ticketId === Number(ticketId));
  const shown = found.slice(0, Math.max(0, found.length - asked.hiddenRows));
  const count = Number(query.get('count') ?? 50);
  const actions: Row[] = shown.slice(0, count).map((action) => actionRow(action, query, dialect));
  const first = actions[0];
  if (first !== undefined && asked.takeFault('bad-row')) actions[0] = { ...first, datetime: 7 };
  return { status: 200, json: { record_count: found.length, actions } };
}

function knownQuery({ request, ignores }: Asked): URLSearchParams {
  const known = new URLSearchParams();
  for (const [name, value] of request.query) if (!ignores.has(name)) known.append(name, value);
  return known;
}

function cutIn({ beforePage }: Asked, query: URLSearchParams): void {
  beforePage?.(Number(query.get('page_no') ?? 1));
}

function idsIn(query: URLSearchParams, one: string, several: string): number[] | null {
  const text = query.get(one) ?? query.get(several);
  return text === null || text === '' ? null : text.split(',').map(Number);
}

function sinceOf({ filterOffsetHours }: Asked, query: URLSearchParams): number {
  const text = query.get('lastupdatefromdate');
  if (text === null) return Number.NEGATIVE_INFINITY;
  return Date.parse(`${text}Z`) + filterOffsetHours * 3_600_000;
}

function page(
  asked: Asked,
  query: URLSearchParams,
  name: string,
  all: readonly Row[],
  badFields: Row,
): SandboxAnswer {
  const sorted = sort(all, query);
  const size = Math.min(Number(query.get('page_size') ?? 50), asked.pageSizeMax);
  const isLooping = asked.takeFault('page-loop');
  const pageNo = isLooping ? 1 : Number(query.get('page_no') ?? 1);
  const start = (pageNo - 1) * size;
  // What was moved back by a row that came in between is shown once more.
  const repeated = start > 0 && asked.takeFault('duplicate-page') ? 1 : 0;
  const shown = sorted.slice(0, Math.max(0, sorted.length - asked.hiddenRows));
  const rows = shown
    .slice(start - repeated, start + size)
    .map((row) => shownRow(row, asked.dialect));
  const first = rows[0];
  if (first !== undefined && asked.takeFault('bad-row')) rows[0] = { ...first, ...badFields };
  return { status: 200, json: { record_count: sorted.length, [name]: rows } };
}

/** Without an order that it knows, the last changed come first. */
function sort(rows: readonly Row[], query: URLSearchParams): Row[] {
  const field = query.get('order') ?? '';
  const isKnown = rows.some((row) => field in row);
  const key = isKnown && field !== '' ? field : 'last_update';
  const isDescending = isKnown && field !== '' ? query.get('orderdesc') === 'true' : true;
  const sign = isDescending ? -1 : 1;
  return [...rows].sort((a, b) => sign * compare(a[key], b[key]));
}

function compare(a: unknown, b: unknown): number {
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  // What is nothing comes before everything.
  return String(a ?? '') < String(b ?? '') ? -1 : 1;
}
