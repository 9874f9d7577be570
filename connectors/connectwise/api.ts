/** Requests in ConnectWise's dialect: credentials, pinned version, errors with their request id, pages. */
import { z } from 'zod';
import type { ConnectorContext } from '../../src/contract/connector.ts';
import { KindError } from '../../src/domain/errors.ts';
import { classifyAnswer } from '../http/classify.ts';
import { pagesByCursor } from '../http/paging.ts';
import { createTransport } from '../http/transport.ts';
import type { Answer, RawAnswer } from '../http/types.ts';
import { createCodebase } from './codebase.ts';
import type { ConnectwiseConfig } from './config.ts';
import { limits } from './limits.ts';

export interface List {
  /** `/time/entries` */
  path: string;
  /** Sent with every page: the service's next links need not carry them. */
  conditions?: string;
  fields: string;
  /** The page's end that an earlier pass had reached. */
  pageId?: string | null;
  pageSize?: number;
}

export interface ListPage {
  rows: readonly unknown[];
  /** The page id to go on with; null at the end. */
  next: string | null;
}

export interface Api {
  config: ConnectwiseConfig;
  context: ConnectorContext;
  /** Pages in the order of ids, so that rows which change meanwhile are neither lost nor doubled. */
  pages(list: List, signal: AbortSignal): AsyncGenerator<ListPage>;
  get<T>(path: string, fields: string, schema: z.ZodType<T>, signal: AbortSignal): Promise<T>;
  /** From the list's `/count` sibling. */
  count<T>(path: string, conditions: string, schema: z.ZodType<T>, signal: AbortSignal): Promise<T>;
  post<T>(path: string, body: unknown, schema: z.ZodType<T>, signal: AbortSignal): Promise<T>;
  patch(path: string, operations: readonly PatchOperation[], signal: AbortSignal): Promise<void>;
  remove(path: string, signal: AbortSignal): Promise<void>;
}

export interface PatchOperation {
  op: 'replace';
  /** Without a leading slash. */
  path: string;
  value: unknown;
}

const Rows = z.array(z.unknown());
const RowWithId = z.object({ id: z.int() });

export function createApi(config: ConnectwiseConfig, context: ConnectorContext): Api {
  const codebase = createCodebase(config, context);
  const credentials = `${config.companyId}+${config.publicKey}:${config.privateKey}`;
  const transport = createTransport({
    context,
    baseUrl: codebase.baseUrl,
    limits,
    authorize: async () => ({
      authorization: `Basic ${Buffer.from(credentials).toString('base64')}`,
      clientid: config.clientId,
      accept: `application/vnd.connectwise.com+json; version=${config.version}`,
    }),
    classify: async (answer) => {
      const isGone = answer.status === 404;
      if (isGone && (await codebase.hasMoved(answer.request.signal))) return 'again';
      return withRequestId(answer, context.now());
    },
  });
  const pageSize = config.pageSize;
  return {
    config,
    context,
    async *pages(list, signal) {
      const size = list.pageSize ?? pageSize;
      const { path, conditions, fields } = list;
      const pages = pagesByCursor({
        start: list.pageId ?? null,
        send: (pageId) =>
          transport.send(
            {
              method: 'GET',
              path,
              query: { conditions, fields, pageSize: size, pageId: pageId ?? undefined },
              headers: { 'pagination-type': 'forward-only' },
              signal,
            },
            Rows,
          ),
        next: (answer) => nextPageId(answer, path, size),
      });
      for await (const answer of pages) {
        yield {
          rows: answer.data,
          // Broken paging matters to whoever goes on to the next page, and to nobody else.
          get next() {
            return nextPageId(answer, path, size);
          },
        };
      }
    },
    async get(path, fields, schema, signal) {
      const query = fields === '' ? {} : { fields };
      return (await transport.send({ method: 'GET', path, query, signal }, schema)).data;
    },
    async count(path, conditions, schema, signal) {
      const query = { conditions };
      const request = { method: 'GET', path: `${path}/count`, query, signal } as const;
      return (await transport.send(request, schema)).data;
    },
    async post(path, body, schema, signal) {
      return (await transport.send({ method: 'POST', path, body, signal }, schema)).data;
    },
    async patch(path, operations, signal) {
      await transport.send({ method: 'PATCH', path, body: operations, signal }, z.unknown());
    },
    async remove(path, signal) {
      await transport.send({ method: 'DELETE', path, signal }, z.unknown());
    },
  };
}

/** The common table's error, with the id by which the vendor's support finds the request. */
function withRequestId(answer: RawAnswer, nowMs: number): KindError | null {
  const error = refusalOf(answer, classifyAnswer(answer, nowMs));
  const requestId = answer.headers['x-cw-request-id'];
  if (error === null || requestId === undefined) return error;
  return new KindError(error.kind, `${error.message} (request ${requestId})`, {
    ...(error.fix === undefined ? {} : { fix: error.fix }),
    ...(error.status === undefined ? {} : { status: error.status }),
    ...(error.retryAfterSeconds === undefined
      ? {}
      : { retryAfterSeconds: error.retryAfterSeconds }),
    cause: error.cause,
  });
}

/** A 401 names the setting at fault: the client ID belongs to the program, the keys to an API member. */
function refusalOf(answer: RawAnswer, error: KindError | null): KindError | null {
  if (error === null || answer.status !== 401) return error;
  const fix = /client[\s_-]?id/i.test(answer.text)
    ? 'Check clientId: the GUID that ConnectWise gave out for this program.'
    : 'Check companyId, publicKey and privateKey: the keys are those of one API member.';
  return new KindError('auth', error.message, { fix, status: 401 });
}

/**
 * The id that the next link carries. A full page without a link is asked after by its last id, in
 * case something on the way drops headers: one request more, and no row lost.
 */
function nextPageId(answer: Answer<unknown[]>, path: string, pageSize: number): string | null {
  const link = /<([^>]*)>\s*;[^,<]*\brel="?next"?/i.exec(answer.headers.link ?? '')?.[1];
  if (link !== undefined) {
    const pageId = new URL(link, 'https://next.invalid').searchParams.get('pageId');
    if (pageId !== null) return pageId;
    throw new KindError('contract', `GET ${path} answered with numbered pages, not forward-only.`, {
      fix: 'Numbered pages lose rows that change meanwhile. Ask ConnectWise about forward-only paging.',
    });
  }
  if (answer.data.length < pageSize) return null;
  const last = RowWithId.safeParse(answer.data.at(-1));
  if (last.success) return String(last.data.id);
  throw new KindError('contract', `GET ${path}: the last row of a full page has no id.`);
}
