/** Which boards are read, and how a board is read: newest change first, by cursor. */
import { z } from 'zod';
import { KindError } from '../../src/domain/errors.ts';
import { type Instant, msFromInstant } from '../../src/domain/time.ts';
import { EpochSeconds } from '../http/answers/wire.ts';
import { pagesByCursor } from '../http/paging.ts';
import type { Answer } from '../http/types.ts';
import type { Ninja } from './call.ts';
import type { NinjaoneConfig } from './config.ts';
import { facts } from './facts.ts';
import { Board, BoardRun } from './schema.ts';

export const KnownBoard = z.object({
  id: z.string(),
  name: z.string(),
  /** What may be asked of it; null where the board does not say. */
  columns: z.array(z.string()).nullable(),
});
export type KnownBoard = z.infer<typeof KnownBoard>;

const requiredColumns = ['id', 'summary', 'status', 'lastUpdated'] as const;
const wantedColumns = ['solvedTime', 'totalTimeTracked', 'source'] as const;

/** Another selection of boards is another list: a cached one must not be reused. */
export function boardsKey({ boards = [] }: NinjaoneConfig): string {
  return ['boards', ...boards].join(':');
}

export async function readBoards(ninja: Ninja): Promise<KnownBoard[]> {
  const visible = await ninja.get('/v2/ticketing/trigger/boards', z.array(Board));
  const known: KnownBoard[] = [];
  for (const { id, name } of selectBoards(visible, ninja.config.boards)) {
    const { data } = await runBoard(ninja, id, { columns: ['id'], pageSize: 1 });
    known.push({ id, name, columns: data.metadata.allColumns ?? null });
  }
  return known;
}

/** The configured boards, each with the columns that are needed; throws `config` otherwise. */
export async function boardsToRead(ninja: Ninja): Promise<readonly KnownBoard[]> {
  const known = selectBoards(await ninja.lists.boards.list(ninja), ninja.config.boards);
  for (const board of known) refuseMissingColumns(board.name, board.columns);
  return known;
}

interface BoardQuery {
  columns: readonly string[];
  pageSize: number;
  cursor?: string | null;
  /** Text that the vendor may search for; an answer is never trusted to be filtered by it. */
  search?: string | undefined;
}

export async function runBoard(
  { send }: Ninja,
  boardId: string,
  { columns, pageSize, cursor = null, search }: BoardQuery,
): Promise<Answer<BoardRun>> {
  const path = `/v2/ticketing/trigger/board/${boardId}/run`;
  const body = {
    sortBy: [{ field: 'lastUpdated', direction: 'DESC' }],
    includeColumns: columns,
    pageSize,
    ...(cursor === null ? {} : { lastCursorId: Number(cursor) }),
    ...(search === undefined ? {} : { searchCriteria: search }),
  };
  return send({ method: 'POST', path, body, isRead: true }, BoardRun);
}

/**
 * Rows of a board, page by page, last changed first, down to the page that reaches below `since`. Where
 * the board was not sorted as asked, nothing can be left out and the whole board is read.
 */
export async function* boardPages(
  ninja: Ninja,
  board: KnownBoard,
  { since, search }: { since: Instant; search?: string },
): AsyncGenerator<readonly unknown[]> {
  const { pageSize } = ninja.config;
  const columns = columnsFor(board);
  let lastMs = Number.POSITIVE_INFINITY;
  let isSorted = (await facts.readFact(ninja.context, 'board-sort')) !== 'no';
  const pages = pagesByCursor({
    async send(cursor) {
      const answer = await runBoard(ninja, board.id, { columns, pageSize, cursor, search });
      refuseMissingColumns(board.name, answer.data.metadata.allColumns ?? null);
      return answer;
    },
    next({ data: { data, metadata } }) {
      const changesMs = data.map(changedMs).filter((ms) => ms !== null);
      isSorted &&= isSortedAsAsked(metadata) && isDescending([lastMs, ...changesMs]);
      lastMs = changesMs.at(-1) ?? lastMs;
      const isPast = isSorted && lastMs < msFromInstant(since);
      return data.length === 0 || isPast ? null : (metadata.lastCursorId ?? null);
    },
  });
  for await (const { data } of pages) yield data.data;
}

/** Throws `config` where a name is unknown, or no board is visible: that is never "no tickets". */
function selectBoards<B extends { name: string }>(
  visible: readonly B[],
  names: readonly string[] | undefined,
): readonly B[] {
  const all = visible.map(({ name }) => name).join(', ');
  if (visible.length === 0) {
    throw new KindError('config', 'The API application cannot see any ticket board in NinjaOne.', {
      fix: 'Enable ticketing and let the application’s user see a board that shows all tickets.',
    });
  }
  if (names === undefined) return visible;
  return names.map((name) => {
    const board = visible.find((candidate) => candidate.name === name);
    if (board !== undefined) return board;
    throw new KindError('config', `NinjaOne shows no ticket board named "${name}".`, {
      fix: `Write one of these under boards: ${all}.`,
    });
  });
}

function refuseMissingColumns(board: string, columns: readonly string[] | null): void {
  const missing = requiredColumns.filter((column) => columns?.includes(column) === false);
  if (missing.length === 0) return;
  const message = `The ticket board "${board}" does not offer the column ${missing.join(', ')}.`;
  const fix = 'Add the column to the board in NinjaOne, or name another board under boards.';
  throw new KindError('config', message, { fix });
}

/**
 * A column that the board does not have may be refused, so only known ones are requested, and that of the
 * organization unless the board says that it has none: each ticket is then read singly.
 */
export function columnsFor({ columns }: KnownBoard): readonly string[] {
  const wanted = wantedColumns.filter((column) => columns?.includes(column) === true);
  const isNamed = columns?.includes('organization') !== false;
  return [...requiredColumns, ...(isNamed ? ['organization'] : []), ...wanted];
}

export function isSortedAsAsked({ sortBy }: BoardRun['metadata']): boolean {
  const first = sortBy?.[0];
  return first === undefined || (first.field === 'lastUpdated' && first.direction === 'DESC');
}

const Changed = z.object({ lastUpdated: EpochSeconds });

function changedMs(row: unknown): number | null {
  const changed = Changed.safeParse(row);
  return changed.success ? msFromInstant(changed.data.lastUpdated) : null;
}

export function isDescending(values: readonly number[]): boolean {
  return values.every((value, index) => value <= (values[index - 1] ?? value));
}
