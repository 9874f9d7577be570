import { readFileSync } from 'node:fs';
import type { Cell } from '../format/table-cells.ts';
import { compileHtmlTemplate, cssString } from '../format/template.ts';

/** A report of tables, for a page or a terminal. Everything in it is worded and formatted. */
export interface Paper {
  locale: string;
  title: string;
  subtitle: string;
  notice: string | null;
  headlines: { figure: string; rest: string; isOver: boolean }[];
  tables: PaperTable[];
  notes: string[];
  page: readonly [string, string];
}

export interface PaperTable {
  /** Null: belongs to the one before. */
  heading: string | null;
  caption: string | null;
  columns: PaperColumn[];
  rows: readonly (readonly Cell[])[];
  foot: readonly (readonly Cell[])[];
}

interface PaperColumn {
  title: string;
  /** Where a narrow page puts it: `main` beside `what`, the others below. */
  place: 'what' | 'main' | 'date' | 'price' | 'worked';
  isFigure?: boolean;
}

let render: ((values: Paper & { style: string }) => string) | undefined;

export function paperToHtml(paper: Paper): string {
  render ??= compileHtmlTemplate(new URL('templates/paper.eta', import.meta.url));
  const style = readFileSync(
    new URL('../statement/page/templates/statement.css', import.meta.url),
    'utf8',
  );
  const [before, between] = paper.page.map(cssString);
  const foot = `@page { @bottom-left { content: ${cssString(paper.title)} }
  @bottom-right { content: ${before} counter(page) ${between} counter(pages) } }`;
  return render({ ...paper, style: `${style}${foot}` });
}
