/** Requests in the dialect of BMS: envelopes, numbered pages, refusals with a good status. */
import { z } from 'zod';
import type { ConnectorContext } from '../../src/contract/connector.ts';
import { KindError } from '../../src/domain/errors.ts';
import { ifThere } from '../http/if-there.ts';
import { describeIssue } from '../http/issues.ts';
import { pagesByNumber } from '../http/paging.ts';
import { createTransport } from '../http/transport.ts';
import type { Answer, HttpRequest } from '../http/types.ts';
import { Id } from '../http/wire.ts';
import { createBudget } from './budget.ts';
import { ListAnswer, resultOf } from './casing.ts';
import type { KaseyaBmsConfig } from './config.ts';
import { classifyBms } from './errors.ts';
import { limits } from './limits.ts';
import { type Zones, zonesOf } from './moments.ts';
import { createTokenSource } from './token.ts';

export type Query = NonNullable<HttpRequest['query']>;

export interface List {
  path: string;
  query?: Query;
  /** Of a list that is asked for by a POST. */
  filter?: object;
  pageSize?: number;
  /** Whether BMS counts the rows of this list, so that an answer without a count is refused. */
  isCounted?: boolean;
  after?: Place;
}

/** Behind which page a later pass goes on: the one before the last, so that both passes join. */
export const Place = z.object({
  page: z.int().min(0),
  received: z.int().min(0),
  total: z.int().min(0),
  /** The highest id that was seen. */
  highest: z.int(),
});
export type Place = z.infer<typeof Place>;

export interface ListPage {
  rows: readonly unknown[];
  /** Rows of all pages, where BMS counts them. */
  total: number | null;
  /** Null where rows did not come in the order of their ids: then they may move between pages. */
  place: Place | null;
}

export interface Api {
  config: KaseyaBmsConfig;
  context: ConnectorContext;
  zones: Zones;
  pages(list: List, signal: AbortSignal): AsyncGenerator<ListPage>;
  get<T>(path: string, schema: z.ZodType<T>, signal: AbortSignal): Promise<T>;
  /** Null where there is no such thing. */
  getIfThere<T>(path: string, schema: z.ZodType<T>, signal: AbortSignal): Promise<T | null>;
  /** A list that has no pages. */
  whole<T>(path: string, schema: z.ZodType<T>, signal: AbortSignal): Promise<T[]>;
  write<T>(
    method: 'POST' | 'PUT',
    path: string,
    body: object,
    schema: z.ZodType<T>,
    signal: AbortSignal,
  ): Promise<T>;
  remove(path: string, signal: AbortSignal): Promise<void>;
}

export function createApi(config: KaseyaBmsConfig, context: ConnectorContext): Api {
  const token = createTokenSource(config, context);
  const budget = createBudget(context, config.requestShare);
  const transport = createTransport({
    context,
    limits,
    baseUrl: config.baseUrl,
    authorize: (signal) => token.headers(signal),
    reauthorize: async () => token.drop(),
    classify: async (answer) => {
      await budget.count(answer.request);
      return classifyBms(answer);
    },
  });

  async function send<T>(request: HttpRequest, schema: z.ZodType<T>): Promise<Answer<T>> {
    await budget.refuseIfSpent(request);
    return transport.send(request, schema);
  }

  async function get<T>(path: string, schema: z.ZodType<T>, signal: AbortSignal): Promise<T> {
    return (await send({ method: 'GET', path, signal }, resultOf(schema))).data;
  }

  return {
    config,
    context,
    zones: zonesOf(config, context.timezone),
    pages: (list, signal) => pagesOf({ config, send }, list, signal),
    get,
    getIfThere: (path, schema, signal) => ifThere(get(path, schema, signal)),
    whole: (path, schema, signal) => get(path, z.array(schema), signal),
    async write(method, path, body, schema, signal) {
      return (await send({ method, path, body, signal }, resultOf(schema))).data;
    },
    async remove(path, signal) {
      await send({ method: 'DELETE', path, signal }, z.unknown());
    },
  };
}

interface Sending extends Pick<Api, 'config'> {
  send<T>(request: HttpRequest, schema: z.ZodType<T>): Promise<Answer<T>>;
}

async function* pagesOf(
  { config, send }: Sending,
  list: List,
  signal: AbortSignal,
): AsyncGenerator<ListPage> {
  const size = list.pageSize ?? config.pageSize;
  let { page, received, total } = list.after ?? { page: 0, received: 0, total: 0 };
  let highest = -1;
  let isRising = true;
  let largest = 0;
  let idsBefore = '';
  const ask = async (number: number): Promise<Answer<ListAnswer>> => {
    const answer = await send(pageRequest(list, { size, number }, signal), ListAnswer);
    const { rows, total } = answer.data;
    const ids = rows.map(idOf).join();
    // The list knows no pages: it came whole, and comes again.
    const isAgain = total === null && rows.length < size && ids === idsBefore;
    idsBefore = ids;
    return isAgain ? { ...answer, data: { rows: [], total } } : answer;
  };
  const pages = pagesByNumber({
    firstPage: page + 1,
    send: ask,
    isLast: ({ data }) => isLast(list, data, { received, largest }),
  });
  for await (const { data } of pages) {
    if (data.total === null && list.isCounted === true) {
      throw new KindError('contract', `GET ${list.path} does not say how many rows there are.`);
    }
    if (data.total !== null && data.total < total) throw becameShorter(list, page);
    if (page === list.after?.page && !joins(data.rows, list.after)) throw becameShorter(list, page);
    total = data.total ?? 0;
    page += 1;
    // By place and not by id: what enters the list meanwhile shows some rows twice.
    received += data.rows.length;
    largest = Math.max(largest, data.rows.length);
    for (const row of data.rows) {
      const id = idOf(row);
      isRising &&= id === null || id > highest;
      highest = Math.max(highest, id ?? highest);
    }
    const before = { page: page - 1, received: received - data.rows.length };
    const isPlace = isRising && data.total !== null;
    yield {
      ...{ rows: data.rows, total: data.total },
      place: isPlace ? { ...before, total, highest } : null,
    };
  }
}

function pageRequest(
  { path, query, filter }: List,
  { size, number }: { size: number; number: number },
  signal: AbortSignal,
): HttpRequest {
  const place = { PageSize: size, PageNumber: number };
  if (filter === undefined) return { method: 'GET', path, query: { ...query, ...place }, signal };
  const body = { ...place, Filter: filter };
  return { method: 'POST', path, body, isRead: true, signal };
}

/**
 * Where BMS counts, until as many rows came. A page may hold fewer than were asked for, so where it does not
 * count, only a page that holds less than one before it is the last.
 */
function isLast(
  list: List,
  { rows, total }: ListAnswer,
  { received, largest }: { received: number; largest: number },
): boolean {
  if (total === null) return rows.length === 0 || rows.length < largest;
  if (rows.length > 0 || received >= total) return received >= total;
  throw new KindError('contract', `GET ${list.path} counts ${total} rows and lists ${received}.`, {
    fix: 'The rest is hidden from the API user, or paging changed. Run check.',
  });
}

/** Where rows left and as many came, those behind moved forward, some of them onto pages read before. */
function joins(rows: readonly unknown[], { highest }: Place): boolean {
  const isNothingSeen = highest < 0;
  return isNothingSeen || rows.some((row) => (idOf(row) ?? Number.POSITIVE_INFINITY) <= highest);
}

/** A row that left has moved all behind it forward: one may have gone unseen. */
function becameShorter({ path, after }: List, page: number): KindError {
  const isResumed = after !== undefined && after.page === page;
  const kind = isResumed ? 'contract' : 'transient';
  return new KindError(kind, `GET ${path} became shorter while it was read.`, {
    fix: 'It is read again from the start at the next run.',
  });
}

/** All rows of a list. One that cannot be read might be the wanted one: nothing is concluded without it. */
export async function* eachRow<T>(
  api: Api,
  list: List,
  schema: z.ZodType<T>,
  signal: AbortSignal,
): AsyncGenerator<T> {
  for await (const { rows } of api.pages(list, signal)) {
    for (const raw of rows) {
      const row = schema.safeParse(raw);
      if (!row.success) {
        throw new KindError('contract', `GET ${list.path}: ${describeIssue(row.error)}.`);
      }
      yield row.data;
    }
  }
}

const AnyRow = z.object({ id: Id });

function idOf(row: unknown): number | null {
  const id = Number(AnyRow.safeParse(row).data?.id);
  return Number.isSafeInteger(id) ? id : null;
}
