/** Requests in Autotask's dialect: queries that are POSTs, next-page links, items. */
import { z } from 'zod';
import type { ConnectorContext } from '../../src/contract/connector.ts';
import { KindError } from '../../src/domain/errors.ts';
import { ifThere } from '../http/if-there.ts';
import { pagesByCursor } from '../http/paging.ts';
import type { Answer, Transport } from '../http/types.ts';
import { Id } from '../http/wire.ts';
import type { AutotaskConfig } from './config.ts';
import { createConnection } from './connection.ts';
import { readFact } from './facts.ts';
import type { Filter } from './query.ts';

export interface Query {
  /** `TimeEntries` */
  entity: string;
  filter: readonly Filter[];
  /** All where left out, user-defined ones too. */
  fields?: readonly string[];
  pageSize?: number;
  /** Only rows with a higher id. */
  afterId?: string | null;
  /** For finding out what the vendor counts. */
  isCountIgnored?: boolean;
}

export interface ListPage {
  rows: readonly unknown[];
  /** What the page says that it holds. */
  count: number | null;
  /** The highest id so far, where all ids rose up to here: a later pass may go on behind it. */
  resumeId: string | null;
}

export interface Api {
  config: AutotaskConfig;
  context: ConnectorContext;
  pages(query: Query, signal: AbortSignal): AsyncGenerator<ListPage>;
  count(entity: string, filter: readonly Filter[], signal: AbortSignal): Promise<number>;
  /** Null where there is no such row, or none that we see. */
  item<T>(entity: string, id: string, schema: z.ZodType<T>, signal: AbortSignal): Promise<T | null>;
  /** `GET` below `/V1.0/`, as it comes. */
  get<T>(path: string, schema: z.ZodType<T>, signal: AbortSignal): Promise<T>;
  /** The new row's id. Paths are below `/V1.0/`. */
  create(path: string, body: object, signal: AbortSignal): Promise<string>;
  patch(path: string, body: object, signal: AbortSignal): Promise<void>;
  remove(path: string, signal: AbortSignal): Promise<void>;
}

const List = z.object({
  items: z.array(z.unknown()),
  pageDetails: z.object({ count: z.int().nullish(), nextPageUrl: z.string().nullable() }),
});
type List = z.infer<typeof List>;

const RowWithId = z.object({ id: z.int() });
const Created = z.object({ itemId: Id });
const Count = z.object({ queryCount: z.int().min(0) });

export function createApi(config: AutotaskConfig, context: ConnectorContext): Api {
  const transport = createConnection(config, context);
  return {
    config,
    context,
    async *pages(query, signal) {
      const sized = { ...query, pageSize: query.pageSize ?? config.pageSize };
      let highest = query.afterId == null ? -1 : Number(query.afterId);
      let isRising = (await readFact(context, 'page-order')) !== 'no';
      const pages = pagesByCursor({
        send: (cursor) => sendQuery(transport, sized, cursor, signal),
        next: ({ data }) => nextCursor(query.entity, data, sized.pageSize, isRising),
      });
      for await (const { data } of pages) {
        if (query.isCountIgnored !== true) await refuseShort(context, query.entity, data);
        for (const row of data.items) {
          const id = RowWithId.safeParse(row).data?.id;
          if (id === undefined) continue;
          isRising &&= id > highest;
          highest = Math.max(highest, id);
        }
        const resumeId = isRising && highest >= 0 ? String(highest) : null;
        yield { rows: data.items, count: data.pageDetails.count ?? null, resumeId };
      }
    },
    async count(entity, filter, signal) {
      const path = `/V1.0/${entity}/query/count`;
      const body = { filter };
      const request = { method: 'POST', path, body, isRead: true, signal } as const;
      return (await transport.send(request, Count)).data.queryCount;
    },
    async item(entity, id, schema, signal) {
      const path = `/V1.0/${entity}/${encodeURIComponent(id)}`;
      const Item = z.object({ item: schema.nullable() });
      const answer = await ifThere(transport.send({ method: 'GET', path, signal }, Item));
      return answer?.data.item ?? null;
    },
    async get(path, schema, signal) {
      return (await transport.send({ method: 'GET', path: `/V1.0/${path}`, signal }, schema)).data;
    },
    async create(path, body, signal) {
      const request = { method: 'POST', path: `/V1.0/${path}`, body, signal } as const;
      return (await transport.send(request, Created)).data.itemId;
    },
    async patch(path, body, signal) {
      await transport.send({ method: 'PATCH', path: `/V1.0/${path}`, body, signal }, z.unknown());
    },
    async remove(path, signal) {
      await transport.send({ method: 'DELETE', path: `/V1.0/${path}`, signal }, z.unknown());
    },
  };
}

/** A cursor is the vendor's link, to which the same body is sent; or an id to go on behind. */
async function sendQuery(
  transport: Transport,
  query: Query & { pageSize: number },
  cursor: string | null,
  signal: AbortSignal,
): Promise<Answer<List>> {
  const isLink = cursor?.includes('://') === true;
  const afterId = isLink ? query.afterId : (cursor ?? query.afterId);
  const behind: Filter[] =
    afterId == null ? [] : [{ op: 'gt', field: 'id', value: Number(afterId) }];
  const body = {
    maxRecords: query.pageSize,
    ...(query.fields === undefined ? {} : { includeFields: query.fields }),
    filter: [...query.filter, ...behind],
  };
  const path = isLink ? (cursor ?? '') : `/V1.0/${query.entity}/query`;
  return transport.send({ method: 'POST', path, body, isRead: true, signal }, List);
}

/**
 * The vendor's link; or, after a full page without one, the last id, in case the page ends exactly
 * where the rows do or the link was lost: one request more, and no row lost.
 */
function nextCursor(entity: string, list: List, size: number, isRising: boolean): string | null {
  const { nextPageUrl } = list.pageDetails;
  if (nextPageUrl !== null && nextPageUrl !== '') return nextPageUrl;
  if (list.items.length < size || !isRising) return null;
  const last = RowWithId.safeParse(list.items.at(-1));
  if (last.success) return String(last.data.id);
  throw new KindError('contract', `${entity}: the last row of a full page has no id.`);
}

/** A page that holds fewer rows than it says was cut on its way. */
async function refuseShort(context: ConnectorContext, entity: string, list: List): Promise<void> {
  const { count } = list.pageDetails;
  if (count == null || count <= list.items.length) return;
  if (list.items.length > 0 && (await readFact(context, 'page-count')) === 'no') return;
  throw new KindError(
    'contract',
    `${entity}: a page says that it holds ${count} rows, and holds ${list.items.length}.`,
    { fix: 'Run check.' },
  );
}
