/**
 * The `conditions` language of the list operations: comparisons with `and`, `or` and parentheses,
 * strings in double quotes, timestamps in brackets, nested fields with a slash.
 */
import { type Fields, fieldAt } from './records.ts';

export type Condition = (row: Fields) => boolean;

export class ConditionError extends Error {}

type Value = { kind: 'text' | 'timestamp' | 'plain'; value: string | number | boolean | null };

const token =
  /\s*(?:("(?:[^"\\]|\\.)*")|(\[[^\]]*\])|(!=|<=|>=|=|<|>|\(|\)|,)|([A-Za-z_][\w/]*)|(-?\d+(?:\.\d+)?))/y;

/** Compiles a text; throws a ConditionError for what the service would answer with 400. */
export function parseConditions(text: string, fields: ReadonlySet<string>): Condition {
  const { peek, take, isNext, expect, isDone } = createCursor(tokenize(text));

  function either(): Condition {
    const parts = [both()];
    while (isNext('or')) {
      take();
      parts.push(both());
    }
    return (row) => parts.some((part) => part(row));
  }

  function both(): Condition {
    const parts = [single()];
    while (isNext('and')) {
      take();
      parts.push(single());
    }
    return (row) => parts.every((part) => part(row));
  }

  function single(): Condition {
    if (isNext('(')) {
      take();
      const inner = either();
      expect(')');
      return inner;
    }
    return comparison();
  }

  function comparison(): Condition {
    const path = take();
    if (!fields.has(path)) throw new ConditionError(`"${path}" is not a field to search by`);
    const isNegated = isNext('not');
    if (isNegated) take();
    const compare = operation(take().toLowerCase());
    return (row) => compare(searchable(row, path)) !== isNegated;
  }

  function operation(operator: string): (actual: unknown) => boolean {
    if (operator === 'in') {
      const wanted = list();
      return (actual) => wanted.some((value) => compareValues(actual, value) === 0);
    }
    const value = literal(take());
    if (operator === 'like') return like(value);
    if (operator === 'contains') {
      return (actual) => lower(actual).includes(lower(value.value));
    }
    const accepted = accepts[operator];
    if (accepted === undefined) throw new ConditionError(`"${operator}" is not an operator`);
    return (actual) => accepted(compareValues(actual, value));
  }

  function list(): Value[] {
    expect('(');
    const values = [literal(take())];
    while (isNext(',')) {
      take();
      values.push(literal(take()));
    }
    expect(')');
    return values;
  }

  const condition = either();
  if (!isDone()) throw new ConditionError(`unexpected "${peek()}"`);
  return condition;
}

const accepts: { [operator: string]: (order: number | null) => boolean } = {
  '=': (order) => order === 0,
  '!=': (order) => order !== 0,
  '<': (order) => order !== null && order < 0,
  '<=': (order) => order !== null && order <= 0,
  '>': (order) => order !== null && order > 0,
  '>=': (order) => order !== null && order >= 0,
};

function createCursor(tokens: readonly string[]) {
  let position = 0;
  const peek = (): string => tokens[position] ?? '';
  const take = (): string => tokens[position++] ?? '';
  return {
    peek,
    take,
    isNext: (word: string): boolean => peek().toLowerCase() === word,
    expect: (word: string): void => {
      if (take().toLowerCase() !== word) throw new ConditionError(`"${word}" is missing`);
    },
    isDone: () => position >= tokens.length,
  };
}

function tokenize(text: string): string[] {
  const tokens: string[] = [];
  let at = 0;
  while (at < text.length && text.slice(at).trim() !== '') {
    token.lastIndex = at;
    const match = token.exec(text);
    if (match === null) throw new ConditionError(`cannot read "${text.slice(at)}"`);
    tokens.push(match[0].trim());
    at = token.lastIndex;
  }
  return tokens;
}

function literal(text: string): Value {
  if (text.startsWith('"')) return { kind: 'text', value: text.slice(1, -1) };
  if (text.startsWith('[')) {
    const inner = text.slice(1, -1);
    const ms = Date.parse(/(Z|[+-]\d\d:?\d\d)$/.test(inner) ? inner : `${inner}Z`);
    if (Number.isNaN(ms)) throw new ConditionError(`[${inner}] is not a timestamp`);
    return { kind: 'timestamp', value: ms };
  }
  const word = text.toLowerCase();
  if (word === 'true' || word === 'false') return { kind: 'plain', value: word === 'true' };
  if (word === 'null') return { kind: 'plain', value: null };
  if (/^-?\d/.test(text)) return { kind: 'plain', value: Number(text) };
  throw new ConditionError(`"${text}" is not a value`);
}

/** Negative, zero, positive; null where the two cannot be compared (an absent field). */
function compareValues(actual: unknown, wanted: Value): number | null {
  if (wanted.value === null) return actual === undefined || actual === null ? 0 : 1;
  if (actual === undefined || actual === null) return null;
  if (wanted.kind === 'timestamp') return Date.parse(String(actual)) - Number(wanted.value);
  if (typeof wanted.value === 'number') return Number(actual) - wanted.value;
  if (typeof wanted.value === 'boolean') return actual === wanted.value ? 0 : 1;
  const [a, b] = [lower(actual), lower(wanted.value)];
  return a === b ? 0 : a < b ? -1 : 1;
}

function like(value: Value): (actual: unknown) => boolean {
  const escaped = lower(value.value).replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  const pattern = new RegExp(`^${escaped.replaceAll('%', '.*')}$`, 's');
  return (actual) => pattern.test(lower(actual));
}

/** Texts are compared without regard to case, as the service's database does. */
function lower(value: unknown): string {
  return String(value ?? '').toLowerCase();
}

function searchable(row: Fields, path: string): unknown {
  return path === 'lastUpdated' ? row._info?.lastUpdated : fieldAt(row, path);
}
