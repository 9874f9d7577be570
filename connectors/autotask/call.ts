/** Requests in Autotask's dialect: queries that are POSTs with filters, pages by link or by id, rows as items. */
import { z } from 'zod';
import type { ConnectorContext, SourceId } from '../../src/contract/connector.ts';
import { KindError } from '../../src/domain/errors.ts';
import type { Instant } from '../../src/domain/time.ts';
import { rawId } from '../http/answers/rows.ts';
import { Id } from '../http/answers/wire.ts';
import { pagesByCursor } from '../http/paging.ts';
import { type Call, createCalls, type OpenCall } from '../kit/call.ts';
import {
  allRows,
  inChunks,
  lastIdOf,
  numericIds,
  type Pages,
  shortList,
} from '../kit/reading/lists.ts';
import { createNames, type Names } from '../kit/reading/names.ts';
import type { AutotaskConfig } from './config.ts';
import { createConnection } from './connection.ts';
import { createCache, type NameKind, nameSources } from './lists.ts';

export interface List {
  /** `TimeEntries` */
  path: string;
  filter: readonly Filter[];
  fields: readonly string[];
  pageSize?: number;
  /** Only rows with a higher id. */
  afterId?: string | null;
}

type Open = Call<AutotaskConfig, List>;

export interface Autotask extends Open {
  names: Names<Autotask, NameKind>;
  /** State of this process, shared by all calls of the connection. */
  cache: ReturnType<typeof createCache>;
}

export function createAutotask(
  config: AutotaskConfig,
  context: ConnectorContext,
): OpenCall<Autotask> {
  const open = createCalls(config, context, createConnection(config, context), readPages);
  const names = createNames('Autotask', nameSources);
  const cache = createCache();
  return (signal) => ({ ...open(signal), names, cache });
}

/** As the vendor writes it: `{ op: 'gte', field: 'id', value: 0 }`. */
type Filter = { op: string; field?: string; value?: unknown; items?: readonly Filter[] };

export const where = {
  everything: { op: 'gte', field: 'id', value: 0 } as Filter,
  equals: (field: string, value: string | number | boolean): Filter => ({ op: 'eq', field, value }),
  isOneOf(field: string, ids: readonly SourceId[]): Filter {
    const stray = ids.find((id) => !/^\d{1,15}$/.test(id));
    if (stray === undefined) return { op: 'in', field, value: ids.map(Number) };
    throw new KindError('contract', `"${stray}" is not an Autotask ID; IDs are numeric.`);
  },
  exists: (field: string): Filter => ({ op: 'exist', field }),
  since: (field: string, at: Instant): Filter => ({ op: 'gte', field, value: toSecond(at) }),
  before: (field: string, at: Instant): Filter => ({ op: 'lt', field, value: toSecond(at) }),
  anyOf: (...items: readonly Filter[]): Filter => ({ op: 'or', items }),
};

/** Truncated, so that nothing is missed. */
function toSecond(at: Instant): string {
  return `${at.slice(0, 19)}Z`;
}

export function companyNumbers(clientIds: readonly SourceId[]): SourceId[] {
  return numericIds('Autotask', clientIds);
}

export function companyNumber(clientId: SourceId): number {
  return Number(companyNumbers([clientId])[0]);
}

/** Values in one `in` list. The vendor allows 500 conditions in a query. */
const idsPerQuery = 300;

/** The list of an entity with the fields of a schema. */
export function listOf(path: string, schema: z.ZodObject, ...filter: readonly Filter[]): List {
  return { path, filter, fields: Object.keys(schema.shape) };
}

/** The lists of the rows whose field is one of these IDs, in batches. */
export function splitList(list: List, field: string, ids: readonly SourceId[]): List[] {
  return inChunks(ids, idsPerQuery).map((chunk) => {
    return { ...list, filter: [where.isOneOf(field, chunk), ...list.filter] };
  });
}

/** All their rows, strictly. */
export function readRows<Wire>(
  api: Autotask,
  path: string,
  schema: z.ZodObject & z.ZodType<Wire>,
  field: string,
  ids: readonly SourceId[],
  ...filter: readonly Filter[]
): Promise<Wire[]> {
  const lists = splitList(listOf(path, schema, ...filter), field, ids);
  return allRows<Wire, List>(api, lists, schema);
}

const PageDetails = z.object({ count: z.int().nullish(), nextPageUrl: z.string().nullable() });
const Page = z.object({ items: z.array(z.unknown()), pageDetails: PageDetails });

/** `resume`: the highest ID so far, if all IDs have risen up to here; else where the list began. */
async function* readPages(api: Open, list: List): Pages {
  const { path, pageSize: size = api.config.pageSize } = list;
  const start = list.afterId ?? '-1';
  let highest = Number(start);
  let isRising = true;
  const pages = pagesByCursor({
    send: (cursor) => sendQuery(api, list, size, cursor),
    // After a full page without a link, the last ID, in case the link was lost.
    next: ({ data: { items, pageDetails } }) => {
      const isEnd = items.length < size || !isRising;
      return pageDetails.nextPageUrl || (isEnd ? null : lastIdOf(path, items));
    },
  });
  for await (const { data } of pages) {
    const { items, pageDetails } = data;
    const count = pageDetails.count ?? 0;
    if (count > items.length) throw shortList(path, items.length, count);
    for (const id of items.map((row) => Number(rawId(row) ?? Number.NaN))) {
      isRising &&= id > highest;
      highest = id;
    }
    yield { rows: items, resume: isRising ? String(highest) : start };
  }
}

/** A cursor is the vendor's link, to which the same body is sent; or an ID to resume after. */
function sendQuery(api: Open, list: List, maxRecords: number, cursor: string | null) {
  const isLink = cursor?.includes('://') === true;
  const afterId = isLink ? list.afterId : (cursor ?? list.afterId);
  const behind = afterId == null ? [] : [{ op: 'gt', field: 'id', value: Number(afterId) }];
  const body = { maxRecords, includeFields: list.fields, filter: [...list.filter, ...behind] };
  const path = isLink ? (cursor ?? '') : `/${list.path}/query`;
  return api.send({ method: 'POST', path, body, isRead: true }, Page);
}

/** Null if there is no such row, or we cannot see it. */
export async function getItem<T>(api: Autotask, path: string, id: SourceId, schema: z.ZodType<T>) {
  const Item = z.object({ item: schema.nullable() });
  return (await api.getIfThere(`/${path}/${encodeURIComponent(id)}`, Item))?.item ?? null;
}

/** The new row's ID. */
export async function create(api: Autotask, path: string, body: object): Promise<SourceId> {
  return (await api.write('POST', `/${path}`, body, z.object({ itemId: Id }))).itemId;
}
