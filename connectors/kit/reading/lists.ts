/** Reads lists: quarantining bad rows, strictly, or until one row is found. */
import type { ZodType } from 'zod';
import type { Page, SourceId } from '../../../src/contract/connector.ts';
import { KindError } from '../../../src/domain/errors.ts';
import { addSeconds, type Instant } from '../../../src/domain/time.ts';
import { describeIssue } from '../../http/answers/issues.ts';
import { parseRows, rawId } from '../../http/answers/rows.ts';
import { createMoveGuard } from '../../http/moved.ts';
import { pagesByNumber } from '../../http/paging.ts';
import type { Answer } from '../../http/types.ts';

export interface ListPage {
  rows: readonly unknown[];
  /** Where an interrupted pass may resume once this page is stored; null: only at the end. */
  resume?: string | null;
  /** Total rows as counted by the vendor; null or absent: it does not count. */
  count?: number | null;
  isLast?: boolean;
}

export type Pages = AsyncGenerator<ListPage>;

/** The pages of a pull. */
export type Rows<Row> = AsyncGenerator<Page<Row>>;

/** IDs of the time that exists. */
export type PresentIds = AsyncGenerator<readonly SourceId[]>;

type HasPages<List> = { pages(list: List): Pages };

/** A page of a numbered list, from its envelope. */
export interface NumberedPage {
  rows: readonly unknown[];
  /** Total rows, if the envelope has it. */
  count?: number | null;
  /** Total pages, if the envelope has it. */
  pages?: number | null;
  /** Whether it is the last, if the envelope says so; without any count, whether it is not full. */
  isLast?: boolean;
}

interface NumberedList {
  /** `/Tickets`, or the name of an operation. */
  path: string;
  send(page: number): Promise<Answer<NumberedPage>>;
  /** IDs of a page's rows, for a list without a known order: refused if one moved during the read. */
  idsOf?(rows: readonly unknown[]): readonly string[];
}

/**
 * Numbered pages until the vendor's own count is reached. Refuses a list that shrinks during the read (rows move
 * up, so one may be missed) or that shows fewer rows than it counts.
 */
export async function* numberedPages({ path, send, idsOf }: NumberedList): Pages {
  const refuseMoved = idsOf === undefined ? null : createMoveGuard(path);
  let received = 0;
  let seen = 0;
  let before = 0;
  const pages = pagesByNumber({
    send,
    isLast: ({ data }) => {
      if (data.count != null && data.rows.length === 0 && received < data.count) {
        throw shortList(path, received, data.count);
      }
      return isLastOf(data, seen, received);
    },
  });
  for await (const { data } of pages) {
    const size = data.count ?? data.pages ?? null;
    if (size !== null && size < before) {
      const fix = 'The next run reads it again from the start.';
      throw new KindError('transient', `${calledBy(path)} shrank during the read.`, { fix });
    }
    before = size ?? before;
    seen += 1;
    // Counted by position, not by ID: rows added during the read make others appear twice.
    received += data.rows.length;
    if (data.count != null && data.isLast === true && received < data.count) {
      throw shortList(path, received, data.count);
    }
    refuseMoved?.(idsOf?.(data.rows) ?? []);
    yield { rows: data.rows, count: data.count ?? null, isLast: isLastOf(data, seen, received) };
  }
}

function isLastOf({ rows, count, pages, isLast }: NumberedPage, seen: number, received: number) {
  if (isLast !== undefined) return isLast;
  if (count != null) return received >= count;
  return pages != null ? seen >= pages : rows.length === 0;
}

/** `GET /Tickets`; for an operation, just its name. */
function calledBy(path: string): string {
  return path.startsWith('/') ? `GET ${path}` : path;
}

export function shortList(path: string, found: number, count: number): KindError {
  return new KindError('contract', `${calledBy(path)} counts ${count} rows and lists ${found}.`, {
    fix: 'The API user may lack permission for the rest, or paging changed. Run check.',
  });
}

/** None, one or several rows of ours. */
type Mapper<Wire, Row> = (wire: Wire) => Row | readonly Row[];

interface Reading<Wire, Row> {
  schema: ZodType<Wire>;
  fromWire: Mapper<Wire, Row>;
  idOf?(raw: unknown): string | null;
  /** Tests the raw row: other clients' rows are skipped before they are parsed. */
  concernsUs?(raw: unknown): boolean;
  /** Throws for a row that the filter should have excluded. */
  refuse?(row: Row, wire: Wire): void;
  isWanted?(row: Row): boolean;
}

/** Instead of `fromWire`: reads what the rows of a page need, before they are mapped. */
interface Prepared<Wire, Row> extends Omit<Reading<Wire, Row>, 'fromWire'> {
  prepare(wires: readonly Wire[]): Promise<Mapper<Wire, Row>>;
}

/** The pages of a pull: each wanted row is accepted or quarantined. */
export async function* readPages<Wire, Row>(
  pages: AsyncIterable<ListPage>,
  reading: Reading<Wire, Row> | Prepared<Wire, Row>,
): Rows<Row> {
  const { schema, idOf, refuse, isWanted = () => true } = reading;
  for await (const page of pages) {
    const ours = page.rows.filter((raw) => reading.concernsUs?.(raw) ?? true);
    const fromWire =
      'prepare' in reading ? await reading.prepare(parseAll(ours, schema)) : reading.fromWire;
    const toRows = (wire: Wire) => ({ wire, rows: [fromWire(wire)].flat() as Row[] });
    const { rows: parsed, rejected } = parseRows(ours, schema, toRows, idOf);
    for (const { wire, rows } of parsed) for (const row of rows) refuse?.(row, wire);
    const wanted = parsed.flatMap(({ rows }) => rows).filter(isWanted);
    yield { rows: wanted, rejected, resume: page.resume ?? null };
  }
}

/** Strict: an unreadable row might be the one that is looked up. Throws `contract`. */
export function believeRows<T>(
  { path }: { path: string },
  rows: readonly unknown[],
  schema: ZodType<T>,
): T[] {
  return rows.map((row) => {
    const wire = schema.safeParse(row);
    if (wire.success) return wire.data;
    throw new KindError('contract', `${calledBy(path)}: ${describeIssue(wire.error)}.`);
  });
}

/**
 * The first matching row. Strict: skipping an unreadable match would lead to a duplicate write. `mayBe`: whether an
 * unreadable row could be the match.
 */
export async function findRow<T, List extends { path: string }>(
  call: HasPages<List>,
  lists: List | readonly List[],
  schema: ZodType<T>,
  isWanted: (row: T) => boolean,
  mayBe: (raw: unknown) => boolean = () => true,
): Promise<T | null> {
  for (const list of [lists].flat() as List[]) {
    for await (const { rows } of call.pages(list)) {
      for (const raw of rows) {
        const row = schema.safeParse(raw);
        if (row.success ? isWanted(row.data) : mayBe(raw)) {
          return believeRows(list, [raw], schema)[0] ?? null;
        }
      }
    }
  }
  return null;
}

/** All rows, strictly: an unreadable row must not count as deleted. */
export async function allRows<T, List extends { path: string }>(
  call: HasPages<List>,
  lists: List | readonly List[],
  schema: ZodType<T>,
): Promise<T[]> {
  const all: T[] = [];
  for (const list of [lists].flat() as List[]) {
    for await (const { rows } of call.pages(list)) all.push(...believeRows(list, rows, schema));
  }
  return all;
}

/** All readable rows: for searching, not for storing. */
export async function readableRows<T, List>(
  call: HasPages<List>,
  list: List,
  schema: ZodType<T>,
): Promise<T[]> {
  const all: T[] = [];
  for await (const { rows } of call.pages(list)) all.push(...parseAll(rows, schema));
  return all;
}

/** The readable rows of one page. */
export function parseAll<T>(rows: readonly unknown[], schema: ZodType<T>): T[] {
  return parseRows(rows, schema, (row) => row).rows;
}

export async function firstPage<List>(call: HasPages<List>, list: List): Promise<ListPage> {
  for await (const page of call.pages(list)) return page;
  return { rows: [], count: 0, isLast: true };
}

/** Throws `contract` for a row of a client that was not requested. */
export function refuseStranger(
  path: string,
  clientId: SourceId | null | undefined,
  ids: readonly SourceId[],
): void {
  if (clientId == null || ids.includes(clientId)) return;
  throw ignoredFilter(path, `client ${clientId}, which was not requested`);
}

/** Throws `contract` for a row much older than requested: the filter was ignored and all rows would come. */
export function refuseOld(path: string, at: Instant, since: Instant, marginSeconds = 0): void {
  if (at >= addSeconds(since, -marginSeconds)) return;
  throw ignoredFilter(path, `a row of ${at}`);
}

export function ignoredFilter(path: string, what: string): KindError {
  return new KindError('contract', `GET ${path} returned ${what}: a filter was ignored.`, {
    fix: 'The API may have changed, or ignores unknown parameters. Run check.',
  });
}

/** Numeric client IDs, sorted and unique; throws `config` for anything else. `product`: display name of the vendor's product. */
export function numericIds(product: string, clientIds: readonly SourceId[]): SourceId[] {
  const wrong = clientIds.find((id) => !/^[1-9]\d*$/.test(id));
  if (wrong === undefined) return [...new Set(clientIds)].sort((a, b) => Number(a) - Number(b));
  const article = /^[AEIOU]/.test(product) ? 'an' : 'a';
  const message = `"${wrong}" is not ${article} ${product} client ID; IDs are numeric.`;
  const fix = `Set the client’s ID to the number from its URL in ${product}.`;
  throw new KindError('config', message, { fix });
}

/** For a list read newest first: whether all changes since a time have been seen. */
export function createDescent(since: Instant): { see(at: Instant): void; isDone(): boolean } {
  let oldest = '9999';
  let isOrdered = true;
  return {
    see(at) {
      if (at > oldest) isOrdered = false;
      oldest = at;
    },
    isDone: () => isOrdered && oldest < since,
  };
}

/** For a vendor that shows one at a time. Null: there is none. */
export function oneByOne<T>(read: (id: string) => Promise<T | null>) {
  return async (ids: readonly string[]): Promise<ReadonlyMap<string, T>> => {
    const found = new Map<string, T>();
    for (const id of ids) {
      const one = await read(id);
      if (one !== null) found.set(id, one);
    }
    return found;
  };
}

/** Parts of a list that fit into one request. */
export function inChunks<T>(items: readonly T[], size: number): T[][] {
  const chunks: T[][] = [];
  for (let from = 0; from < items.length; from += size) chunks.push(items.slice(from, from + size));
  return chunks;
}

/** After a full page without a link to the next one: the ID of its last row, after which the next page starts. */
export function lastIdOf(path: string, rows: readonly unknown[]): string {
  const id = rawId(rows.at(-1));
  if (id !== null) return id;
  throw new KindError('contract', `${calledBy(path)}: the last row of a full page has no id.`);
}
