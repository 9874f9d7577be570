/** Requests in Atera's dialect: one key, numbered pages that count all rows. */
import type { ZodType } from 'zod';
import type { ConnectorContext, Page } from '../../src/contract/connector.ts';
import { KindError } from '../../src/domain/errors.ts';
import type { ZoneName } from '../../src/domain/zone.ts';
import { ifThere } from '../http/if-there.ts';
import { describeIssue } from '../http/issues.ts';
import { createMoveGuard } from '../http/moved.ts';
import { pagesByNumber } from '../http/paging.ts';
import { parseRows } from '../http/rows.ts';
import { createTransport } from '../http/transport.ts';
import type { HttpRequest, LimitRow } from '../http/types.ts';
import type { AteraConfig } from './config.ts';
import { ActionWire, PageWire } from './schema.ts';

export interface List {
  /** `/workhours` */
  path: string;
  query?: NonNullable<HttpRequest['query']>;
  pageSize?: number;
  /** The name of its rows' id, where none may be missed. */
  idName?: string;
}

export interface ListPage {
  rows: readonly unknown[];
  /** Rows of all pages, as Atera counts them. */
  count: number;
}

export interface Api {
  config: AteraConfig;
  context: ConnectorContext;
  /** The zone that filters are read in. */
  zone: ZoneName;
  /** The zone that work hours are shown in. */
  shownIn: ZoneName;
  /** All pages, until as many rows came as Atera counts. */
  pages(list: List, signal: AbortSignal): AsyncGenerator<ListPage>;
  /** The first page alone. */
  few(list: List, signal: AbortSignal): Promise<ListPage>;
  get<T>(path: string, schema: ZodType<T>, signal: AbortSignal): Promise<T>;
  /** Null: Atera says that there is none. */
  getIfThere<T>(path: string, schema: ZodType<T>, signal: AbortSignal): Promise<T | null>;
  /** What Atera says it made, where it does. */
  write(
    method: 'POST' | 'PUT',
    path: string,
    body: object,
    signal: AbortSignal,
  ): Promise<string | null>;
  remove(path: string, signal: AbortSignal): Promise<void>;
}

/** Longer keys are the newer ones, which are tokens. */
const shortKeyLengthMax = 100;

export function createApi(config: AteraConfig, context: ConnectorContext): Api {
  const { apiKey } = config;
  const limits: readonly LimitRow[] = [
    {
      path: '',
      concurrency: 2,
      spacingMs: 60_000 / config.requestsPerMinute,
      source: 'No number is published (https://app.atera.com/apidocs); set by requestsPerMinute.',
    },
  ];
  const transport = createTransport({
    context,
    baseUrl: `${config.baseUrl}/api/v3`,
    limits,
    authorize: async (): Promise<Record<string, string>> =>
      apiKey.length > shortKeyLengthMax
        ? { authorization: `Bearer ${apiKey}` }
        : { 'x-api-key': apiKey },
  });

  function page({ path, query, pageSize }: List, number: number, signal: AbortSignal) {
    const cut = { page: number, itemsInPage: pageSize ?? config.pageSize };
    const request = { method: 'GET', path, query: { ...query, ...cut }, signal } as const;
    return transport.send(request, PageWire);
  }

  async function get<T>(path: string, schema: ZodType<T>, signal: AbortSignal): Promise<T> {
    return (await transport.send({ method: 'GET', path, signal }, schema)).data;
  }

  const zone = config.timezone ?? context.timezone;
  return {
    config,
    context,
    zone,
    shownIn: config.workHoursIn === 'utc' ? 'UTC' : zone,
    async *pages(list, signal) {
      let received = 0;
      let countBefore = 0;
      const refuseMoved = createMoveGuard(list.path);
      const pages = pagesByNumber({
        send: (number) => page(list, number, signal),
        isLast: ({ data }) => {
          const isCut = data.items === null || data.items.length === 0;
          if (isCut && received < data.totalItemCount) {
            throw shortList(list.path, received, data.totalItemCount);
          }
          return received >= data.totalItemCount;
        },
      });
      for await (const { data } of pages) {
        const { items, totalItemCount: count } = data;
        const rows = items ?? [];
        if (rows.length > count) throw shortList(list.path, rows.length, count);
        // A row that left the list has moved all behind it forward: one of them may have gone unseen.
        if (count < countBefore) {
          throw new KindError('transient', `GET ${list.path} became shorter while it was read.`, {
            fix: 'It is read again from the start at the next run.',
          });
        }
        countBefore = count;
        const { idName } = list;
        if (idName !== undefined) refuseMoved(rows.flatMap((row) => idIn(row, idName) ?? []));
        // Counted by place and not by id: what enters the list meanwhile shows some rows twice.
        received += rows.length;
        yield { rows, count };
      }
    },
    async few(list, signal) {
      const { items, totalItemCount } = (await page(list, 1, signal)).data;
      return { rows: items ?? [], count: totalItemCount };
    },
    get,
    getIfThere: (path, schema, signal) => ifThere(get(path, schema, signal)),
    async write(method, path, body, signal) {
      const answer = await transport.send({ method, path, body, signal }, ActionWire.optional());
      return answer.data?.ActionID ?? null;
    },
    async remove(path, signal) {
      await transport.send({ method: 'DELETE', path, signal }, ActionWire.optional());
    },
  };
}

function shortList(path: string, found: number, count: number): KindError {
  return new KindError('contract', `GET ${path} counts ${count} rows and lists ${found}.`, {
    fix: 'The rest is hidden from this key, or paging changed. Run check.',
  });
}

/** Rows of a look-up: an unreadable one might be the wanted one, and taking it for another would be worse. */
export function believeRow<T>(path: string, row: unknown, schema: ZodType<T>): T {
  const wire = schema.safeParse(row);
  if (wire.success) return wire.data;
  throw new KindError('contract', `GET ${path}: ${describeIssue(wire.error)}.`);
}

/** The id or text under this name of a row that nobody believed yet. */
export function idIn(row: unknown, name: string): string | null {
  if (typeof row !== 'object' || row === null) return null;
  const id = (row as Record<string, unknown>)[name];
  if (typeof id === 'number') return String(id);
  return typeof id === 'string' && id.trim() !== '' ? id.trim() : null;
}

/** Rows of these clients. One that does not say whose it is stays, to be set aside. */
export function rowsOf(rows: readonly unknown[], clientIds: readonly string[]): unknown[] {
  const wanted = new Set(clientIds);
  return rows.filter((row) => {
    const clientId = idIn(row, 'CustomerID');
    return clientId === null || wanted.has(clientId);
  });
}

/** Rows believed or set aside. Pages go by number over lists that move: only the end is a safe point. */
export function pageOf<Wire, Row>(
  rows: readonly unknown[],
  idName: string,
  schema: ZodType<Wire>,
  fromWire: (wire: Wire) => Row,
): Page<Row> {
  return { ...parseRows(rows, schema, fromWire, (row) => idIn(row, idName)), resume: null };
}
