/** RT's collections: searched, cut into pages, and only then rid of what the user may not see. */
import type { SandboxAnswer, SandboxRequest, TakeFault } from '../server.ts';
import {
  type Condition,
  type FieldReader,
  idBoundOf,
  matchesSearch,
  parseSearch,
  type SearchClock,
  SearchError,
  withoutIdBound,
} from './search.ts';

export interface Collection<T extends { id: number }> {
  rows: readonly T[];
  read: FieldReader<T>;
  /** One of the names in `fields`, as RT shows it; undefined: RT leaves it out. */
  show(row: T, field: string): unknown;
  /** ID of the row as in the response. */
  shownId?(row: T): string;
  /** Taken out after the page was cut. */
  isHidden?(row: T): boolean;
  /** RT counts only for those who see all. */
  hasTotal: boolean;
  type: string;
  /** The field that a bad row has a wrong value in. */
  momentField?: string;
}

/** A page of a collection, or what RT says about a query that it does not understand. */
export function answerCollection<T extends { id: number }>(
  request: SandboxRequest,
  collection: Collection<T>,
  clock: SearchClock,
  takeFault: TakeFault,
): SandboxAnswer {
  try {
    return { status: 200, json: pageOf(request, collection, clock, takeFault) };
  } catch (error) {
    if (!(error instanceof SearchError)) throw error;
    return { status: 400, json: { message: error.message } };
  }
}

function pageOf<T extends { id: number }>(
  request: SandboxRequest,
  collection: Collection<T>,
  clock: SearchClock,
  takeFault: TakeFault,
): Record<string, unknown> {
  const { query } = request;
  const matching = inOrder(
    searched(query.get('query') ?? '', collection, clock, takeFault),
    query,
    collection,
  );
  const perPage = Math.min(Math.max(Number(query.get('per_page') ?? 20), 1), 100);
  const page = Number(query.get('page') ?? 1);
  const cut = matching.slice((page - 1) * perPage, page * perPage);
  const visible = cut.filter((row) => collection.isHidden?.(row) !== true);
  const items = visible.map((row) => itemOf(row, collection, query, request));
  const first = items[0];
  const isSpoilt =
    first !== undefined && collection.momentField !== undefined && takeFault('bad-row');
  if (isSpoilt) first[collection.momentField ?? ''] = 'the day before yesterday';
  const pages = Math.ceil(matching.length / perPage);
  return {
    count: items.length,
    total: collection.hasTotal ? matching.length : null,
    pages: collection.hasTotal ? pages : null,
    per_page: perPage,
    page,
    items,
  };
}

/** The two faults of paging: a page that begins too early, and one that always begins at the start. */
function searched<T extends { id: number }>(
  text: string,
  collection: Collection<T>,
  clock: SearchClock,
  takeFault: TakeFault,
): T[] {
  if (text.trim() === '') return [...collection.rows];
  const condition = text.trimStart().startsWith('[') ? fromJson(text) : parseSearch(text);
  const find = (wanted: Condition): T[] =>
    collection.rows.filter((row) => matchesSearch(row, wanted, collection.read, clock));
  const found = find(condition);
  const bound = idBoundOf(condition);
  if (bound === 0) return found;
  const all = find(withoutIdBound(condition));
  if (takeFault('page-loop')) return all;
  if (!takeFault('duplicate-page')) return found;
  const start = all.findIndex((row) => row.id > bound);
  return start === -1 ? found : all.slice(Math.max(0, start - 1));
}

interface JsonCondition {
  field: string;
  operator?: string;
  value: string;
  entry_aggregator?: string;
}

/** Conditions on one field are joined by OR unless told; those on different fields by AND. */
function fromJson(text: string): Condition {
  const conditions = JSON.parse(text) as JsonCondition[];
  const byField = Map.groupBy(conditions, (one) => one.field);
  const parts = [...byField.values()].map((group): Condition => {
    const isAll = group.some((one) => one.entry_aggregator === 'AND');
    const compared = group.map(
      ({ field, operator = '=', value }): Condition => ({
        kind: 'compare',
        field,
        operator,
        value: String(value),
      }),
    );
    return { kind: isAll ? 'all' : 'any', parts: compared };
  });
  return { kind: 'all', parts };
}

function inOrder<T extends { id: number }>(
  rows: readonly T[],
  query: URLSearchParams,
  collection: Collection<T>,
): T[] {
  const field = query.get('orderby') ?? 'id';
  const sign = query.get('order') === 'DESC' ? -1 : 1;
  const rank = (row: T): number => Number(collection.read(row, field) ?? row.id);
  return [...rows].sort((a, b) => sign * (rank(a) - rank(b) || a.id - b.id));
}

function itemOf<T extends { id: number }>(
  row: T,
  collection: Collection<T>,
  query: URLSearchParams,
  request: SandboxRequest,
): Record<string, unknown> {
  const id = collection.shownId?.(row) ?? String(row.id);
  const item: Record<string, unknown> = {
    id,
    type: collection.type,
    _url: `http://${request.headers.host}/REST/2.0/${collection.type}/${id}`,
  };
  for (const field of (query.get('fields') ?? '').split(',').filter((name) => name !== '')) {
    const inner = query.get(`fields[${field}]`);
    const value = collection.show(row, inner === null ? field : `${field}.${inner}`);
    if (value !== undefined) item[field] = value;
  }
  return item;
}
