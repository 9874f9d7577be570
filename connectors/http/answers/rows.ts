import { createHash } from 'node:crypto';
import type { ZodType } from 'zod';
import type { ListedName, NameIds, SourceId } from '../../../src/contract/connector.ts';
import { describeError, isKindError, KindError } from '../../../src/domain/errors.ts';
import type { Instant } from '../../../src/domain/time.ts';
import type { ParsedRows } from '../types.ts';
import { minorOf } from './exact.ts';
import { describeIssue } from './issues.ts';

/** From this many rows, a page with more than half refused means a changed API, not bad rows. */
const suspiciousPageRows = 10;

/**
 * Accepts or quarantines each row of a page. A row that fails its schema, or whose mapping throws a
 * `contract` error, is returned with a reason that names the field. Throws a `contract` error if
 * more than half of ten or more rows are refused; other mapping errors pass through.
 */
export function parseRows<Wire, Row>(
  rows: readonly unknown[],
  schema: ZodType<Wire>,
  fromWire: (wire: Wire) => Row,
  idOf: (raw: unknown) => string | null = rawId,
): ParsedRows<Row> {
  const parsed: ParsedRows<Row> = { rows: [], rejected: [] };
  for (const raw of rows) {
    const outcome = parseRow(raw, schema, fromWire);
    if ('row' in outcome) parsed.rows.push(outcome.row);
    else parsed.rejected.push({ sourceId: idOf(raw) ?? contentId(raw), ...outcome, row: raw });
  }
  const first = parsed.rejected[0];
  const isWrongShape =
    rows.length >= suspiciousPageRows && parsed.rejected.length * 2 > rows.length;
  if (isWrongShape && first !== undefined) {
    const message = `${parsed.rejected.length} of ${rows.length} rows do not have the expected shape; row ${first.sourceId}: ${first.reason}.`;
    const fix = 'The API may have changed its version. Run check.';
    throw new KindError('contract', message, { fix });
  }
  return parsed;
}

/** Names of things without an ID at the vendor. */
export function namesAlone(names: readonly string[]): ListedName[] {
  return [...new Set(names)].map((name) => ({ sourceId: null, name }));
}

/** The IDs that are present. */
export function presentIds(
  ids: {
    [name in keyof NameIds]: SourceId | null | undefined;
  },
): NameIds {
  return Object.fromEntries(Object.entries(ids).filter(([, id]) => id != null));
}

/** Reads amounts of a row; null: not known. */
export function amountsOf<Field extends string>(
  row: string,
  wire: { [field in Field]?: string | null | undefined },
  currency: string,
): (field: Field) => number | null {
  return (field) => {
    const text = wire[field] ?? null;
    return text === null ? null : inField(row, field, () => minorOf(text, currency));
  };
}

/** Runs `read`; an invalid value throws with the row and the field named. */
export function inField<T>(row: string, field: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!isKindError(error, 'contract')) throw error;
    throw new KindError('contract', `${row}, ${field}: ${describeError(error)}`);
  }
}

/** The latest timestamp of a row; throws `contract` if it shows none. */
export function lastChange(row: string, shown: readonly (Instant | null | undefined)[]): Instant {
  const latest = shown
    .filter((at) => at != null)
    .toSorted()
    .at(-1);
  if (latest !== undefined) return latest;
  throw new KindError('contract', `${row} shows no timestamp of its last change.`);
}

/** The result of `read`; null for an invalid value. */
export function ifBelieved<T>(read: () => T): T | null {
  try {
    return read();
  } catch (error) {
    if (!isKindError(error, 'contract')) throw error;
    return null;
  }
}

function parseRow<Wire, Row>(
  raw: unknown,
  schema: ZodType<Wire>,
  fromWire: (wire: Wire) => Row,
): { row: Row } | { reason: string } {
  const wire = schema.safeParse(raw);
  if (!wire.success) return { reason: describeIssue(wire.error) };
  try {
    return { row: fromWire(wire.data) };
  } catch (error) {
    if (isKindError(error, 'contract')) return { reason: describeError(error) };
    throw error;
  }
}

/** The ID of a row that is not parsed yet. */
export function rawId(raw: unknown): string | null {
  if (typeof raw !== 'object' || raw === null || !('id' in raw)) return null;
  const { id } = raw;
  if (typeof id === 'number') return String(id);
  return typeof id === 'string' && id !== '' ? id : null;
}

/** The same row gets the same ID on every pass, regardless of key order. */
function contentId(raw: unknown): string {
  const hash = createHash('sha256').update(canonicalJson(raw)).digest('hex');
  return `sha256:${hash.slice(0, 16)}`;
}

function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${entries.map(([key, item]) => `${JSON.stringify(key)}:${canonicalJson(item)}`).join(',')}}`;
}
