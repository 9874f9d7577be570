import { type SandboxAnswer, type SandboxServer, startSandboxServer } from '../server.ts';
import { type Account, type Asked, listOf } from './lists.ts';
import { customerRow, invoiceDetail, productRow, ticketDetail } from './rows.ts';
import { SyncroState } from './state.ts';
import { type WriteOptions, write } from './writes.ts';

export interface SyncroSandbox extends SandboxServer {
  state: SyncroState;
  /** May be changed while it runs. */
  account: Account;
  options: WriteOptions;
  /** Paths that the token's user has no permission for. */
  denied: RegExp[];
  /** What to put under a connection. */
  settings: { baseUrl: string; apiToken: string; requestsPerMinute: number };
}

const token = 'sandbox-token';

/** The same words for a wrong token and for a missing permission. */
const refused: SandboxAnswer = {
  status: 401,
  json: { error: 'Not authorized. Please ask account admin to update your group permissions.' },
};

/** A Syncro account on loopback, with the dialect and the quirks that the connector must survive. */
export async function startSyncroSandbox(port?: number): Promise<SyncroSandbox> {
  const state = new SyncroState();
  const account: Account = {
    state,
    showsPrepay: false,
    showsLineProducts: true,
    baresInvoices: false,
    ignores: new Set(),
    offsetHours: 0,
    hidesClosed: false,
    isByChange: false,
    beforePage: null,
  };
  const options: WriteOptions = {
    mangledTags: false,
    losesAudience: false,
    replacesProperties: false,
    emptiesProperties: false,
    timersLeaveTickets: false,
    keepsInvoices: false,
  };
  const denied: RegExp[] = [];
  const server = await startSandboxServer(
    (request, takeFault) => {
      const isKnown = request.headers.authorization === `Bearer ${token}`;
      if (!isKnown || denied.some((path) => path.test(request.path))) return refused;
      const asked = { ...account, request, takeFault, options };
      const answer = request.method === 'GET' ? read(asked) : write(asked);
      return answer ?? { status: 404, json: { message: 'Not found' } };
    },
    {
      faultAnswer: (kind) => (kind === 'forbidden' ? refused : null),
      ...(port === undefined ? {} : { port }),
    },
  );
  const settings = { baseUrl: server.baseUrl, apiToken: token, requestsPerMinute: 60_000 };
  return Object.assign(server, { state, account, options, denied, settings });
}

function read(asked: Asked): SandboxAnswer | null {
  const { state, request } = asked;
  const path = request.path.replace('/api/v1', '');
  const ok = (json: unknown): SandboxAnswer => ({ status: 200, json });
  if (path === '/me') return ok(me());
  if (path === '/settings') return ok(settingsOf(state));
  if (path === '/tickets/settings') return ok(ticketSettings(state));
  const [, kind, id] = /^\/(customers|tickets|invoices|products)\/([\w-]+)$/.exec(path) ?? [];
  if (kind === undefined || id === undefined || id === 'categories') return listOf(asked);
  if (kind === 'customers') {
    const customer = state.customers.find((one) => one.id === Number(id));
    return customer === undefined ? null : ok({ customer: customerRow(customer, asked) });
  }
  if (kind === 'tickets') {
    const ticket = state.tickets.get(Number(id));
    return ticket === undefined ? null : ok({ ticket: ticketDetail(state, ticket) });
  }
  if (kind === 'products') {
    const product = state.products.find((one) => one.id === Number(id));
    return product === undefined ? null : ok({ product: productRow(product) });
  }
  // An id or a number, the id first.
  const invoice =
    state.invoices.find((one) => one.id === Number(id)) ??
    state.invoices.find((one) => one.number === id);
  if (invoice === undefined) return null;
  const detail = invoiceDetail(asked, invoice);
  return ok(asked.baresInvoices ? detail : { invoice: detail });
}

function me(): object {
  return {
    user_token: 'sandbox',
    user_email: 'ann@msp.example',
    user_name: 'Ann Roy',
    user_id: 7,
    admin: false,
    subdomain: 'sandbox',
    permissions: {
      customer: { read: true, write: true, delete: true },
      ticket: { read: true, write: true, delete: true },
      invoice: { read: true, write: true, delete: true },
    },
  };
}

function settingsOf(state: SyncroState): object {
  return {
    customers: { customer_fields: state.customerFields.map((name, id) => ({ id, name })) },
    ticket: {
      ticket_types: [],
      problem_types: ['Virus', 'Hardware', 'Software', 'Other'],
      priorities: ['', '0 Urgent', '1 High', '2 Normal'],
    },
  };
}

function ticketSettings(state: SyncroState): object {
  return { ticket_status_list: state.statuses, ticket_types: [{ id: 1, name: 'Devices' }] };
}
