/** Queries: filters as JSON, pages by a link to which the same body is sent again. */
import { createHash } from 'node:crypto';
import type { SandboxAnswer, SandboxRequest, TakeFault } from '../server.ts';
import { type Entity, fieldsOf } from './models.ts';
import type { Row, State } from './state.ts';

interface Condition {
  op: string;
  field?: string;
  value?: unknown;
  items?: Condition[];
}

interface QueryBody {
  maxRecords?: number;
  includeFields?: string[];
  filter?: Condition[];
}

/** Where a page begins; `again` distinguishes a repeated page's link from the first one. */
interface Token {
  afterId: number;
  again: number;
  question: string;
}

const rowsMax = 500;
const conditionsMax = 500;

export class QueryError extends Error {}

export interface Asked {
  state: State;
  entity: Entity;
  request: SandboxRequest;
  /** URL of the entity, for next links. */
  url: string;
  takeFault: TakeFault;
}

export function answerQuery(asked: Asked): SandboxAnswer {
  const { entity, request, state, takeFault } = asked;
  const body = request.json() as QueryBody;
  const size = body.maxRecords ?? rowsMax;
  if (size < 1 || size > rowsMax) throw new QueryError('maxRecords must be between 1 and 500.');
  const question = createHash('sha256').update(request.body).digest('hex').slice(0, 16);
  const paging = request.query.get('paging');
  const token = paging === null ? { afterId: 0, again: 0, question } : tokenIn(paging);
  if (token.question !== question) throw new QueryError('The query is not that of the page link.');
  const rows = select(state, entity, body.filter);
  const isRepeat = token.afterId > 0 && takeFault('duplicate-page');
  const left = rows.filter((row) => row.id > token.afterId);
  const shown = isRepeat
    ? rows.filter((row) => row.id <= token.afterId).slice(-size)
    : left.slice(0, size);
  const last = shown.at(-1)?.id ?? 0;
  let next: Token | null = null;
  if (isRepeat) next = { ...token, again: token.again + 1 };
  else if (left.length > size) next = { afterId: last, again: 0, question };
  if (takeFault('page-loop')) next = token;
  const items = shown.map((row) => presented(row, body.includeFields, entity));
  if (items.length > 0 && takeFault('bad-row')) breakRow(items[items.length - 1] ?? {}, entity);
  const count = items.length + (state.switches.cutsPages && items.length > 0 ? 1 : 0);
  const pageDetails = {
    count,
    requestCount: size,
    prevPageUrl: null,
    nextPageUrl:
      next === null ? null : `${asked.url}/query/next?paging=${encodeURIComponent(textOf(next))}`,
  };
  return { status: 200, json: { items, pageDetails } };
}

export function answerCount({ state, entity, request }: Asked): SandboxAnswer {
  const { filter } = request.json() as QueryBody;
  return { status: 200, json: { queryCount: select(state, entity, filter).length } };
}

function select(state: State, entity: Entity, filter: Condition[] | undefined): Row[] {
  if (filter === undefined || filter.length === 0) throw new QueryError('A filter is required.');
  if (countOf(filter) > conditionsMax) throw new QueryError('Too many conditions in the query.');
  for (const field of fieldsIn(filter)) {
    if (state.switches.unqueryable.has(field)) throw new QueryError(`${field} is not queryable.`);
  }
  const matches = (row: Row) => filter.every((condition) => isMet(condition, row, entity));
  const found = state.visible(entity).filter(matches);
  const rows = state.switches.ignoresFilters ? state.visible(entity) : found;
  return rows.sort((a, b) => a.id - b.id);
}

function isMet(condition: Condition, row: Row, entity: Entity): boolean {
  const items = condition.items ?? [];
  if (condition.op === 'and') return items.every((item) => isMet(item, row, entity));
  if (condition.op === 'or') return items.some((item) => isMet(item, row, entity));
  const value = valueIn(condition, row, entity);
  if (condition.op === 'exist') return value !== null;
  if (condition.op === 'notExist') return value === null;
  if (value === null) return condition.op === 'noteq';
  if (condition.op === 'in') {
    if (!Array.isArray(condition.value)) throw new QueryError('The value of in must be a list.');
    return condition.value.some((item) => compare(value, item) === 0);
  }
  const order = compare(value, condition.value);
  switch (condition.op) {
    case 'eq':
      return order === 0;
    case 'noteq':
      return order !== 0;
    case 'gt':
      return order > 0;
    case 'gte':
      return order >= 0;
    case 'lt':
      return order < 0;
    case 'lte':
      return order <= 0;
    default:
      throw new QueryError(`Invalid operator ${condition.op}.`);
  }
}

/** Names of fields are not case-sensitive. */
function valueIn({ field = '' }: Condition, row: Row, entity: Entity): unknown {
  const known = fieldsOf(entity).find((name) => name.toLowerCase() === field.toLowerCase());
  if (known === undefined) throw new QueryError(`Unable to find ${field} in the ${entity} Entity.`);
  return row[known] ?? null;
}

/** Timestamps by their time, texts without regard to case, as the vendor's database does. */
function compare(value: unknown, wanted: unknown): number {
  if (typeof value === 'string' && /^\d{4}-\d\d-\d\dT/.test(value)) {
    return Date.parse(value) - Date.parse(String(wanted));
  }
  if (typeof value === 'string') {
    return value.toLowerCase().localeCompare(String(wanted).toLowerCase());
  }
  return Number(value) - Number(wanted);
}

function countOf(filter: readonly Condition[]): number {
  return filter.reduce((sum, { items = [] }) => sum + 1 + countOf(items), 0);
}

function fieldsIn(filter: readonly Condition[]): string[] {
  return filter.flatMap(({ field, items = [] }) => [...(field ? [field] : []), ...fieldsIn(items)]);
}

function presented(
  row: Row,
  fields: string[] | undefined,
  entity: Entity,
): Record<string, unknown> {
  const all = fieldsOf(entity).map((name): [string, unknown] => [name, row[name] ?? null]);
  if (fields === undefined) return Object.fromEntries(all);
  const wanted = fields.map((field) => field.toLowerCase());
  return Object.fromEntries(all.filter(([name]) => wanted.includes(name.toLowerCase())));
}

function breakRow(row: Record<string, unknown>, entity: Entity): void {
  row[entity === 'TimeEntries' ? 'hoursWorked' : 'status'] = { unexpected: true };
}

function textOf(token: Token): string {
  return Buffer.from(JSON.stringify(token)).toString('base64');
}

function tokenIn(text: string): Token {
  return JSON.parse(Buffer.from(text, 'base64').toString('utf8')) as Token;
}
