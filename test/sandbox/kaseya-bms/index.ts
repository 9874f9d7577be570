/** A Kaseya BMS on a loopback port: stateful, with its envelopes, pages, filters and hourly limit. */
import { randomUUID } from 'node:crypto';
import {
  type FaultKind,
  type SandboxAnswer,
  type SandboxServer,
  startSandboxServer,
} from '../server.ts';
import { momentText } from './clocks.ts';
import {
  type Asked,
  listAccounts,
  listCharges,
  listContracts,
  listEmployees,
  listInvoiceLines,
  listInvoices,
  listNotes,
  listProducts,
  listTickets,
  listTimes,
  lookups,
  ok,
} from './lists.ts';
import { fieldRows } from './rows.ts';
import { accountsModule, fieldNames, KaseyaBmsState } from './state.ts';
import {
  onCharge,
  postCharge,
  postNote,
  postTicket,
  putField,
  refuse,
  resolveTicket,
  ticketDetail,
} from './writes.ts';

export type { KaseyaBmsState } from './state.ts';

export interface KaseyaBmsSandbox extends SandboxServer {
  state: KaseyaBmsState;
  tokens: Tokens;
  /** The settings of a connection, besides `vendor`. */
  settings: {
    baseUrl: string;
    tenant: string;
    username: string;
    password: string;
    alerts: { queue: string; type: string };
    billing: { product: string };
    balance: { moduleId: number };
  };
}

interface Tokens {
  access: Map<string, number>;
  lifeMs: number;
  logins: number;
}

const credentials = { tenant: 'Sandbox MSP', username: 'prepaid.hours', password: 'sandboxSecret' };
const requestsPerHour = 1_500;

export async function startKaseyaBmsSandbox(
  options: { port?: number; now?: () => number } = {},
): Promise<KaseyaBmsSandbox> {
  const state = new KaseyaBmsState(options.now);
  const tokens: Tokens = {
    access: new Map<string, number>(),
    lifeMs: 3_600_000,
    logins: 0,
  };
  const counts = new Map<string, number>();
  const server = await startSandboxServer(
    (request, takeFault) => {
      const asked = { state, request, takeFault };
      if (takeFault('expired-token')) tokens.access.clear();
      const answer = inCasing(state, handle(asked, tokens, counts));
      return { ...answer, headers: { date: new Date(state.now()).toUTCString() } };
    },
    {
      faultAnswer: (kind) => faultAnswer(kind),
      isRead: ({ path }) => path === '/v2/finance/invoices/details',
      ...(options.port === undefined ? {} : { port: options.port }),
    },
  );
  const settings = {
    baseUrl: server.baseUrl,
    ...credentials,
    alerts: { queue: 'Billing', type: 'Incident' },
    billing: { product: 'BLOCK-10' },
    balance: { moduleId: accountsModule },
  };
  return Object.assign(server, { state, tokens, settings });
}

function handle(asked: Asked, tokens: Tokens, counts: Map<string, number>): SandboxAnswer {
  const { request, state } = asked;
  if (request.path.startsWith('/v2/security/') && request.method === 'POST') {
    return giveToken(asked, tokens);
  }
  const token = request.headers.authorization?.replace('Bearer ', '') ?? '';
  if ((tokens.access.get(token) ?? 0) <= state.now()) return { status: 401 };
  const endpoint = `${request.method} ${request.path.replace(/\/\d+/g, '/{id}')}`;
  counts.set(endpoint, (counts.get(endpoint) ?? 0) + 1);
  if ((counts.get(endpoint) ?? 0) > requestsPerHour) return { status: 429 };
  return route(asked) ?? { status: 404 };
}

function giveToken({ state, request }: Asked, tokens: Tokens): SandboxAnswer {
  const form = new URLSearchParams(request.body);
  const isKnown =
    form.get('GrantType') === 'password' &&
    form.get('Tenant') === credentials.tenant &&
    form.get('UserName') === credentials.username &&
    form.get('Password') === credentials.password;
  if (!isKnown) return refuse(0, 'Invalid user name, password or company.');
  tokens.logins += 1;
  const [AccessToken, RefreshToken] = [randomUUID(), randomUUID()];
  const endsMs = state.now() + tokens.lifeMs;
  tokens.access.set(AccessToken, endsMs);
  const ends = momentText(endsMs, state.switches);
  return ok({
    AccessToken,
    RefreshToken,
    AccessTokenExpireOn: ends,
    RefreshTokenExpireOn: ends,
  });
}

const lists: Readonly<Record<string, (asked: Asked) => SandboxAnswer>> = {
  'GET /v2/security/userinfo': userInfo,
  'GET /v2/crm/accounts/lookup': listAccounts,
  'GET /v2/servicedesk/tickets': listTickets,
  'POST /v2/servicedesk/tickets': postTicket,
  'GET /v2/timelogs': listTimes,
  'GET /v2/hr/employees/searchselect': listEmployees,
  'GET /v2/finance/invoices/summary': listInvoices,
  'POST /v2/finance/invoices/details': listInvoiceLines,
  'GET /v2/finance/contracts/summary': listContracts,
  'GET /v2/inventory/products/searchselect': listProducts,
};

function route(asked: Asked): SandboxAnswer | null {
  const { state, request } = asked;
  const { method, path } = request;
  const known = lists[`${method} ${path}`];
  if (known !== undefined) return known(asked);
  const lookup = lookups[/^\/v2\/system\/(\w+)\/lookup$/.exec(path)?.[1] ?? ''];
  if (lookup !== undefined) return ok(lookup(state));
  const numbers = path.match(/(?<=\/)\d+(?=\/|$)/g)?.map(Number) ?? [];
  const [first = 0, second = 0] = numbers;
  if (/^\/v2\/crm\/accounts\/\d+\/locations\/lookup$/.test(path)) {
    return ok([{ Id: first + 50_000, Name: 'Main', AccountId: first, IsMain: true }]);
  }
  if (path.startsWith('/v2/system/customFields/')) return customFields(asked, numbers);
  if (!path.startsWith('/v2/servicedesk/tickets/')) return null;
  const ticket = state.tickets.find(({ id }) => id === first);
  if (ticket === undefined) return refuse(0, `Ticket ${first} does not exist.`);
  const below = path.slice(`/v2/servicedesk/tickets/${first}`.length).replace(/\d+/, '{id}');
  switch (`${method} ${below}`) {
    case 'GET ':
      return ok(ticketDetail(ticket, state));
    case 'DELETE ':
      state.tickets = state.tickets.filter((one) => one !== ticket);
      return ok(true);
    case 'POST /resolve':
      return resolveTicket(asked, ticket);
    case 'GET /notes':
      return listNotes(asked, first);
    case 'POST /notes':
      return postNote(asked, ticket);
    case 'DELETE /notes/{id}':
      state.notes = state.notes.filter(({ id }) => id !== second);
      return ok(true);
    case 'GET /expensesandcharges':
      return listCharges(asked, first);
    case 'POST /charges':
      return postCharge(asked, ticket);
    default:
      return below === '/charges/{id}' ? onCharge(asked, second) : null;
  }
}

function userInfo({ state }: Asked): SandboxAnswer {
  const { switches } = state;
  return ok({
    UserId: 1,
    FullName: 'Prepaid Hours',
    CurrencyCode: switches.currency,
    TimeStamp: momentText(state.now(), switches),
    OlsonTimeZoneName: switches.zone,
  });
}

function customFields(asked: Asked, numbers: readonly number[]): SandboxAnswer | null {
  const { state, request } = asked;
  if (request.method === 'PUT') return putField(asked, numbers);
  if (numbers.length === 1) {
    return ok(fieldNames.map(({ id, name }) => ({ Id: id, Name: name, IsActive: true })));
  }
  const account = state.accounts.find(({ id }) => id === numbers[1]);
  return account === undefined ? refuse(0, 'Not found.') : ok(fieldRows(account.fields));
}

function faultAnswer(kind: FaultKind): SandboxAnswer | null {
  if (kind === 'forbidden') return refuse(403, 'You do not have permission to view this.');
  if (kind !== 'server-error') return null;
  return { ...refuse(500, 'An error has occurred.'), status: 500 };
}

/** Keys begin small in the answers of some tenants. */
function inCasing({ switches }: KaseyaBmsState, answer: SandboxAnswer): SandboxAnswer {
  if (switches.casing === 'pascal' || answer.json === undefined) return answer;
  return { ...answer, json: camel(answer.json) };
}

function camel(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(camel);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [
      key.charAt(0).toLowerCase() + key.slice(1),
      camel(inner),
    ]),
  );
}
