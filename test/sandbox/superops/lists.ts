/** A list as `ListInfoInput` asks for it: condition, sort, page. */
import type { TakeFault } from '../server.ts';
import { refused } from './refusal.ts';
import type { Row } from './rows.ts';

interface Condition {
  attribute?: string;
  operator?: string;
  value?: unknown;
  joinOperator?: 'AND' | 'OR';
  operands?: Condition[];
}

export interface ListInput {
  page?: number;
  pageSize?: number;
  condition?: Condition;
  sort?: { attribute: string; order: 'ASC' | 'DESC' }[];
}

export interface ListQuirks {
  takeFault: TakeFault;
  /** Counted and not shown. */
  hiddenRows: number;
  ignoresSort: boolean;
  /** A full last page says that there is more. */
  saysMore: boolean;
}

const pageSizeMax = 100;

export function listOf(
  name: string,
  all: readonly Row[],
  input: ListInput,
  quirks: ListQuirks,
): Row {
  const found = all.filter((row) => input.condition === undefined || holds(row, input.condition));
  const sorted = quirks.ignoresSort ? found : sort(found, input.sort ?? []);
  const shown = sorted.slice(0, Math.max(0, sorted.length - quirks.hiddenRows));
  const isLooping = quirks.takeFault('page-loop');
  const pageSize = Math.min(input.pageSize ?? 10, pageSizeMax);
  const page = isLooping ? 1 : (input.page ?? 1);
  const start = (page - 1) * pageSize;
  // What was moved back by a row that came in between is shown once more.
  const repeated = start > 0 && quirks.takeFault('duplicate-page') ? 1 : 0;
  const rows = shown.slice(start - repeated, start + pageSize);
  const [first] = rows;
  if (first !== undefined && quirks.takeFault('bad-row')) {
    rows[0] = { ...first, updatedTime: 'yesterday', invoiceDate: 'yesterday' };
  }
  const isFull = quirks.saysMore && rows.length === pageSize;
  const hasMore = isLooping || isFull || start + pageSize < shown.length ? true : null;
  return { [name]: rows, listInfo: { page, pageSize, hasMore, totalCount: sorted.length } };
}

function holds(row: Row, condition: Condition): boolean {
  const { joinOperator, operands = [], attribute = '', operator, value } = condition;
  if (joinOperator === 'AND') return operands.every((one) => holds(row, one));
  if (joinOperator === 'OR') return operands.some((one) => holds(row, one));
  // Tickets are not found by their client's number.
  if (attribute === 'client.accountId') return false;
  const shown = attribute.split('.').reduce<unknown>((at, key) => (Object(at) as Row)[key], row);
  if (shown === undefined) throw refused('type_validation_failed', attribute);
  const text = String(shown ?? '');
  if (operator === 'is') return text === String(value);
  if (operator === 'includes') return Array.isArray(value) && value.map(String).includes(text);
  if (operator === 'contains') return text.toLowerCase().includes(String(value).toLowerCase());
  if (operator === 'after') return text > String(value);
  if (operator === 'before') return text < String(value);
  throw refused('type_validation_failed', String(operator));
}

/** Without a sort the first made come first. */
function sort(rows: readonly Row[], by: NonNullable<ListInput['sort']>): Row[] {
  const keys = by.map(({ attribute, order }) => ({ attribute, sign: order === 'DESC' ? -1 : 1 }));
  const unknown = keys.find(({ attribute }) => rows.some((row) => row[attribute] === undefined));
  if (unknown !== undefined) throw refused('type_validation_failed', unknown.attribute);
  return [...rows].sort((a, b) => {
    for (const { attribute, sign } of keys) {
      const [left, right] = [String(a[attribute] ?? ''), String(b[attribute] ?? '')];
      if (left !== right) return left < right ? -sign : sign;
    }
    return 0;
  });
}
