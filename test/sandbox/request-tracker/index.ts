/**
 * A Request Tracker on a loopback port: stateful, with RT 5.0.3's dialect as a real one was seen to
 * speak it, and with its traps: silence about what the user may not see, dates in local time, subjects
 * cut at 200 bytes, closed tickets that correspondence opens again.
 */
import {
  type SandboxAnswer,
  type SandboxRequest,
  type SandboxServer,
  startSandboxServer,
  type TakeFault,
} from '../server.ts';
import { answerCollection } from './collections.ts';
import {
  type Asking,
  attachmentCollection,
  fieldCollection,
  fieldsOf,
  isHiddenComment,
  momentText,
  queueCollection,
  ticketCollection,
  transactionCollection,
  userCollection,
} from './records.ts';
import type { SearchClock } from './search.ts';
import { type QueueState, State, type TicketState } from './state.ts';
import { addMessage, createTicket, message, updateTicket } from './writes.ts';

export type { State as RequestTrackerState } from './state.ts';

export interface RequestTrackerSandbox extends SandboxServer {
  state: State;
  /** The settings of a connection, besides `vendor`. */
  config: {
    baseUrl: string;
    token: string;
    clientFrom: 'queue';
    alerts: { queue: string };
    billing: { queue: string };
  };
}

export interface RequestTrackerOptions {
  port?: number;
  /** Where RT lives below its host: `/rt`. */
  path?: string;
  isSuperUser?: boolean;
  usesSqlForRights?: boolean;
  /** The zone that RT reads timestamps in; New York in winter unless told. */
  zoneOffsetMinutes?: number;
}

const token = '1-27-5c1d0b7a90e2f3846d8c1b2a3948576f';

/** Starts with the queues `Alerts` and `Billing`, which the config refers to. */
export async function startRequestTrackerSandbox(
  options: RequestTrackerOptions = {},
): Promise<RequestTrackerSandbox> {
  const state = new State();
  state.addQueue('Alerts');
  state.addQueue('Billing');
  const asking: Asking = {
    state,
    isSuperUser: options.isSuperUser ?? false,
    usesSqlForRights: options.usesSqlForRights ?? true,
  };
  const root = `${options.path ?? ''}/REST/2.0`;
  const zoneOffsetMinutes = options.zoneOffsetMinutes ?? -300;
  const server = await startSandboxServer(
    (request, takeFault) => {
      if (request.headers.authorization !== `token ${token}`) return message(401, 'Unauthorized');
      if (!request.path.startsWith(`${root}/`)) return message(404, 'Not Found');
      const path = request.path.slice(root.length);
      const clock = { nowMs: Date.now(), zoneOffsetMinutes };
      if (request.method !== 'GET') return write(state, request, path);
      return read(asking, request, path, clock, takeFault);
    },
    {
      faultAnswer: (kind) => {
        if (kind === 'unauthorized') return message(401, 'Unauthorized');
        if (kind === 'forbidden') return message(403, 'Forbidden');
        return kind === 'server-error' ? message(500, 'Internal Server Error') : null;
      },
      ...(options.port === undefined ? {} : { port: options.port }),
    },
  );
  const baseUrl = `${server.baseUrl}${options.path ?? ''}`;
  const queues = { alerts: { queue: 'Alerts' }, billing: { queue: 'Billing' } };
  return { ...server, state, config: { baseUrl, token, clientFrom: 'queue', ...queues } };
}

function write(state: State, request: SandboxRequest, path: string): SandboxAnswer {
  const [, ticketId = '', kind] = /^\/ticket\/(\d+)(?:\/(comment|correspond))?$/.exec(path) ?? [];
  if (request.method === 'POST' && path === '/ticket') return createTicket(state, request);
  if (request.method === 'PUT' && ticketId !== '') return updateTicket(state, ticketId, request);
  if (request.method === 'POST' && (kind === 'comment' || kind === 'correspond')) {
    return addMessage(state, ticketId, kind, request);
  }
  return message(404, 'Not Found');
}

function read(
  asking: Asking,
  request: SandboxRequest,
  path: string,
  clock: SearchClock,
  takeFault: TakeFault,
): SandboxAnswer {
  const { state } = asking;
  if (path === '/rt') return { status: 200, json: { Version: '5.0.3+sandbox' } };
  const query = request.query.get('query') ?? '';
  const page = { request, clock, takeFault };
  if (path === '/tickets') return collect(page, ticketCollection(asking, query));
  if (path === '/transactions')
    return collect(page, transactionCollection(asking, state.transactions));
  if (path === '/queues/all') return collect(page, queueCollection(asking));
  if (path === '/users') return collect(page, userCollection(asking));
  if (path === '/customfields') return collect(page, fieldCollection(asking));
  const [, kind = '', id = '', inner] =
    /^\/(ticket|queue|transaction|customfield)\/([^/]+)(?:\/(history|attachments))?$/.exec(path) ??
    [];
  if (kind === 'ticket' && inner !== undefined) {
    const rows = historyOf(state, id);
    if (inner === 'history') return collect(page, transactionCollection(asking, rows));
    return collect(page, attachmentCollection(asking, rows));
  }
  if (kind === 'ticket') return ticketRecord(state.loadTicket(id));
  if (kind === 'queue') return queueRecord(state.findQueue(decodeURIComponent(id)));
  if (kind === 'customfield') return fieldRecord(state, Number(id));
  if (kind === 'transaction') return transactionRecord(asking, Number(id));
  return message(404, 'Not Found');
}

interface Paged {
  request: SandboxRequest;
  clock: SearchClock;
  takeFault: TakeFault;
}

function collect<T extends { id: number }>(
  { request, clock, takeFault }: Paged,
  collection: Parameters<typeof answerCollection<T>>[1],
): SandboxAnswer {
  return answerCollection(request, collection, clock, takeFault);
}

/** A ticket's history holds that of the tickets merged into it. */
function historyOf(state: State, id: string) {
  const ticket = state.loadTicket(id);
  const isOn = (ticketId: number): boolean =>
    ticket !== undefined && state.loadTicket(ticketId)?.id === ticket.id;
  return state.transactions.filter((transaction) => isOn(transaction.ticketId));
}

function ticketRecord(ticket: TicketState | undefined): SandboxAnswer {
  if (ticket === undefined) return message(404, 'Not Found');
  const { rights } = ticket.queue;
  if (!rights.has('ShowTicket')) return message(403, 'Forbidden');
  const links = [
    'self',
    'history',
    ...(rights.has('ReplyToTicket') ? ['correspond'] : []),
    ...(rights.has('CommentOnTicket') ? ['comment'] : []),
    ...(rights.has('ModifyTicket') ? ['lifecycle'] : []),
  ];
  const json = {
    id: ticket.id,
    Subject: ticket.subject,
    Status: ticket.status,
    TimeWorked: String(ticket.minutes),
    Resolved: momentText(ticket.resolvedMs),
    LastUpdated: momentText(ticket.updatedMs),
    EffectiveId: { id: String(ticket.effectiveId), type: 'ticket' },
    CustomFields: fieldsOf(ticket),
    _hyperlinks: links.map((ref) => ({ ref })),
  };
  return { status: 200, json };
}

/** One that does not exist is refused like one that is hidden. */
function queueRecord(queue: QueueState | undefined): SandboxAnswer {
  if (!queue?.rights.has('SeeQueue')) return message(403, 'Forbidden');
  const links = queue.rights.has('CreateTicket') ? [{ ref: 'create', type: 'ticket' }] : [];
  const json = {
    id: queue.id,
    Name: queue.name,
    Disabled: queue.isDisabled ? '1' : '0',
    TicketCustomFields: [...queue.fields].map((name) => ({ name, type: 'customfield' })),
    _hyperlinks: [{ ref: 'self' }, ...links],
  };
  return { status: 200, json };
}

function fieldRecord(state: State, id: number): SandboxAnswer {
  const [name, values] = [...state.fields][id - 2] ?? [];
  if (name === undefined) return message(404, 'Not Found');
  return { status: 200, json: { id, Name: name, Type: 'Select', Values: values } };
}

function transactionRecord(asking: Asking, id: number): SandboxAnswer {
  const row = asking.state.transactions.find((transaction) => transaction.id === id);
  if (row === undefined) return message(404, 'Not Found');
  if (isHiddenComment(asking, row)) return message(403, 'Forbidden');
  return { status: 200, json: { id, Type: row.type, TimeTaken: String(row.minutes) } };
}
