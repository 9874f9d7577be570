import { plainText } from '../../reports/format/plain-text.ts';
import type { Paint, Style } from './style.ts';

export interface TableColumn {
  title: string;
  isFigure?: boolean;
}

export type TableCell = string | { text: string; style: Style };

export interface TableOptions {
  paint: Paint;
  /** Maximum width; null: unlimited (a file, a pipe). */
  columns: number | null;
}

const gap = '  ';
const widthMin = 8;
const segmenter = new Intl.Segmenter('en', { granularity: 'grapheme' });

// Letters that a terminal shows two columns wide: Hangul, CJK, full-width forms, emoji.
const wide =
  /^[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff01-\uff60\uffe0-\uffe6\u{20000}-\u{3fffd}\p{Emoji_Presentation}]/u;

/** The width of a text in terminal columns. An accented letter counts as one, composed or not. */
export function textWidth(text: string): number {
  let width = 0;
  for (const { segment } of segmenter.segment(text)) width += wide.test(segment) ? 2 : 1;
  return width;
}

/** Cuts a text to the width, with an ellipsis. */
export function fitText(text: string, width: number): string {
  if (textWidth(text) <= width) return text;
  let fitted = '';
  let used = 1;
  for (const { segment } of segmenter.segment(text)) {
    used += textWidth(segment);
    if (used > width) break;
    fitted += segment;
  }
  return `${fitted}…`;
}

/**
 * Aligned columns, one line per row. Texts may come from vendors, so they are made inert here. On a
 * narrow terminal the widest text columns shrink; figures never do.
 */
export function formatTable(
  columns: readonly TableColumn[],
  rows: readonly (readonly TableCell[])[],
  { paint, columns: widthMax }: TableOptions,
): string {
  const texts = rows.map((row) => columns.map((_, index) => plainText(textOf(row[index] ?? ''))));
  const widths = columns.map(({ title }, index) =>
    Math.max(textWidth(title), ...texts.map((row) => textWidth(row[index] ?? ''))),
  );
  if (widthMax !== null) narrow(widths, columns, widthMax);
  const line = (cells: readonly string[], style: (index: number) => Style | null): string =>
    cells
      .map((cell, index) => {
        const isLast = index === columns.length - 1;
        const text = padText(cell, widths[index] ?? 0, columns[index]?.isFigure ?? false, isLast);
        const painted = style(index);
        return painted === null ? text : paint(painted, text);
      })
      .join(gap)
      .trimEnd();
  const titles = columns.map(({ title }) => title);
  const lines = texts.map((row, number) =>
    line(row, (index) => styleOf(rows[number]?.[index] ?? '')),
  );
  return [line(titles, () => 'bold'), ...lines, ''].join('\n');
}

function narrow(widths: number[], columns: readonly TableColumn[], widthMax: number): void {
  const total = () => widths.reduce((sum, width) => sum + width, gap.length * (widths.length - 1));
  while (total() > widthMax) {
    let widest = -1;
    widths.forEach((width, index) => {
      if (columns[index]?.isFigure || width <= widthMin) return;
      if (widest === -1 || width > (widths[widest] ?? 0)) widest = index;
    });
    if (widest === -1) return;
    widths[widest] = (widths[widest] ?? 0) - 1;
  }
}

function padText(text: string, width: number, isFigure: boolean, isLast: boolean): string {
  const fitted = fitText(text, width);
  const space = ' '.repeat(Math.max(0, width - textWidth(fitted)));
  if (isFigure) return space + fitted;
  return isLast ? fitted : fitted + space;
}

function textOf(cell: TableCell): string {
  return typeof cell === 'string' ? cell : cell.text;
}

function styleOf(cell: TableCell): Style | null {
  return typeof cell === 'string' ? null : cell.style;
}
