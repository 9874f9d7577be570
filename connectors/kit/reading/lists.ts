/** Reading lists: with bad rows quarantined, strictly, or until one is found. */
import type { ZodType } from 'zod';
import type { Page, RejectedRow, SourceId } from '../../../src/contract/connector.ts';
import { KindError } from '../../../src/domain/errors.ts';
import { addSeconds, type Instant } from '../../../src/domain/time.ts';
import { describeIssue } from '../../http/answers/issues.ts';
import { parseRows } from '../../http/answers/rows.ts';
import { createMoveGuard } from '../../http/moved.ts';
import { pagesByNumber } from '../../http/paging.ts';
import type { Answer } from '../../http/types.ts';

export interface ListPage {
  rows: readonly unknown[];
  /** Where an interrupted pass may continue once this page is stored; null: only at the end. */
  resume?: string | null;
  /** Rows of all pages, as the vendor counts them; null or absent: it does not. */
  count?: number | null;
  isLast?: boolean;
}

export type Pages = AsyncGenerator<ListPage>;

interface HasPages<List> {
  pages(list: List): Pages;
}

/** A page of a numbered list, as its envelope tells it. */
export interface NumberedPage {
  rows: readonly unknown[];
  /** Rows of all pages, where the envelope counts them. */
  count?: number | null;
  /** Pages in all, where it counts those. */
  pages?: number | null;
  /** Whether it is the last, where the envelope says so itself; where it counts neither, whether it is not full. */
  isLast?: boolean;
}

interface NumberedList {
  /** `/Tickets`, or the name of an operation. */
  path: string;
  send(page: number): Promise<Answer<NumberedPage>>;
  firstPage?: number;
  /** Rows of the pages before the first, which an earlier pass read. */
  received?: number;
  /** Ids of a page's rows, for a list in no known order: refused where one moved while it was read. */
  idsOf?(rows: readonly unknown[]): readonly string[];
}

/**
 * Numbered pages until the vendor's own count is reached. Refuses a list that shrinks while it is read (a row that
 * left it moves all behind it forward, and one of them may go unseen) or that shows fewer rows than it counts.
 */
export async function* numberedPages({
  path,
  send,
  firstPage,
  idsOf,
  ...list
}: NumberedList): Pages {
  const refuseMoved = idsOf === undefined ? null : createMoveGuard(path);
  let received = list.received ?? 0;
  let seen = 0;
  let before = 0;
  const pages = pagesByNumber({
    send,
    ...(firstPage === undefined ? {} : { firstPage }),
    isLast: ({ data }) => {
      if (data.count != null && data.rows.length === 0 && received < data.count) {
        throw shortList(path, received, data.count);
      }
      return isLastOf(data, seen, received);
    },
  });
  for await (const { data } of pages) {
    const size = data.count ?? data.pages ?? null;
    if (size !== null && size < before) throw shrunk(path);
    before = size ?? before;
    seen += 1;
    // Counted by place, not by id: what enters the list meanwhile shows some rows twice.
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

/** `GET /Tickets`; an operation is called by its name alone. */
function calledBy(path: string): string {
  return path.startsWith('/') ? `GET ${path}` : path;
}

export function shortList(path: string, found: number, count: number): KindError {
  return new KindError('contract', `${calledBy(path)} counts ${count} rows and lists ${found}.`, {
    fix: 'The API user may lack a permission for the rest, or paging changed. Run check.',
  });
}

function shrunk(path: string): KindError {
  return new KindError('transient', `${calledBy(path)} became shorter while it was read.`, {
    fix: 'It is read again from the start at the next run.',
  });
}

interface Reading<Wire, Row, List> {
  list: List;
  schema: ZodType<Wire>;
  /** None, one or several rows of ours. */
  fromWire(wire: Wire): Row | readonly Row[];
  idOf?(raw: unknown): string | null;
  /** Of a row as it came: one of another client is left out before it is read, however odd the rest of it is. */
  concernsUs?(raw: unknown): boolean;
  /** Throws for a row that a filter should have left out. */
  refuse?(row: Row): void;
  isWanted?(row: Row): boolean;
}

/** The pages of a pull: each row is believed or quarantined, those that are not wanted are left out. */
export async function* readPages<Wire, Row, List>(
  call: HasPages<List>,
  reading: Reading<Wire, Row, List>,
): AsyncGenerator<Page<Row>> {
  const { list, schema, fromWire, idOf, refuse, isWanted = () => true } = reading;
  for await (const page of call.pages(list)) {
    const ours = page.rows.filter((raw) => reading.concernsUs?.(raw) ?? true);
    const { rows: nested, rejected } = parseRows(ours, schema, fromWire, idOf);
    const rows = nested.flat() as Row[];
    if (refuse !== undefined) rows.forEach(refuse);
    yield { rows: rows.filter(isWanted), rejected, resume: page.resume ?? null };
  }
}

/** Strict: an unreadable row of a look-up might be the one that is looked for. Throws `contract`. */
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
 * The first row that is wanted. Strict: taking an unreadable row for another would write twice. `mayBe`: whether one
 * might be the wanted all the same.
 */
export async function findRow<T, List extends { path: string }>(
  call: HasPages<List>,
  list: List,
  schema: ZodType<T>,
  isWanted: (row: T) => boolean,
  mayBe: (raw: unknown) => boolean = () => true,
): Promise<T | null> {
  for await (const { rows } of call.pages(list)) {
    for (const raw of rows) {
      const row = schema.safeParse(raw);
      if (row.success ? isWanted(row.data) : mayBe(raw)) {
        return believeRows(list, [raw], schema)[0] ?? null;
      }
    }
  }
  return null;
}

/** All rows, strictly: for what must not count as gone because it could not be read. */
export async function allRows<T, List extends { path: string }>(
  call: HasPages<List>,
  list: List,
  schema: ZodType<T>,
): Promise<T[]> {
  const all: T[] = [];
  for await (const { rows } of call.pages(list)) all.push(...believeRows(list, rows, schema));
  return all;
}

/** All rows that can be read: for looking through, not for storing. */
export async function readableRows<T, List>(
  call: HasPages<List>,
  list: List,
  schema: ZodType<T>,
): Promise<T[]> {
  const all: T[] = [];
  for await (const { rows } of call.pages(list)) all.push(...parseAll(rows, schema));
  return all;
}

/** The rows of one page that can be read. */
export function parseAll<T>(rows: readonly unknown[], schema: ZodType<T>): T[] {
  return parseRows(rows, schema, (row) => row).rows;
}

export async function firstPage<List>(call: HasPages<List>, list: List): Promise<ListPage> {
  for await (const page of call.pages(list)) return page;
  return { rows: [], count: 0, isLast: true };
}

/** Throws `contract` for a row of a client that was not asked for. */
export function refuseStranger(
  path: string,
  clientId: SourceId | null | undefined,
  ids: readonly SourceId[],
): void {
  if (clientId == null || ids.includes(clientId)) return;
  throw ignoredFilter(path, `client ${clientId}, which was not asked for`);
}

/** Throws `contract` for a row from long before what was asked for: then all rows ever would come. */
export function refuseOld(path: string, at: Instant, since: Instant, marginSeconds = 0): void {
  if (at >= addSeconds(since, -marginSeconds)) return;
  throw ignoredFilter(path, `a row of ${at}`);
}

export function ignoredFilter(path: string, what: string): KindError {
  return new KindError('contract', `GET ${path} answered with ${what}: a filter was ignored.`, {
    fix: 'The API may have changed, or ignores parameters that it does not know. Run check.',
  });
}

/** Numeric ids of clients; throws `config` for anything else. `product`: what people call the vendor's product. */
export function numericIds(product: string, clientIds: readonly SourceId[]): SourceId[] {
  const wrong = clientIds.find((id) => !/^[1-9]\d*$/.test(id));
  if (wrong === undefined) return [...clientIds];
  const article = /^[AEIOU]/.test(product) ? 'an' : 'a';
  throw new KindError(
    'config',
    `"${wrong}" is not ${article} ${product} client ID; IDs are numeric.`,
    {
      fix: `Write the number from the client’s address in ${product} under the client’s ids.`,
    },
  );
}

/** A list read newest first: tells when everything that changed since was seen. */
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

export function quarantined(sourceId: SourceId, reason: string, row: unknown): RejectedRow {
  return { sourceId, reason, row };
}
