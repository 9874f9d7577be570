import {
  type SandboxAnswer,
  type SandboxRequest,
  type SandboxServer,
  startSandboxServer,
  type TakeFault,
} from '../server.ts';
import { listBoards, runBoard } from './board-run.ts';
import {
  listActivities,
  listDevices,
  listOrganizations,
  listUsers,
  readCustomFields,
  refused,
  writeCustomFields,
} from './lists.ts';
import { NinjaoneState } from './state.ts';
import {
  addComment,
  createTicket,
  listForms,
  listLogEntries,
  listStatuses,
  readTicket,
  updateTicket,
} from './ticketing.ts';
import { clientId, clientSecret, createTokens, notAuthenticated } from './tokens.ts';

export interface NinjaoneSandbox extends SandboxServer {
  state: NinjaoneState;
  /** What to put under a connection. */
  settings: {
    baseUrl: string;
    clientId: string;
    clientSecret: string;
    alerts: { ticketForm: string; status: string };
  };
  /** How often a token was handed out. */
  tokenCount(): number;
  /** Boards keep an order of their own, whatever `sortBy` says. */
  ignoresSort: boolean;
}

export interface NinjaoneSandboxOptions {
  port?: number;
  /** Organization custom fields that exist and may be written. */
  balanceFields?: readonly string[];
  tokenSeconds?: number;
  /** Ticket writes answer `user_context_required`, as some tenants do for client credentials. */
  refusesTicketWrites?: boolean;
  /** An older build (the federal host): no custom fields, no users. */
  isOldBuild?: boolean;
}

interface Tenant {
  state: NinjaoneState;
  options: NinjaoneSandboxOptions;
  /** The technician that the API application acts for. */
  apiUserId: number;
  request: SandboxRequest;
  takeFault: TakeFault;
  ignoresSort: boolean;
}

/** A NinjaOne tenant on loopback, with the dialect and the quirks that the connector must survive. */
export async function startNinjaoneSandbox(
  options: NinjaoneSandboxOptions = {},
): Promise<NinjaoneSandbox> {
  const state = new NinjaoneState();
  const apiUserId = state.addTechnician('API', 'Application');
  const tokens = createTokens(options.tokenSeconds ?? 3600);

  const sandbox = { ignoresSort: false };
  const server = await startSandboxServer(
    (request, takeFault) => {
      if (request.path === '/ws/oauth/token') return tokens.give(request);
      if (takeFault('expired-token')) tokens.expireAll();
      const { ignoresSort } = sandbox;
      const tenant = { state, options, apiUserId, request, takeFault, ignoresSort };
      return (
        tokens.refuse(request) ??
        answerTicketing(tenant) ??
        answerLists(tenant) ??
        refused(404, 'Not found')
      );
    },
    {
      ...(options.port === undefined ? {} : { port: options.port }),
      isRead: ({ path }) => /\/board\/\d+\/run$/.test(path),
      faultAnswer: (kind) => (kind === 'unauthorized' ? notAuthenticated : null),
    },
  );
  return Object.assign(sandbox, server, {
    state,
    settings: {
      baseUrl: server.baseUrl,
      clientId,
      clientSecret,
      alerts: { ticketForm: 'Default', status: 'New' },
    },
    tokenCount: () => tokens.count(),
  });
}

/** The route with its first number as `N`, and that number. */
function routeOf(request: SandboxRequest, prefix: string): { route: string; id: number } {
  const path = request.path.startsWith(prefix) ? request.path.slice(prefix.length) : '';
  return {
    route: `${request.method} ${path.replace(/\d+/, 'N')}`,
    id: Number(/\d+/.exec(path)?.[0]),
  };
}

function answerTicketing(tenant: Tenant): SandboxAnswer | null {
  const { state, request, takeFault, apiUserId } = tenant;
  const { route, id } = routeOf(request, '/v2/ticketing/');
  const isWrite = /^(POST ticket|POST ticket\/N\/comment|PUT ticket\/N)$/.test(route);
  if (isWrite && tenant.options.refusesTicketWrites === true) {
    return { status: 403, json: { error: 'user_context_required', error_code: 5 } };
  }
  if (route === 'GET trigger/boards') return listBoards(state);
  if (route === 'POST trigger/board/N/run') return runBoard(state, id, tenant);
  if (route === 'GET statuses') return listStatuses(state);
  if (route === 'GET ticket-form') return listForms(state);
  if (route === 'GET ticket/N') return readTicket(state, id);
  if (route === 'PUT ticket/N') return updateTicket(state, id, request);
  if (route === 'POST ticket') return createTicket(state, request, apiUserId);
  if (route === 'POST ticket/N/comment') return addComment(state, id, request, apiUserId);
  if (route === 'GET ticket/N/log-entry') return listLogEntries(state, id, request, takeFault);
  return null;
}

function answerLists(tenant: Tenant): SandboxAnswer | null {
  const { state, request, takeFault, options } = tenant;
  const { route, id } = routeOf(request, '/v2/');
  if (route === 'GET organizations') return listOrganizations(state, request, takeFault);
  if (route === 'GET devices') return listDevices(state, request, takeFault);
  if (route === 'GET activities') return listActivities(state, request, takeFault);
  if (options.isOldBuild === true) return null;
  if (route === 'GET users') return listUsers(state, request);
  if (route === 'GET organization/N/custom-fields') return readCustomFields(state, id);
  if (route === 'PATCH organization/N/custom-fields') {
    const fields = new Set(options.balanceFields ?? ['prepaidHoursLeft']);
    return writeCustomFields(state, id, request, fields);
  }
  return null;
}
