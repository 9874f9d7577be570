/** RT's query language as far as a client of REST 2.0 uses it: conditions, AND, OR, parentheses. */

export type Value = string | number | readonly string[] | Date | null;

/** What a field of a record is worth; undefined: RT knows no such field. */
export type FieldReader<T> = (record: T, field: string) => Value | undefined;

export interface SearchClock {
  nowMs: number;
  /** RT reads a timestamp without a zone as local time of its user. */
  zoneOffsetMinutes: number;
}

export type Condition =
  | { kind: 'compare'; field: string; operator: string; value: string }
  | { kind: 'all' | 'any'; parts: Condition[] };

export class SearchError extends Error {}

const token = /\s*(CF\.\{[^}]*\}|'(?:\\.|[^'\\])*'|>=|<=|!=|=|>|<|\(|\)|-?[\w.:]+)/gy;

/** Throws SearchError where RT would answer 400. */
export function parseSearch(query: string): Condition {
  const tokens: string[] = [];
  const trimmed = query.trim();
  token.lastIndex = 0;
  while (token.lastIndex < trimmed.length) {
    const match = token.exec(trimmed);
    if (match?.[1] === undefined) throw new SearchError(`Wrong query, near ${trimmed}`);
    tokens.push(match[1]);
  }
  let at = 0;
  const condition = either();
  if (at < tokens.length) throw new SearchError(`Wrong query, expecting AND or OR in '${query}'`);
  return condition;

  function either(): Condition {
    const parts = [both()];
    while (tokens[at]?.toUpperCase() === 'OR') {
      at += 1;
      parts.push(both());
    }
    return { kind: 'any', parts };
  }

  function both(): Condition {
    const parts = [single()];
    while (tokens[at]?.toUpperCase() === 'AND') {
      at += 1;
      parts.push(single());
    }
    return { kind: 'all', parts };
  }

  function single(): Condition {
    if (tokens[at] === '(') {
      at += 1;
      const inner = either();
      if (tokens[at] !== ')') throw new SearchError(`Incomplete query in '${query}'`);
      at += 1;
      return inner;
    }
    const [field, operator, value] = tokens.slice(at, at + 3);
    if (field === undefined || operator === undefined || value === undefined) {
      throw new SearchError(`Incomplete query, last element is not close paren in '${query}'`);
    }
    at += 3;
    const text = value.startsWith("'") ? value.slice(1, -1).replace(/\\(.)/g, '$1') : value;
    return { kind: 'compare', field, operator: operator.toUpperCase(), value: text };
  }
}

export function matchesSearch<T>(
  record: T,
  condition: Condition,
  read: FieldReader<T>,
  clock: SearchClock,
): boolean {
  const inner = (part: Condition): boolean => matchesSearch(record, part, read, clock);
  if (condition.kind !== 'compare') {
    return condition.kind === 'all' ? condition.parts.every(inner) : condition.parts.some(inner);
  }
  const value = read(record, condition.field);
  if (value === undefined) throw new SearchError(`Unknown field: ${condition.field}`);
  return compare(value, condition.operator, condition.value, clock);
}

/** The smallest id that a search leaves out with `id > N`; 0 where it has no such condition. */
export function idBoundOf(condition: Condition): number {
  if (condition.kind !== 'compare') return Math.max(0, ...condition.parts.map(idBoundOf));
  return condition.field === 'id' && condition.operator === '>' ? Number(condition.value) : 0;
}

/** The same search from the first row on. */
export function withoutIdBound(condition: Condition): Condition {
  if (condition.kind !== 'compare') {
    return { kind: condition.kind, parts: condition.parts.map(withoutIdBound) };
  }
  const isBound = condition.field === 'id' && condition.operator === '>';
  return isBound ? { ...condition, value: '0' } : condition;
}

function compare(value: Value, operator: string, asked: string, clock: SearchClock): boolean {
  if (value === null) return operator === '!=';
  if (value instanceof Date)
    return ordered(value.getTime(), operator, msFromWallClock(asked, clock));
  if (typeof value === 'number') return ordered(value, operator, Number(asked));
  const texts = (typeof value === 'string' ? [value] : value).map((text) => text.toLowerCase());
  const wanted = asked.toLowerCase();
  if (operator === '=') return texts.includes(wanted);
  if (operator === '!=') return !texts.includes(wanted);
  if (operator === 'LIKE') return texts.some((text) => likePattern(wanted).test(text));
  throw new SearchError(`Invalid operator ${operator}`);
}

/** `_` matches any character, as in SQL. */
function likePattern(text: string): RegExp {
  return new RegExp(text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&').replaceAll('_', '.'));
}

function ordered(left: number, operator: string, right: number): boolean {
  if (operator === '=') return left === right;
  if (operator === '!=') return left !== right;
  if (operator === '>') return left > right;
  if (operator === '<') return left < right;
  if (operator === '>=') return left >= right;
  if (operator === '<=') return left <= right;
  throw new SearchError(`Invalid operator ${operator}`);
}

/** What Time::ParseDate makes of a text: a year out of four digits, and nothing out of a zone. */
function msFromWallClock(text: string, { nowMs, zoneOffsetMinutes }: SearchClock): number {
  const relative = /^-(\d+) seconds?$/.exec(text);
  if (relative !== null) return nowMs - Number(relative[1]) * 1000;
  const ago = /^(\d+) seconds ago$/.exec(text);
  if (ago !== null && ago[1]?.length === 4) return Date.UTC(Number(ago[1]), 10, 30);
  if (ago !== null) return nowMs - Number(ago[1]) * 1000;
  const wall = /^(\d{4}-\d\d-\d\d)[ T](\d\d:\d\d:\d\d)/.exec(text);
  if (wall === null) return 0;
  return Date.parse(`${wall[1]}T${wall[2]}Z`) - zoneOffsetMinutes * 60_000;
}
