import type { Sender } from '../../config/loaded.ts';
import type { Locale } from '../../domain/format.ts';
import type { Cell } from '../format/table-cells.ts';
import { definePage } from './frame.ts';

/** A report of tables, for a page or a terminal. Everything in it is worded and formatted. */
export interface Paper {
  locale: Locale;
  title: string;
  subtitle: string;
  sender?: Sender | null;
  notice: string | null;
  headlines: { figure: string; rest: string; isOver?: boolean }[];
  tables: PaperTable[];
  notes: string[];
}

export interface PaperTable {
  /** Null: belongs to the one before. */
  heading: string | null;
  caption: string | null;
  columns: PaperColumn[];
  rows: Cell[][];
  foot: Cell[][];
}

interface PaperColumn {
  title: string;
  place: Place;
  isFigure: boolean;
}

/** Where a narrow page puts it: a `main` figure beside `what`, the others below, which are text or a `figure`. */
type Place = 'what' | 'main' | 'figure' | 'text';

/** A column's title, its place, and its cell of a row; null: the table does without it. */
export type Shown<Row> =
  | readonly [title: string, place: Place, cell: (row: Row) => string | Cell]
  | null;

export function toTable<Row>(
  { heading = null, caption = null }: Partial<Pick<PaperTable, 'heading' | 'caption'>>,
  rows: readonly Row[],
  shown: readonly Shown<Row>[],
  foot: Cell[][] = [],
): PaperTable {
  const columns = shown.filter((column) => column !== null);
  return {
    heading,
    caption,
    columns: columns.map(([title, place]) => {
      return { title, place, isFigure: place === 'main' || place === 'figure' };
    }),
    rows: rows.map((row) => columns.map(([, , cell]) => [cell(row)].flat())),
    foot,
  };
}

const toPage = definePage<Paper>(import.meta.url, 'templates/paper');

export function paperToHtml(paper: Paper): string {
  return toPage(paper, paper);
}
