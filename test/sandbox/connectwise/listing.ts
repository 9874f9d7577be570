/** Answers to list requests: conditions, selected fields, numbered and forward-only pages. */
import type { SandboxAnswer, SandboxRequest, TakeFault } from '../server.ts';
import { ConditionError, parseConditions } from './conditions.ts';
import { type Fields, fieldAt } from './records.ts';
import type { Resource } from './resources.ts';
import type { Switches } from './state.ts';

const pageSizeMax = 1000;

export interface Listing {
  request: SandboxRequest;
  resource: Resource;
  switches: Switches;
  /** URL of the list, for next links. */
  url: string;
  takeFault: TakeFault;
}

export function answerList(listing: Listing): SandboxAnswer {
  const { request, resource, switches } = listing;
  const size = Number(request.query.get('pageSize') ?? 25);
  if (!Number.isInteger(size) || size < 1 || size > pageSizeMax) {
    return invalid(`pageSize must be between 1 and ${pageSizeMax}`);
  }
  const conditions = request.query.get('conditions');
  if (switches.refusesZones && /\[[^\]]*Z\]/.test(conditions ?? '')) {
    return invalid('conditions: the timestamp is not valid');
  }
  let rows: Fields[];
  try {
    rows = select(resource, conditions, switches);
  } catch (error) {
    if (error instanceof ConditionError) return invalid(`conditions: ${error.message}`);
    throw error;
  }
  const isForward = request.headers['pagination-type'] === 'forward-only' && switches.pagesForward;
  if (isForward && request.query.has('orderBy')) return invalid('orderBy with forward-only paging');
  return isForward ? forwardPage(listing, rows, size) : numberedPage(listing, rows, size);
}

export function answerCount(listing: Listing): SandboxAnswer {
  const conditions = listing.request.query.get('conditions');
  const rows = select(listing.resource, conditions, listing.switches);
  return { status: 200, json: { count: rows.length } };
}

function select(resource: Resource, conditions: string | null, switches: Switches): Fields[] {
  const rows = resource.rows().sort((a, b) => a.id - b.id);
  if (conditions === null || conditions === '') return rows;
  const condition = parseConditions(conditions, resource.searchable);
  if (switches.ignoresConditions) return rows;
  const isBlind = [...switches.unsearchable].some((field) => conditions.includes(field));
  return isBlind ? [] : rows.filter(condition);
}

/** Rows with a higher id than `pageId`, in the order of their ids. */
function forwardPage(listing: Listing, rows: Fields[], size: number): SandboxAnswer {
  const { request, takeFault } = listing;
  const pageId = Number(request.query.get('pageId') ?? 0);
  const left = rows.filter((row) => row.id > pageId);
  const page = left.slice(0, size);
  const last = page.at(-1)?.id;
  let next = left.length > size ? last : undefined;
  if (pageId > 0 && takeFault('page-loop')) next = pageId;
  const isDoubled = pageId > 0 && takeFault('duplicate-page');
  const before = isDoubled ? rows.filter((row) => row.id <= pageId).slice(-size) : [];
  return answerPage(
    listing,
    [...before, ...page],
    next === undefined ? [] : [{ relation: 'next', query: { pageId: next, pageSize: size } }],
  );
}

function numberedPage(listing: Listing, rows: Fields[], size: number): SandboxAnswer {
  const page = Number(listing.request.query.get('page') ?? 1);
  const last = Math.max(1, Math.ceil(rows.length / size));
  const links = [
    ...(page < last ? [{ relation: 'next', query: { page: page + 1, pageSize: size } }] : []),
    { relation: 'last', query: { page: last, pageSize: size } },
    { relation: 'first', query: { page: 1, pageSize: size } },
  ];
  return answerPage(listing, rows.slice((page - 1) * size, page * size), links);
}

interface Link {
  relation: string;
  query: { [name: string]: number };
}

/** Links carry paging alone: conditions are the caller's to send again. */
function answerPage(listing: Listing, rows: Fields[], links: Link[]): SandboxAnswer {
  const json = rows.map((row) => answerRow(listing, row));
  if (json.length > 0 && listing.takeFault('bad-row')) {
    const last = json.length - 1;
    json[last] = { ...json[last], [listing.resource.fragile]: { unexpected: true } };
  }
  const header = links.map(({ relation, query }) => {
    const texts = Object.entries(query).map(([name, value]): [string, string] => [
      name,
      String(value),
    ]);
    return `<${listing.url}?${new URLSearchParams(texts)}>; rel="${relation}"`;
  });
  return {
    status: 200,
    json,
    ...(header.length === 0 ? {} : { headers: { link: header.join(', ') } }),
  };
}

/** One row as this caller sees it: selected fields only, `_info` only where the role allows it. */
export function answerRow(
  listing: Pick<Listing, 'request' | 'resource' | 'switches'>,
  row: Fields,
): { [field: string]: unknown } {
  const full = listing.resource.present?.(row) ?? row;
  const { _info, ...rest } = full;
  const visible = listing.switches.hidesInfo ? rest : full;
  const selection = listing.request.query.get('fields');
  if (selection === null || selection === '') return visible;
  const selected: { [field: string]: unknown } = {};
  for (const path of selection.split(',').map((part) => part.trim())) {
    const value = fieldAt(visible, path);
    if (value !== undefined) put(selected, path.split('/'), value);
  }
  return selected;
}

function put(target: { [field: string]: unknown }, path: string[], value: unknown): void {
  const [first = '', ...others] = path;
  if (others.length === 0) target[first] = value;
  else {
    const inner = (target[first] ?? {}) as { [field: string]: unknown };
    target[first] = inner;
    put(inner, others, value);
  }
}

export function invalid(message: string, field?: string): SandboxAnswer {
  const errors =
    field === undefined ? [] : [{ code: 'InvalidField', message, resource: '', field }];
  return { status: 400, json: { code: 'InvalidArgument', message, errors } };
}
