/** Requests in Autotask's dialect: queries that are POSTs with filters, pages by link or by id, rows as items. */
import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { ConnectorContext, PullRequest, SourceId } from '../../src/contract/connector.ts';
import { KindError } from '../../src/domain/errors.ts';
import type { Instant } from '../../src/domain/time.ts';
import { Id } from '../http/answers/wire.ts';
import { pagesByCursor } from '../http/paging.ts';
import { type Call, createCalls, type OpenCall } from '../kit/call.ts';
import { allRows, numericIds, type Pages } from '../kit/reading/lists.ts';
import type { AutotaskConfig } from './config.ts';
import { createConnection } from './connection.ts';
import { facts } from './facts.ts';
import { type Cache, createCache } from './lists.ts';

export interface List {
  /** `TimeEntries` */
  path: string;
  filter: readonly Filter[];
  /** Default: all, including user-defined ones. */
  fields?: readonly string[];
  pageSize?: number;
  /** Only rows with a higher id. */
  afterId?: string | null;
}

type Open = Call<AutotaskConfig, List>;

export interface Autotask extends Open {
  /** State of this process, shared by all calls of the connection. */
  cache: Cache;
}

export function createAutotask(
  config: AutotaskConfig,
  context: ConnectorContext,
): OpenCall<Autotask> {
  const open = createCalls(config, context, createConnection(config, context), believedPages);
  const cache = createCache();
  return (signal) => ({ ...open(signal), cache });
}

// ── Queries ─────────────────────────────────────────────────────────────────────────────────────

/** As the vendor writes it: `{ op: 'gte', field: 'id', value: 0 }`. */
interface Filter {
  op: 'or' | 'exist' | 'in' | 'eq' | 'gt' | 'gte' | 'lt';
  field?: string;
  value?: unknown;
  items?: readonly Filter[];
  udf?: true;
}

export const where = {
  everything: { op: 'gte', field: 'id', value: 0 } as Filter,
  equals: (field: string, value: string | number | boolean): Filter => ({ op: 'eq', field, value }),
  isOneOf(field: string, ids: readonly SourceId[]): Filter {
    const stray = ids.find((id) => !/^\d{1,15}$/.test(id));
    if (stray === undefined) return { op: 'in', field, value: ids.map(Number) };
    throw new KindError('contract', `"${stray}" is not an Autotask ID; IDs are numeric.`);
  },
  exists: (field: string): Filter => ({ op: 'exist', field }),
  /** Truncated to the second, so that nothing is missed. */
  since: (field: string, at: Instant): Filter => ({ op: 'gte', field, value: toSecond(at) }),
  before: (field: string, at: Instant): Filter => ({ op: 'lt', field, value: toSecond(at) }),
  anyOf: (...items: readonly Filter[]): Filter => ({ op: 'or', items }),
};

function toSecond(at: Instant): string {
  return `${at.slice(0, 19)}Z`;
}

/** Sorted and unique; the MSP's own company has ID 0. */
export function companyNumbers(clientIds: readonly SourceId[]): SourceId[] {
  const ids = new Set(numericIds('Autotask', clientIds));
  return [...ids].sort((a, b) => Number(a) - Number(b));
}

/** Values in one `in` list. The vendor allows 500 conditions in a query. */
const idsPerQuery = 300;

export function inChunks<T>(items: readonly T[], size: number = idsPerQuery): T[][] {
  const chunks: T[][] = [];
  for (let from = 0; from < items.length; from += size) chunks.push(items.slice(from, from + size));
  return chunks;
}

/** The list of an entity with the fields of a schema. */
export function listOf(path: string, schema: z.ZodObject, ...filter: readonly Filter[]): List {
  return { path, filter, fields: Object.keys(schema.shape) };
}

/** The lists of the rows whose field is one of these IDs, in batches. */
export function splitList(list: List, field: string, ids: readonly SourceId[]): List[] {
  return inChunks(ids).map((chunk) => {
    return { ...list, filter: [where.isOneOf(field, chunk), ...list.filter] };
  });
}

/** All their rows, strictly. */
export async function readRows<Shape extends z.ZodRawShape>(
  api: Autotask,
  path: string,
  schema: z.ZodObject<Shape>,
  field: string,
  ids: readonly SourceId[],
  ...filter: readonly Filter[]
) {
  const rows: z.infer<z.ZodObject<Shape>>[] = [];
  for (const list of splitList(listOf(path, schema, ...filter), field, ids)) {
    rows.push(...(await allRows(api, list, schema)));
  }
  return rows;
}

// ── Pages ───────────────────────────────────────────────────────────────────────────────────────

const Page = z.object({
  items: z.array(z.unknown()),
  pageDetails: z.object({ count: z.int().nullish(), nextPageUrl: z.string().nullable() }),
});
type Page = z.infer<typeof Page>;

export const RowWithId = z.object({ id: z.int() });

/**
 * Pages, each with its own row count. `resume`: the highest ID so far, if all IDs have risen up to here, so that a
 * later pass can resume after it.
 */
export async function* pagesAsTheyCome(api: Open, list: List) {
  const size = list.pageSize ?? api.config.pageSize;
  let highest = list.afterId == null ? -1 : Number(list.afterId);
  let isRising = (await facts.readFact(api.context, 'page-order')) !== 'no';
  const pages = pagesByCursor({
    send: (cursor) => sendQuery(api, list, size, cursor),
    next: ({ data }) => nextCursor(list.path, data, size, isRising),
  });
  for await (const { data } of pages) {
    for (const row of data.items) {
      const id = RowWithId.safeParse(row).data?.id;
      if (id === undefined) continue;
      isRising &&= id > highest;
      highest = Math.max(highest, id);
    }
    const resume = isRising && highest >= 0 ? String(highest) : null;
    yield { rows: data.items, pageCount: data.pageDetails.count ?? null, resume };
  }
}

/** Throws `contract` for a page with fewer rows than its own count: it was truncated in transit. */
async function* believedPages(api: Open, list: List): Pages {
  for await (const { rows, pageCount, resume } of pagesAsTheyCome(api, list)) {
    const isShort = pageCount !== null && pageCount > rows.length;
    const isNoCount = rows.length > 0 && (await facts.readFact(api.context, 'page-count')) === 'no';
    if (isShort && !isNoCount) {
      const message = `${list.path}: a page counts ${pageCount} rows but has ${rows.length}.`;
      throw new KindError('contract', message, { fix: 'Run check.' });
    }
    yield { rows, resume };
  }
}

/** A cursor is the vendor's link, to which the same body is sent; or an ID to resume after. */
function sendQuery(api: Open, list: List, maxRecords: number, cursor: string | null) {
  const isLink = cursor?.includes('://') === true;
  const afterId = isLink ? list.afterId : (cursor ?? list.afterId);
  const behind = afterId == null ? [] : [{ op: 'gt', field: 'id', value: Number(afterId) }];
  const includeFields = list.fields === undefined ? {} : { includeFields: list.fields };
  const body = { maxRecords, ...includeFields, filter: [...list.filter, ...behind] };
  const path = isLink ? (cursor ?? '') : `/${list.path}/query`;
  return api.send({ method: 'POST', path, body, isRead: true }, Page);
}

/**
 * The vendor's link; or, after a full page without one, the last ID, in case the link was lost or
 * the list ends with that page: one more request, and no lost row.
 */
function nextCursor(path: string, page: Page, size: number, isRising: boolean): string | null {
  const { nextPageUrl } = page.pageDetails;
  if (nextPageUrl !== null && nextPageUrl !== '') return nextPageUrl;
  if (page.items.length < size || !isRising) return null;
  const last = RowWithId.safeParse(page.items.at(-1));
  if (last.success) return String(last.data.id);
  throw new KindError('contract', `${path}: the last row of a full page has no id.`);
}

/** `of` identifies the query; a position in another query means nothing. */
const Position = z.object({ of: z.string(), part: z.int().min(0), afterId: z.string().nullable() });

/** All pages of several lists, each with the position from which a later pass resumes. */
export async function* resumablePages(api: Autotask, lists: readonly List[], request: PullRequest) {
  const question = [request.since, ...companyNumbers(request.clientIds)].join(' ');
  const of = createHash('sha256').update(question).digest('hex').slice(0, 12);
  const stored = Position.safeParse(JSON.parse(request.resume ?? 'null')).data;
  const start = stored?.of === of ? stored : { part: 0, afterId: null };
  for (const [part, list] of lists.entries()) {
    if (part < start.part) continue;
    const from = part === start.part ? start.afterId : null;
    for await (const { rows, resume: afterId } of api.pages({ ...list, afterId: from })) {
      yield { rows, resume: afterId == null ? null : JSON.stringify({ of, part, afterId }) };
    }
  }
}

// ── Single rows ─────────────────────────────────────────────────────────────────────────────────

/** Null if there is no such row, or we cannot see it. */
export async function getItem<T>(api: Autotask, path: string, id: SourceId, schema: z.ZodType<T>) {
  const Item = z.object({ item: schema.nullable() });
  return (await api.getIfThere(`/${path}/${encodeURIComponent(id)}`, Item))?.item ?? null;
}

const Created = z.object({ itemId: Id });

/** The new row's ID. */
export async function create(api: Autotask, path: string, body: object): Promise<SourceId> {
  return (await api.write('POST', `/${path}`, body, Created)).itemId;
}
