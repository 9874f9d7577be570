/** Which boards are read, and how a board is read: newest change first, by cursor. */
import { z } from 'zod';
import type { ConnectorContext } from '../../src/contract/connector.ts';
import { KindError } from '../../src/domain/errors.ts';
import { type Instant, msFromInstant } from '../../src/domain/time.ts';
import { pagesByCursor } from '../http/paging.ts';
import type { Answer } from '../http/types.ts';
import { EpochSeconds } from '../http/wire.ts';
import type { Api } from './api.ts';
import type { NinjaoneConfig } from './config.ts';
import { readFact } from './facts.ts';
import { createRemembered } from './remembered.ts';
import type { BoardRun } from './schema.ts';

const KnownBoard = z.object({
  id: z.string(),
  name: z.string(),
  /** What may be asked of it; null where the board does not say. */
  columns: z.array(z.string()).nullable(),
});
export type KnownBoard = z.infer<typeof KnownBoard>;

const requiredColumns = ['id', 'summary', 'status', 'lastUpdated'] as const;
const wantedColumns = ['solvedTime', 'totalTimeTracked', 'tags'] as const;

export type Boards = ReturnType<typeof createBoards>;

export function createBoards(api: Api, config: NinjaoneConfig, context: ConnectorContext) {
  // Another choice of boards is another list: an old one must not stand for it.
  const key = ['boards', ...(config.boards ?? [])].join(':');
  const boards = createRemembered(context, key, KnownBoard, readBoards);

  async function readBoards(signal: AbortSignal): Promise<KnownBoard[]> {
    const { data: visible } = await api.boards(signal);
    const known: KnownBoard[] = [];
    for (const { id, name } of selectBoards(visible, config.boards)) {
      const query = { columns: ['id'], pageSize: 1, cursor: null };
      const { data } = await api.runBoard(id, query, signal);
      known.push({ id, name, columns: data.metadata.allColumns ?? null });
    }
    return known;
  }

  return {
    /** The configured boards, each with the columns that are needed; throws `config` otherwise. */
    async toRead(signal: AbortSignal): Promise<readonly KnownBoard[]> {
      const known = selectBoards(await boards.get(signal), config.boards);
      for (const board of known) refuseMissingColumns(board.name, board.columns);
      return known;
    },
    reread: (signal: AbortSignal) => boards.reread(signal),

    /**
     * Pages of a board, last changed first, down to the page that reaches below `since`. Where the
     * board was not sorted as asked, nothing can be left out and the whole board is read.
     */
    async *pages(
      board: KnownBoard,
      read: { since: Instant; search?: string },
      signal: AbortSignal,
    ): AsyncGenerator<Answer<BoardRun>> {
      const columns = columnsFor(board);
      let lastMs = Number.POSITIVE_INFINITY;
      let isSorted = (await readFact(context.memory, 'board-sort')) !== 'no';
      yield* pagesByCursor({
        async send(cursor) {
          const query = { columns, pageSize: config.pageSize, cursor };
          const answer = await api.runBoard(
            board.id,
            read.search === undefined ? query : { ...query, search: read.search },
            signal,
          );
          refuseMissingColumns(board.name, answer.data.metadata.allColumns ?? null);
          return answer;
        },
        next({ data: { data, metadata } }) {
          const momentsMs = data.map(changedMs).filter((ms) => ms !== null);
          isSorted &&= isSortedAsAsked(metadata) && isDescending([lastMs, ...momentsMs]);
          lastMs = momentsMs.at(-1) ?? lastMs;
          const isPast = isSorted && lastMs < msFromInstant(read.since);
          return data.length === 0 || isPast ? null : (metadata.lastCursorId ?? null);
        },
      });
    },
  };
}

/** Throws `config` where a name is unknown, or no board is visible: that is never "no tickets". */
function selectBoards<B extends { name: string }>(
  visible: readonly B[],
  names: readonly string[] | undefined,
): readonly B[] {
  const all = visible.map(({ name }) => name).join(', ');
  if (visible.length === 0) {
    throw new KindError('config', 'The API application sees no ticket board in NinjaOne.', {
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
  throw new KindError(
    'config',
    `The ticket board "${board}" does not offer the column ${missing.join(', ')}.`,
    { fix: 'Add the column to the board in NinjaOne, or name another board under boards.' },
  );
}

/**
 * A column that the board does not have may be refused, so only known ones are asked for, and that of the
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
