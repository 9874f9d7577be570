/** Requests in Syncro's dialect: a bearer token, numbered pages, and 401 for whatever is not allowed. */
import { z } from 'zod';
import type { ConnectorContext, SourceId } from '../../src/contract/connector.ts';
import { isKindError, KindError } from '../../src/domain/errors.ts';
import { nameOf, retryAfter } from '../http/classify.ts';
import { ifThere } from '../http/if-there.ts';
import { describeIssue } from '../http/issues.ts';
import { createMoveGuard } from '../http/moved.ts';
import { pagesByNumber } from '../http/paging.ts';
import { createTransport } from '../http/transport.ts';
import type { HttpRequest, RawAnswer } from '../http/types.ts';
import type { SyncroConfig } from './config.ts';
import { documentedPageSize, limitsOf, throttledSeconds } from './limits.ts';
import { idOf } from './schema.ts';

export type Query = NonNullable<HttpRequest['query']>;

export interface List {
  /** `/tickets` */
  path: string;
  /** The envelope's field that holds the rows. */
  rows: string;
  query?: Query;
  /** A list that does not say how many pages it has. */
  isUncounted?: boolean;
}

export interface ListPage {
  rows: readonly unknown[];
  isLast: boolean;
}

export interface Api {
  config: SyncroConfig;
  context: ConnectorContext;
  pages(list: List, signal: AbortSignal): AsyncGenerator<ListPage>;
  get<T>(path: string, schema: z.ZodType<T>, signal: AbortSignal): Promise<T>;
  /** Null where there is no such thing. */
  getIfThere<T>(path: string, schema: z.ZodType<T>, signal: AbortSignal): Promise<T | null>;
  write<T>(
    method: 'POST' | 'PUT',
    path: string,
    body: object,
    schema: z.ZodType<T>,
    signal: AbortSignal,
  ): Promise<T>;
  remove(path: string, signal: AbortSignal): Promise<void>;
}

export function createApi(config: SyncroConfig, context: ConnectorContext): Api {
  const common = {
    context,
    baseUrl: `${config.baseUrl}/api/v1`,
    limits: limitsOf(config.requestsPerMinute),
    authorize: async () => ({ authorization: `Bearer ${config.apiToken}` }),
  };
  const own = createTransport({ ...common, attempts: 1 });
  const transport = createTransport({
    ...common,
    async classify(answer) {
      if (answer.status === 429) return throttlingOf(answer, context.now());
      if (answer.status !== 401 || answer.request.path === '/me') return null;
      return refusalOf(answer, () =>
        own.send({ method: 'GET', path: '/me', signal: answer.request.signal }, z.unknown()),
      );
    },
  });

  async function get<T>(path: string, schema: z.ZodType<T>, signal: AbortSignal): Promise<T> {
    return (await transport.send({ method: 'GET', path, signal }, schema)).data;
  }

  function ask<T>(list: List, page: number, schema: z.ZodType<T>, signal: AbortSignal) {
    const query = { ...list.query, page };
    return transport.send({ method: 'GET', path: list.path, query, signal }, schema);
  }

  /** A list of which no document says that it has pages may answer each number with all there is. */
  function uncountedPages(list: List, signal: AbortSignal) {
    let before = '';
    return async (page: number) => {
      const answer = await ask(list, page, uncounted(list, page), signal);
      const text = JSON.stringify(answer.data.rows);
      if (text === before) return { ...answer, data: { rows: [], pages: page } };
      before = text;
      return answer;
    };
  }

  return {
    config,
    context,
    get,
    getIfThere: (path, schema, signal) => ifThere(get(path, schema, signal)),
    async *pages(list, signal) {
      let countBefore = 0;
      let number = 0;
      const refuseMoved = createMoveGuard(list.path);
      const pages = pagesByNumber({
        send:
          list.isUncounted === true
            ? uncountedPages(list, signal)
            : (page) => ask(list, page, counted(list, page), signal),
        isLast: ({ data }, page) => page >= data.pages,
      });
      for await (const { data } of pages) {
        number += 1;
        // A row that left the list has moved all behind it forward: one of them may have gone unseen.
        if (data.pages < countBefore && list.isUncounted !== true) {
          throw new KindError('transient', `GET ${list.path} became shorter while it was read.`, {
            fix: 'It is read again from the start at the next run.',
          });
        }
        countBefore = data.pages;
        refuseMoved(data.rows.flatMap((row) => idOf(row) ?? []));
        yield { rows: data.rows, isLast: number >= data.pages };
      }
    },
    async write(method, path, body, schema, signal) {
      return (await transport.send({ method, path, body, signal }, schema)).data;
    },
    async remove(path, signal) {
      await transport.send({ method: 'DELETE', path, signal }, z.unknown());
    },
  };
}

/** `{tickets: […], meta: {total_pages, page}}`; a page that is another than was asked for is refused. */
function counted({ path, rows }: List, page: number) {
  return z
    .object({
      [rows]: z.array(z.unknown()),
      meta: z.object({ total_pages: z.int().min(0), page: z.int().nullish() }),
    })
    .transform((answer, ctx) => {
      const list = answer[rows] as unknown[];
      const { total_pages: pages, page: shown } = answer.meta as {
        total_pages: number;
        page?: number | null;
      };
      const isOther = shown != null && shown !== page;
      const isShort = list.length === 0 && page < pages;
      if (!isOther && !isShort) return { rows: list, pages };
      const what = isOther ? `is page ${shown}` : `is empty, of ${pages}`;
      ctx.addIssue({ code: 'custom', message: `page ${page} of ${path} ${what}` });
      return z.NEVER;
    });
}

/** Without a count of pages the last is the first that is not full. */
function uncounted({ rows }: List, page: number) {
  return z.object({ [rows]: z.array(z.unknown()) }).transform((answer) => {
    const list = answer[rows] ?? [];
    return { rows: list, pages: list.length < documentedPageSize ? page : page + 1 };
  });
}

/**
 * Syncro answers 401 to a wrong token and to a missing permission alike. What every token may ask tells
 * them apart: where that is answered, the token is good.
 */
async function refusalOf(
  { request }: RawAnswer,
  askWhoIAm: () => Promise<unknown>,
): Promise<KindError | null> {
  try {
    await askWhoIAm();
  } catch (error) {
    if (isKindError(error, 'auth')) return null;
    throw error;
  }
  const name = nameOf(request);
  return new KindError('permission', `${name} answered 401 although the token is valid.`, {
    status: 401,
    fix: `Give the token, and the user it belongs to, the permission for ${name}.`,
  });
}

/** Only what says no Retry-After itself; the common table reads the others. */
function throttlingOf(answer: RawAnswer, nowMs: number): KindError | null {
  if (retryAfter(answer.headers['retry-after'], nowMs) !== undefined) return null;
  return new KindError('rate-limited', 'Syncro answered 429: too many requests.', {
    status: 429,
    retryAfterSeconds: throttledSeconds,
  });
}

/** Rows of a look-up: an unreadable one might be the wanted one, and taking it for another would be worse. */
export function believeRows<T>(path: string, rows: readonly unknown[], schema: z.ZodType<T>): T[] {
  return rows.map((row) => {
    const wire = schema.safeParse(row);
    if (wire.success) return wire.data;
    throw new KindError('contract', `GET ${path}: ${describeIssue(wire.error)}.`);
  });
}

/** Syncro's ids of these clients; throws `config` for what is no number. */
export function clientNumbers(clientIds: readonly SourceId[]): SourceId[] {
  const wrong = clientIds.find((id) => !/^\d+$/.test(id));
  if (wrong === undefined) return [...clientIds];
  throw new KindError('config', `"${wrong}" is no customer id of Syncro, which are numbers.`, {
    fix: 'Write the number from the customer’s address in Syncro under the client’s ids.',
  });
}
