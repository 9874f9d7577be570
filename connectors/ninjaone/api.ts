/** The requests that NinjaOne understands, each with the shape of its answer. */
import type { ZodType } from 'zod';
import { z } from 'zod';
import type { ConnectorContext } from '../../src/contract/connector.ts';
import { isKindError, KindError } from '../../src/domain/errors.ts';
import { pagesByCursor } from '../http/paging.ts';
import { createTransport } from '../http/transport.ts';
import type { Answer, HttpRequest, LimitRow, RawAnswer, Transport } from '../http/types.ts';
import type { NinjaoneConfig } from './config.ts';
import {
  ActivityPage,
  Board,
  BoardRun,
  CustomFields,
  Rows,
  Status,
  Ticket,
  TicketForm,
} from './schema.ts';
import { throttlingOf } from './throttling.ts';
import { createTokenSource } from './token.ts';

const limits: readonly LimitRow[] = [
  { path: '', concurrency: 4, source: 'no limit is published; our own restraint' },
  {
    path: '/v2/activities',
    concurrency: 1,
    spacingMs: 200,
    source: 'no limit is published; a pause that public scripts keep between activity pages',
  },
];

export interface BoardQuery {
  columns: readonly string[];
  pageSize: number;
  cursor: string | null;
  /** Text that the vendor may search for; an answer is never trusted to be filtered by it. */
  search?: string;
}

export interface NewTicket {
  clientId: number;
  ticketFormId: number;
  status: string;
  subject: string;
  description: { public: boolean; body: string };
  tags?: string[];
}

export interface TicketUpdate {
  version: number;
  clientId: number;
  ticketFormId: number;
  subject: string;
  status: string;
  requesterUid: string;
  tags?: string[];
}

export type Api = ReturnType<typeof createApi>;

export function createApi(config: NinjaoneConfig, context: ConnectorContext) {
  const token = createTokenSource(config, context);
  const transport = createTransport({
    context,
    baseUrl: config.baseUrl,
    limits,
    authorize: (signal) => token.headers(signal),
    reauthorize: async () => token.drop(),
    classify: refusalOf,
  });
  return {
    ...listRequests(transport, config),
    ...ticketReads(transport, config),
    ...writeRequests(transport),
  };
}

function listRequests(transport: Transport, config: NinjaoneConfig) {
  return {
    /** Pages by the id of their last row. `isComplete` may spare the request for an empty page. */
    pagesAfter(
      path: '/v2/organizations' | '/v2/devices',
      signal: AbortSignal,
      start: string | null,
      isComplete: () => boolean = () => false,
    ): AsyncGenerator<Answer<unknown[]>> {
      const { pageSize } = config;
      return pagesByCursor({
        start,
        send: (after) => list(transport, path, Rows, signal, { pageSize, after }),
        next: ({ data }) => (data.length === 0 || isComplete() ? null : lastIdOf(data, path)),
      });
    },
    devicesOnce: (signal: AbortSignal) =>
      list(transport, '/v2/devices', Rows, signal, { pageSize: 1 }),
    technicians: (signal: AbortSignal) =>
      list(transport, '/v2/users', Rows, signal, { userType: 'TECHNICIAN' }),
    statuses: (signal: AbortSignal) =>
      list(transport, '/v2/ticketing/statuses', z.array(Status), signal),
    ticketForms: (signal: AbortSignal) =>
      list(transport, '/v2/ticketing/ticket-form', z.array(TicketForm), signal),
    boards: (signal: AbortSignal) =>
      list(transport, '/v2/ticketing/trigger/boards', z.array(Board), signal),
    activities: (type: string | null, olderThan: string | null, signal: AbortSignal) =>
      list(transport, '/v2/activities', ActivityPage, signal, {
        type,
        olderThan,
        pageSize: config.activityPageSize,
      }),
    customFields: (organizationId: string, signal: AbortSignal) =>
      list(transport, `/v2/organization/${organizationId}/custom-fields`, CustomFields, signal),
  };
}

function ticketReads(transport: Transport, config: NinjaoneConfig) {
  return {
    runBoard: (boardId: string, query: BoardQuery, signal: AbortSignal) =>
      transport.send(
        {
          method: 'POST',
          path: `/v2/ticketing/trigger/board/${boardId}/run`,
          body: {
            sortBy: [{ field: 'lastUpdated', direction: 'DESC' }],
            includeColumns: query.columns,
            pageSize: query.pageSize,
            ...(query.cursor === null ? {} : { lastCursorId: Number(query.cursor) }),
            ...(query.search === undefined ? {} : { searchCriteria: query.search }),
          },
          isRead: true,
          signal,
        },
        BoardRun,
      ),
    ticket: (ticketId: string, signal: AbortSignal) =>
      transport.send(getRequest(`/v2/ticketing/ticket/${ticketId}`, signal), Ticket),
    /**
     * Pages of a ticket's log, each after the last id of the one before. That is right for either
     * order in which the vendor may list them; a list that ignores it ends as a page loop.
     */
    logEntryPages(
      ticketId: string,
      signal: AbortSignal,
      isComplete: () => boolean,
    ): AsyncGenerator<Answer<unknown[]>> {
      const path = `/v2/ticketing/ticket/${ticketId}/log-entry`;
      const { pageSize } = config;
      return pagesByCursor({
        send: (anchorId) => transport.send(getRequest(path, signal, { pageSize, anchorId }), Rows),
        next: ({ data }) => (data.length === 0 || isComplete() ? null : lastIdOf(data, path)),
      });
    },
  };
}

function writeRequests(transport: Transport) {
  return {
    createTicket: (ticket: NewTicket, signal: AbortSignal) =>
      transport.send(
        { method: 'POST', path: '/v2/ticketing/ticket', body: ticket, signal },
        Ticket,
      ),
    /** Refused where the version is not the ticket's latest. */
    updateTicket: (ticketId: string, update: TicketUpdate, signal: AbortSignal) =>
      transport.send(
        { method: 'PUT', path: `/v2/ticketing/ticket/${ticketId}`, body: update, signal },
        z.unknown(),
      ),
    /** Multipart, or it is refused. The answer does not say which log entry was made. */
    addComment: (ticketId: string, isPublic: boolean, body: string, signal: AbortSignal) =>
      transport.send(
        {
          method: 'POST',
          path: `/v2/ticketing/ticket/${ticketId}/comment`,
          multipart: { comment: { public: isPublic, body } },
          signal,
        },
        z.unknown(),
      ),
    writeCustomField: (organizationId: string, field: string, value: string, signal: AbortSignal) =>
      transport.send(
        {
          method: 'PATCH',
          path: `/v2/organization/${organizationId}/custom-fields`,
          body: { [field]: value },
          signal,
        },
        z.unknown(),
      ),
  };
}

type Query = Record<string, string | number | null>;

function getRequest(path: string, signal: AbortSignal, query: Query = {}): HttpRequest {
  const given = Object.entries(query).flatMap(([name, value]) =>
    value === null ? [] : [[name, value] as const],
  );
  return { method: 'GET', path, query: Object.fromEntries(given), signal };
}

/**
 * A 404 here does not mean that a row is gone: the path itself is unknown to this build. The federal
 * host runs one that lacks users, contacts, custom fields and billing.
 */
async function list<T>(
  transport: Transport,
  path: string,
  schema: ZodType<T>,
  signal: AbortSignal,
  query: Query = {},
): Promise<Answer<T>> {
  try {
    return await transport.send(getRequest(path, signal, query), schema);
  } catch (error) {
    if (!isKindError(error, 'rejected') || error.status !== 404) throw error;
    throw new KindError('config', `${path} is not on this NinjaOne instance (404).`, {
      status: 404,
      fix: 'Older builds, such as the federal host, lack it: leave out what needs it. If there is an organization id in it, check that too.',
      cause: error,
    });
  }
}

/** Some calls want a token that is bound to a person; client credentials are bound to none. */
function refusalOf(answer: RawAnswer): KindError | null {
  const throttling = throttlingOf(answer);
  if (throttling !== null) return throttling;
  if (answer.status !== 403 || !/user_context_required|"error_code"\s*:\s*5\b/.test(answer.text)) {
    return null;
  }
  const { method, path } = answer.request;
  return new KindError('permission', `${method} ${path} needs a user (user_context_required).`, {
    status: 403,
    fix: 'This tenant does not let client credentials do that: send alerts and notes to another connection.',
  });
}

function lastIdOf(rows: readonly unknown[], path: string): string {
  const id = idOf(rows.at(-1));
  if (id !== null) return id;
  throw new KindError('contract', `The last row of a page of ${path} has no id to go on from.`, {
    fix: 'Run again; if it stays, the API has changed.',
  });
}

/** The id of a row that nobody believed yet. */
export function idOf(row: unknown): string | null {
  if (typeof row !== 'object' || row === null || !('id' in row)) return null;
  return typeof row.id === 'number' || typeof row.id === 'string' ? String(row.id) : null;
}
