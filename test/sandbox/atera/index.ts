/** An Atera account on loopback, by its OpenAPI document, with the quirks that the connector must survive. */
import { type SandboxAnswer, type SandboxServer, startSandboxServer } from '../server.ts';
import {
  type Account,
  type Asked,
  listComments,
  listContracts,
  listCustomers,
  listModifiedTickets,
  listTickets,
  listWorkHours,
} from './lists.ts';
import { ticketRow } from './rows.ts';
import { AteraState } from './state.ts';
import { addComment, createTicket, readField, setField, updateTicket } from './writes.ts';

export interface AteraSandbox extends SandboxServer {
  state: AteraState;
  /** May be changed while it runs. */
  account: Account;
  /** What to put under a connection. */
  settings: {
    baseUrl: string;
    apiKey: string;
    timezone: string;
    technicianId: number;
    requestsPerMinute: number;
  };
}

const shortKey = 'sandbox0key0of0thirty0two0letters';
/** The newer kind, for `Authorization: Bearer`. */
export const longKey = `eyJ${'sandbox'.repeat(20)}`;

export interface AteraOptions {
  port?: number;
  /** The account's. Default: Paris. */
  zone?: string;
  timeZoneName?: string;
}

export async function startAteraSandbox(options: AteraOptions = {}): Promise<AteraSandbox> {
  const zone = options.zone ?? 'Europe/Paris';
  const state = new AteraState(zone);
  const technicianId = state.addTechnician('Ann Roy');
  const account: Account = {
    state,
    timeZoneName: options.timeZoneName ?? 'Romance Standard Time',
    ignores: new Set(),
    showsUtc: false,
    isByStart: false,
    isByChange: false,
    hiddenRows: 0,
    titleLengthMax: 255,
    losesAudience: false,
    actions: 'id',
    beforePage: null,
  };
  const moved = new Map<string, number>();
  const server = await startSandboxServer(
    (request, takeFault) => {
      const { authorization, 'x-api-key': key } = request.headers;
      if (key !== shortKey && authorization !== `Bearer ${longKey}`) {
        return problem(401, 'Unauthorized');
      }
      if (!request.path.startsWith('/api/v3/')) return problem(404, 'Not Found');
      const path = request.path.slice('/api/v3'.length);
      const asked = { ...account, request, takeFault, moved };
      const answer = request.method === 'GET' ? read(asked, path) : write(asked, path);
      return answer ?? problem(404, 'Not Found');
    },
    options.port === undefined ? {} : { port: options.port },
  );
  const { baseUrl } = server;
  const settings = { baseUrl, apiKey: shortKey, timezone: zone, technicianId };
  return { ...server, state, account, settings: { ...settings, requestsPerMinute: 60_000 } };
}

function problem(status: number, title: string): SandboxAnswer {
  return { status, json: { title, status } };
}

function read(asked: Asked, path: string): SandboxAnswer | null {
  const { state } = asked;
  const ok = (json: unknown): SandboxAnswer => ({ status: 200, json });
  if (path === '/account') {
    return ok({ AccountID: '1', CompanyName: 'An MSP', TimeZoneName: asked.timeZoneName });
  }
  if (path === '/customers') return listCustomers(asked);
  if (path === '/tickets/noComments' || path === '/tickets') return listTickets(asked);
  if (path === '/tickets/lastmodified') return listModifiedTickets(asked);
  if (path === '/workhours') return listWorkHours(asked);
  if (path === '/contracts') return listContracts(asked);
  if (path === '/customvalues/customfields') {
    return ok(
      [...state.customerFields].map(([Name, DataType]) => {
        return { Name, DataType, Target: 'Customer', PossibleValues: null };
      }),
    );
  }
  const [, contactId] = /^\/contacts\/(\d+)$/.exec(path) ?? [];
  const contact = state.contacts.get(Number(contactId));
  if (contact !== undefined) {
    const [Firstname = '', Lastname = ''] = contact.name.split(' ');
    const { customerId: CustomerID } = contact;
    return ok({ EndUserID: Number(contactId), CustomerID, Firstname, Lastname });
  }
  const field = fieldIn(path);
  if (field !== null) return readField(asked, field.customerId, field.name);
  return readTicket(asked, path);
}

function readTicket(asked: Asked, path: string): SandboxAnswer | null {
  const { state } = asked;
  const [, id, part] = /^\/tickets\/(\d+)(?:\/(comments))?$/.exec(path) ?? [];
  const ticket = state.tickets.get(Number(id));
  if (ticket === undefined) {
    return id === undefined && path.startsWith('/tickets/') ? problem(400, 'Bad Request') : null;
  }
  if (part === 'comments') return listComments(asked, ticket.id);
  return { status: 200, json: ticketRow(state, ticket) };
}

function write(asked: Asked, path: string): SandboxAnswer | null {
  const { state, request } = asked;
  const isUpdate = request.method === 'PUT' || request.method === 'POST';
  if (request.method === 'POST' && path === '/tickets') return createTicket(asked);
  const [, id = '', comments] = /^\/tickets\/(\d+)(\/comments)?$/.exec(path) ?? [];
  if (request.method === 'POST' && comments !== undefined) return addComment(asked, Number(id));
  if (request.method === 'DELETE' && id !== '' && comments === undefined) {
    if (!state.tickets.has(Number(id))) return null;
    state.deleteTicket(Number(id));
    return { status: 204 };
  }
  if (isUpdate && id !== '') return updateTicket(asked, Number(id));
  const field = fieldIn(path);
  return isUpdate && field !== null ? setField(asked, field.customerId, field.name) : null;
}

function fieldIn(path: string): { customerId: number; name: string } | null {
  const [, customerId, name = ''] =
    /^\/customvalues\/customerfield\/(\d+)\/([^/]+)$/.exec(path) ?? [];
  return customerId === undefined
    ? null
    : { customerId: Number(customerId), name: decodeURIComponent(name) };
}
