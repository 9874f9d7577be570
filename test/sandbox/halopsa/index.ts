import { randomUUID } from 'node:crypto';
import {
  type SandboxAnswer,
  type SandboxRequest,
  type SandboxServer,
  startSandboxServer,
} from '../server.ts';
import {
  type Asked,
  listActions,
  listClients,
  listContracts,
  listInvoices,
  listItems,
  listPayments,
  listSessions,
  listTickets,
  type Tenant,
} from './lists.ts';
import { clientDetail, contractDetail, invoiceDetail, ticketDetail } from './rows.ts';
import { HalopsaState } from './state.ts';
import {
  postAction,
  postClient,
  postInvoice,
  postPayment,
  postTicket,
  type WriteOptions,
} from './writes.ts';

export interface HalopsaSandbox extends SandboxServer {
  state: HalopsaState;
  /** May be changed while it runs. */
  tenant: Tenant;
  options: WriteOptions;
  /** What to put under a connection. */
  settings: {
    baseUrl: string;
    clientId: string;
    clientSecret: string;
    alerts: { ticketType: string; team: string };
    requestsPerMinute: number;
  };
  /** The authorisation server that Halo names; its own host unless told. */
  authUrl: string | null;
  tokenCount(): number;
}

const clientId = 'sandbox-application';
const clientSecret = 'sandbox-secret';
const tenantName = 'sandbox';

/** A Halo tenant on loopback, with the dialect and the quirks that the connector must survive. */
export async function startHalopsaSandbox(port?: number): Promise<HalopsaSandbox> {
  const state = new HalopsaState();
  state.addAgent('Ann Roy');
  const tokens = new Set<string>();
  let given = 0;
  const tenant: Tenant = {
    state,
    dialect: { unit: 'hours', hasZoneMark: true, offsetHours: 0, isOlderBuild: false },
    ignores: new Set(),
    hiddenRows: 0,
    pageSizeMax: 100,
    filterOffsetHours: 0,
    beforePage: null,
    ticketsRefusal: null,
    hidesClosed: false,
    searchMissesKeys: false,
  };
  const options: WriteOptions = {
    answersArrays: false,
    losesAudience: false,
    emptiesFields: false,
    losesKeys: false,
  };
  const own = { authUrl: null as string | null };
  const server = await startSandboxServer(
    (request, takeFault) => {
      if (request.path.toLowerCase() === '/api/authinfo') {
        const auth_url = own.authUrl ?? `http://${request.headers.host}/auth`;
        return { status: 200, json: { auth_url, tenant_id: tenantName } };
      }
      if (request.path === '/auth/token') {
        const answer = giveToken(request, tokens);
        if (answer.status === 200) given += 1;
        return answer;
      }
      if (takeFault('expired-token')) tokens.clear();
      if (!tokens.has(request.headers.authorization ?? '')) {
        return { status: 401, json: { message: 'Authorization has been denied.' } };
      }
      const asked = { ...tenant, request, takeFault, options };
      return read(asked) ?? write(asked) ?? { status: 404, json: { message: 'Not found.' } };
    },
    port === undefined ? {} : { port },
  );
  return Object.assign(own, server, {
    state,
    tenant,
    options,
    settings: {
      baseUrl: server.baseUrl,
      clientId,
      clientSecret,
      alerts: { ticketType: 'Billing Alert', team: '1st Line Support' },
      requestsPerMinute: 60_000,
    },
    tokenCount: () => given,
  });
}

function giveToken(request: SandboxRequest, tokens: Set<string>): SandboxAnswer {
  const form = new URLSearchParams(request.body);
  const isKnown =
    request.query.get('tenant') === tenantName &&
    form.get('grant_type') === 'client_credentials' &&
    form.get('client_id') === clientId &&
    form.get('client_secret') === clientSecret;
  if (!isKnown) return { status: 400, json: { error: 'invalid_client' } };
  const token = randomUUID();
  tokens.add(`Bearer ${token}`);
  return { status: 200, json: { access_token: token, token_type: 'Bearer', expires_in: 3600 } };
}

function read(asked: Asked): SandboxAnswer | null {
  const { state, request, dialect } = asked;
  if (request.method !== 'GET') return null;
  const [, name, id] = /^\/api\/(\w+)(?:\/(\d+))?$/.exec(request.path) ?? [];
  const ok = (json: unknown): SandboxAnswer => ({ status: 200, json });
  if (id !== undefined) {
    const ticket = state.tickets.find((one) => one.id === Number(id));
    if (name === 'Tickets' && ticket !== undefined) return ok(ticketDetail(state, ticket, dialect));
    const client = state.clients.find((one) => one.id === Number(id));
    if (name === 'Client' && client !== undefined) return ok(clientDetail(client));
    const contract = state.contracts.find((one) => one.id === Number(id));
    if (name === 'ClientContract' && contract !== undefined) return ok(contractDetail(contract));
    const invoice = state.invoices.find((one) => one.id === Number(id));
    if (name === 'Invoice' && invoice !== undefined) return ok(invoiceDetail(invoice, dialect));
    const item = state.items.find((one) => one.id === Number(id));
    if (name === 'Item' && item !== undefined) return ok({ id: item.id, name: item.name });
    return null;
  }
  switch (name) {
    case 'Tickets':
      return listTickets(asked);
    case 'Actions':
      return listActions(asked);
    case 'Client':
      return listClients(asked);
    case 'Invoice':
      return listInvoices(asked);
    case 'Agent':
      return ok(state.agents);
    case 'Team':
      return ok(state.teams);
    case 'TicketType':
      return ok(state.ticketTypes);
    case 'Status':
      return ok(state.statuses);
    case 'Outcome':
      return ok(state.outcomes.map((one) => ({ id: one.id, outcome: one.name })));
    case 'Item':
      return listItems(asked);
    case 'InvoicePayment':
      return listPayments(asked);
    case 'RemoteSession':
      return listSessions(asked);
    case 'ClientContract':
      return listContracts(asked);
    case 'Lookup':
      return request.query.get('lookupid') === '17' ? ok(state.chargeTypes) : ok([]);
    default:
      return null;
  }
}

function write(asked: Asked & { options: WriteOptions }): SandboxAnswer | null {
  const { request, state } = asked;
  const [, name, id] = /^\/api\/(\w+)(?:\/(\d+))?$/.exec(request.path) ?? [];
  if (request.method === 'DELETE') {
    const table = name === 'Tickets' ? state.tickets : name === 'Invoice' ? state.invoices : [];
    const index = table.findIndex((row) => row.id === Number(id));
    if (index === -1) return null;
    if (name === 'Tickets') state.deleteTicket(Number(id));
    else table.splice(index, 1);
    return { status: 200, json: {} };
  }
  if (request.method !== 'POST' || id !== undefined) return null;
  if (name === 'Tickets') return postTicket(asked);
  if (name === 'Actions') return postAction(asked);
  if (name === 'Invoice') return postInvoice(asked);
  if (name === 'InvoicePayment') return postPayment(asked);
  return name === 'Client' ? postClient(asked) : null;
}
