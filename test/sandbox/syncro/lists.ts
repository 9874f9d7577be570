/** Lists: what their parameters do, and how they are cut into pages. */
import type { SandboxAnswer, SandboxRequest, TakeFault } from '../server.ts';
import {
  commentRow,
  customerRow,
  invoiceRow,
  productRow,
  type Row,
  scheduleRow,
  ticketRow,
  timerRow,
} from './rows.ts';
import type { SyncroState } from './state.ts';

/** What an account shows and does; may be changed while it runs. */
export interface Account {
  state: SyncroState;
  /** Customers show their balance of prepaid hours, which no document names. */
  showsPrepay: boolean;
  /** Lines of invoices show their product. */
  showsLineProducts: boolean;
  /** One invoice comes as it is, without its name around it. */
  baresInvoices: boolean;
  /** Parameters that this Syncro does not know: it ignores them and says nothing. */
  ignores: Set<string>;
  /** Hours by which timestamps in filters are read off UTC. */
  offsetHours: number;
  /** Tickets that are closed are in no list. */
  hidesClosed: boolean;
  /** Tickets come in the order of their change, the oldest first. Default: the newest ticket first. */
  isByChange: boolean;
  /** Called before a page is cut, with its path and number. */
  beforePage: ((path: string, page: number) => void) | null;
}

export interface Asked extends Account {
  request: SandboxRequest;
  takeFault: TakeFault;
}

const rowsPerPage = 25;

interface Cut<Item> {
  /** The envelope's name of the rows. */
  name: string;
  items: readonly Item[];
  show(item: Item): Row;
  /** What a bad row has wrong. */
  bad: Row;
  /** Whether the answer counts its pages. */
  isCounted: boolean;
  size?: number;
}

export function listOf(asked: Asked): SandboxAnswer | null {
  const { state, request } = asked;
  const query = knownQuery(asked);
  asked.beforePage?.(request.path, Number(query.get('page') ?? 1));
  switch (request.path.replace('/api/v1', '')) {
    case '/customers':
      return cut(asked, query, customers(asked, query));
    case '/tickets':
      return cut(asked, query, tickets(asked, query));
    case '/ticket_timers':
      return cut(asked, query, timers(asked, query));
    case '/invoices':
      return cut(asked, query, invoices(asked, query));
    case '/products': {
      const [name, category] = [query.get('name'), query.get('category_id')];
      const items = state.products.filter(
        (product) =>
          // By part: what is called alike comes along.
          (name === null || product.name.toLowerCase().includes(name.toLowerCase())) &&
          (category === null || categoryIds(state).get(product.category ?? '') === +category),
      );
      return cut(asked, query, uncounted('products', items, productRow));
    }
    case '/products/categories': {
      // All at once: the document knows no pages of them.
      const categories = [...categoryIds(state)].map(([name, id]) => ({ id, name }));
      return { status: 200, json: { categories } };
    }
    case '/schedules': {
      const customer = query.get('customer_id');
      const items = state.schedules.filter(
        ({ customerId }) => customer === null || customerId === Number(customer),
      );
      return cut(
        asked,
        query,
        uncounted('schedules', items, (one) => scheduleRow(asked, one)),
      );
    }
    case '/contracts': {
      const items = [...state.tickets.values()].filter(({ contract }) => contract !== null);
      const show = ({ id, customerId, contract }: (typeof items)[number]): Row => ({
        id,
        customer_id: customerId,
        name: contract,
        status: 'Active',
        apply_to_all: false,
      });
      return cut(asked, query, { name: 'contracts', items, show, bad: {}, isCounted: true });
    }
    case '/users':
      return { status: 200, json: { users: state.users } };
    default:
      return comments(asked, query);
  }
}

export function categoryIds({ products }: SyncroState): Map<string, number> {
  const names = [...new Set(products.flatMap(({ category }) => category ?? []))];
  return new Map(names.map((name, index) => [name, index + 1]));
}

function customers(asked: Asked, query: URLSearchParams): Cut<SyncroState['customers'][number]> {
  const isWide = query.get('include_disabled') === 'true';
  const items = asked.state.customers.filter(({ isDisabled }) => isWide || !isDisabled);
  const isByChange = query.get('sort') === 'updated_at DESC';
  items.sort((a, b) => (isByChange ? b.updatedMs - a.updatedMs : a.name < b.name ? -1 : 1));
  const show = (item: (typeof items)[number]) => customerRow(item, asked);
  return { name: 'customers', items, show, bad: { updated_at: 'yesterday' }, isCounted: true };
}

function tickets(asked: Asked, query: URLSearchParams) {
  const [since, resolved] = ['since_updated_at', 'resolved_after'].map((name) =>
    momentIn(asked, query, name),
  );
  const [customer, status] = [query.get('customer_id'), query.get('status')];
  const items = [...asked.state.tickets.values()]
    .filter((ticket) => ticket.updatedMs > (since ?? 0))
    .filter((ticket) => !query.has('resolved_after') || (ticket.resolvedMs ?? 0) > (resolved ?? 0))
    .filter(({ createdMs }) => createdMs > momentIn(asked, query, 'created_after'))
    .filter(({ customerId }) => customer === null || customerId === Number(customer))
    .filter((ticket) => status === null || ticket.status === status)
    .filter(
      ({ resolvedMs }) => !asked.hidesClosed || resolvedMs === null || query.has('resolved_after'),
    )
    .sort((a, b) => (asked.isByChange ? a.updatedMs - b.updatedMs : b.id - a.id));
  const show = (item: (typeof items)[number]) => ticketRow(asked.state, item);
  return { name: 'tickets', items, show, bad: { updated_at: 'yesterday' }, isCounted: true };
}

function timers(asked: Asked, query: URLSearchParams) {
  const after = momentIn(asked, query, 'created_at_gt');
  const before = momentIn(asked, query, 'created_at_lt') || Number.POSITIVE_INFINITY;
  const items = asked.state.timers
    .filter(({ createdMs }) => createdMs > after && createdMs < before)
    .reverse();
  const bad = { start_time: 'yesterday' };
  return { name: 'ticket_timers', items, show: timerRow, bad, isCounted: true };
}

function invoices(asked: Asked, query: URLSearchParams) {
  const since = momentIn(asked, query, 'since_updated_at');
  const items = asked.state.invoices.filter(({ updatedMs }) => updatedMs > since).reverse();
  const show = (item: (typeof items)[number]) => invoiceRow(asked.state, item);
  return { name: 'invoices', items, show, bad: { updated_at: 'yesterday' }, isCounted: true };
}

function comments(asked: Asked, query: URLSearchParams): SandboxAnswer | null {
  const id = /^\/api\/v1\/tickets\/(\d+)\/comments$/.exec(asked.request.path)?.[1];
  const ticket = asked.state.tickets.get(Number(id));
  if (ticket === undefined) return null;
  const items = ticket.comments;
  const show = (item: (typeof items)[number]) => commentRow(ticket, item);
  const size = Number(query.get('per_page') ?? 10);
  return cut(asked, query, { name: 'comments', items, show, bad: {}, isCounted: true, size });
}

function uncounted<Item>(
  name: string,
  items: readonly Item[],
  show: (item: Item) => Row,
): Cut<Item> {
  return { name, items, show, bad: { id: null }, isCounted: false };
}

function knownQuery({ request, ignores }: Asked): URLSearchParams {
  const known = new URLSearchParams();
  for (const [name, value] of request.query) if (!ignores.has(name)) known.append(name, value);
  return known;
}

function momentIn({ offsetHours }: Asked, query: URLSearchParams, name: string): number {
  const text = query.get(name);
  return text === null ? 0 : Date.parse(text) + offsetHours * 3_600_000;
}

function cut<Item>(
  { takeFault }: Asked,
  query: URLSearchParams,
  { name, items, show, bad, isCounted, size = rowsPerPage }: Cut<Item>,
): SandboxAnswer {
  const page = takeFault('page-loop') ? 1 : Number(query.get('page') ?? 1);
  const start = (page - 1) * size;
  // What was moved back by a row that came in between is shown once more.
  const repeated = start > 0 && takeFault('duplicate-page') ? 1 : 0;
  const rows = items.slice(start - repeated, start + size).map(show);
  const first = rows[0];
  if (first !== undefined && takeFault('bad-row')) rows[0] = { ...first, ...bad };
  const meta = { total_pages: Math.max(1, Math.ceil(items.length / size)), page };
  return { status: 200, json: { [name]: rows, ...(isCounted ? { meta } : {}) } };
}
