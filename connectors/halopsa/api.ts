/** Requests in Halo's dialect: token, lists in pages or whole, array bodies. */
import { z } from 'zod';
import type { ConnectorContext } from '../../src/contract/connector.ts';
import { KindError } from '../../src/domain/errors.ts';
import { retryAfter } from '../http/classify.ts';
import { pagesByNumber } from '../http/paging.ts';
import { createTransport } from '../http/transport.ts';
import type { HttpRequest, LimitRow, RawAnswer } from '../http/types.ts';
import type { HalopsaConfig } from './config.ts';
import { createTokenSource } from './token.ts';

export type Query = NonNullable<HttpRequest['query']>;

export interface List {
  /** `/Tickets` */
  path: string;
  /** The envelope's field that holds the rows. */
  rows: string;
  query: Query;
  pageSize?: number;
}

export interface ListPage {
  rows: readonly unknown[];
  /** Rows of all pages, as Halo counts them. */
  count: number;
}

export interface Api {
  config: HalopsaConfig;
  context: ConnectorContext;
  /** Numbered pages, until as many rows came as Halo counts: a page may hold fewer than were asked for. */
  pages(list: List, signal: AbortSignal): AsyncGenerator<ListPage>;
  /** A list that has no pages; refused where it is shorter than Halo's own count of it. */
  whole(list: List, signal: AbortSignal): Promise<ListPage>;
  get<T>(path: string, query: Query, schema: z.ZodType<T>, signal: AbortSignal): Promise<T>;
  /** Creates, or updates where the body has an id. */
  post<T>(path: string, body: object, schema: z.ZodType<T>, signal: AbortSignal): Promise<T>;
  remove(path: string, signal: AbortSignal): Promise<void>;
}

/** Where an answer 429 says no time of its own: what a public client waits at first. */
const throttledSeconds = 5;

/** More than any list without pages has: left out, Halo may choose a number of its own. */
const countMax = 100_000;

export function createApi(config: HalopsaConfig, context: ConnectorContext): Api {
  const token = createTokenSource(config, context);
  const limits: readonly LimitRow[] = [
    {
      path: '',
      concurrency: 2,
      spacingMs: 60_000 / config.requestsPerMinute,
      source: 'No number is published (https://halopsa.com/apidoc/); set by requestsPerMinute.',
    },
  ];
  const transport = createTransport({
    context,
    baseUrl: `${config.baseUrl}/api`,
    limits,
    authorize: (signal) => token.headers(signal),
    reauthorize: async () => token.drop(),
    classify: (answer) => throttlingOf(answer, context.now()),
  });

  async function get<T>(path: string, query: Query, schema: z.ZodType<T>, signal: AbortSignal) {
    return (await transport.send({ method: 'GET', path, query, signal }, schema)).data;
  }

  return {
    config,
    context,
    get,
    async *pages(list, signal) {
      const size = list.pageSize ?? config.pageSize;
      const query = { ...list.query, pageinate: true, page_size: size };
      const schema = envelopeOf(list.rows);
      let received = 0;
      let countBefore = 0;
      const pages = pagesByNumber({
        send: (page_no) =>
          transport.send(
            { method: 'GET', path: list.path, query: { ...query, page_no }, signal },
            schema,
          ),
        isLast: ({ data }) => {
          if (data.rows.length === 0 && received < data.count) {
            throw shortList(list.path, received, data.count);
          }
          return received >= data.count;
        },
      });
      for await (const { data } of pages) {
        // A row that left the list has moved all behind it forward: one of them may have gone unseen.
        if (data.count < countBefore) {
          throw new KindError('transient', `GET ${list.path} became shorter while it was read.`, {
            fix: 'It is read again from the start at the next run.',
          });
        }
        countBefore = data.count;
        // Counted by place and not by id: what enters the list meanwhile shows some rows twice.
        received += data.rows.length;
        yield data;
      }
    },
    async whole(list, signal) {
      const query = { ...list.query, count: countMax };
      const data = await get(list.path, query, envelopeOf(list.rows), signal);
      if (data.rows.length < data.count) throw shortList(list.path, data.rows.length, data.count);
      return data;
    },
    async post(path, body, schema, signal) {
      // The body is an array even for one; the answer may be the one alone.
      const only = z.tuple([schema]).transform(([row]) => row);
      const request = { method: 'POST', path, body: [body], signal } as const;
      return (await transport.send(request, z.union([schema, only]))).data;
    },
    async remove(path, signal) {
      await transport.send({ method: 'DELETE', path, signal }, z.unknown());
    },
  };
}

/** `{record_count, tickets: […]}`; where the list has another name than the public one, the only list. */
function envelopeOf(name: string) {
  const listIn = (envelope: Record<string, unknown>): unknown => {
    const lists = Object.values(envelope).filter((value) => Array.isArray(value));
    return envelope[name] ?? (lists.length === 1 ? lists[0] : undefined);
  };
  return z
    .looseObject({ record_count: z.int().min(0) })
    .refine((envelope) => Array.isArray(listIn(envelope)), { message: `has no list "${name}"` })
    .transform((envelope): ListPage => {
      return { rows: listIn(envelope) as unknown[], count: envelope.record_count };
    });
}

function shortList(path: string, found: number, count: number): KindError {
  return new KindError('contract', `GET ${path} counts ${count} rows and lists ${found}.`, {
    fix: 'The rest is hidden from the API application’s agent, or paging changed. Run check.',
  });
}

/** Only what says no Retry-After itself; the common table reads the others. */
function throttlingOf(answer: RawAnswer, nowMs: number): KindError | null {
  if (answer.status !== 429 || retryAfter(answer.headers['retry-after'], nowMs) !== undefined) {
    return null;
  }
  return new KindError('rate-limited', 'Halo answered 429: too many requests.', {
    status: 429,
    retryAfterSeconds: throttledSeconds,
  });
}

/** The id of a row that nobody believed yet. */
export function idOf(row: unknown): string | null {
  if (typeof row !== 'object' || row === null || !('id' in row)) return null;
  return typeof row.id === 'number' || typeof row.id === 'string' ? String(row.id) : null;
}
