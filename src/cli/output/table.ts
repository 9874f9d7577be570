import { plainText } from '../../reports/format/plain-text.ts';
import type { Paint, Style } from './style.ts';

export interface TableColumn {
  title: string;
  isFigure?: boolean;
  /**
   * What may lose its end on a narrow terminal: a name as long as no two of them look the same, or
   * prose that another command shows in full. Everything else is typed or compared, and never cut.
   */
  cut?: 'name' | 'prose';
}

export type TableCell = string | { text: string; style: Style };

export interface TableOptions {
  paint: Paint;
  /** Maximum width; null: unlimited (a file, a pipe). */
  columns: number | null;
}

/** A column by its title and its cell of a row; null: the table does without it. */
export type ShownColumn<Row> =
  | readonly [title: string, cell: (row: Row) => TableCell, kind?: 'figure' | 'name' | 'prose']
  | null;

export function toCells<Row>(
  rows: readonly Row[],
  shown: readonly ShownColumn<Row>[],
): [columns: TableColumn[], cells: TableCell[][]] {
  const columns = shown.filter((column) => column !== null);
  return [
    columns.map(([title, , kind]) => {
      if (kind === undefined) return { title };
      return kind === 'figure' ? { title, isFigure: true } : { title, cut: kind };
    }),
    rows.map((row) => columns.map(([, cell]) => cell(row))),
  ];
}

const gap = '  ';
const cutMin = 20;
const indent = '  ';
const separator = ' · ';
const segmenter = new Intl.Segmenter('en', { granularity: 'grapheme' });

// Letters that a terminal shows two columns wide: Hangul, CJK, full-width forms, emoji.
const wide =
  /^[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff01-\uff60\uffe0-\uffe6\u{20000}-\u{3fffd}\p{Emoji_Presentation}]/u;

/** The width of a text in terminal columns. An accented letter counts as one, composed or not. */
function textWidth(text: string): number {
  // Latin text without combining marks: one column for each character, by far the most and much faster.
  if (/^[\x20-\x7e\u00a1-\u024f]*$/.test(text)) return text.length;
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
 * Aligned columns, one line per row. A terminal that is too narrow for them does without columns that
 * are empty, then shortens what may be cut; if that is not enough, it gets stacked rows of
 * `label: value`. Texts may come from vendors, so they are made inert here.
 */
export function formatTable(
  columns: readonly TableColumn[],
  rows: readonly (readonly TableCell[])[],
  options: TableOptions,
): string {
  const { paint, columns: widthMax } = options;
  const texts = rows.map((row) => columns.map((_, index) => plainText(textOf(row[index] ?? ''))));
  const widths = columns.map(({ title }, index) =>
    Math.max(textWidth(title), ...texts.map((row) => textWidth(row[index] ?? ''))),
  );
  if (widthMax !== null && excessOf(widths, widthMax) > 0) {
    const isFilled = (_: unknown, index: number) => texts.some((row) => row[index] !== '');
    const filled = columns.filter(isFilled);
    if (rows.length > 0 && filled.length < columns.length) {
      const shown = rows.map((row) => columns.map((_, index) => row[index] ?? '').filter(isFilled));
      return formatTable(filled, shown, options);
    }
    if (!narrow(widths, columns, texts, widthMax)) {
      return stackRows(columns, rows, texts, { paint, columns: widthMax });
    }
  }
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

function excessOf(widths: readonly number[], widthMax: number): number {
  return widths.reduce((sum, width) => sum + width, gap.length * (widths.length - 1)) - widthMax;
}

/** Shortens what may be cut, the widest first; false: the columns do not fit even so. */
function narrow(
  widths: number[],
  columns: readonly TableColumn[],
  texts: readonly (readonly string[])[],
  widthMax: number,
): boolean {
  const least = columns.map(({ title, cut }, index) => {
    if (cut === undefined) return Number.POSITIVE_INFINITY;
    const floor = Math.max(cutMin, textWidth(title));
    return cut === 'prose' ? floor : Math.max(floor, distinctWidth(texts, index));
  });
  for (let excess = excessOf(widths, widthMax); excess > 0; excess -= 1) {
    let widest = -1;
    widths.forEach((width, index) => {
      if (width <= (least[index] ?? 0)) return;
      if (widest === -1 || width > (widths[widest] ?? 0)) widest = index;
    });
    if (widest === -1) return false;
    widths[widest] = (widths[widest] ?? 0) - 1;
  }
  return true;
}

/** The width at which all different texts of a column still look different, with their ellipsis. */
function distinctWidth(texts: readonly (readonly string[])[], index: number): number {
  const sorted = [...new Set(texts.map((row) => row[index] ?? ''))].sort();
  return Math.max(
    0,
    ...sorted.map((text, number) => {
      const next = sorted[number + 1] ?? '';
      let shared = 0;
      while (shared < text.length && text[shared] === next[shared]) shared += 1;
      return textWidth(text.slice(0, shared)) + 2;
    }),
  );
}

/** One block per row: the first value, then the others that are not empty, as many to a line as fit. */
function stackRows(
  columns: readonly TableColumn[],
  rows: readonly (readonly TableCell[])[],
  texts: readonly (readonly string[])[],
  { paint, columns: widthMax }: { paint: Paint; columns: number },
): string {
  const blocks = texts.map((row, number) => {
    const lines: string[] = [];
    let used = 0;
    columns.forEach(({ title }, index) => {
      const text = row[index] ?? '';
      if (text === '') return;
      const own = styleOf(rows[number]?.[index] ?? '');
      // A total in bold, and a row whose first column has no title, name themselves.
      const label = title === '' || (index === 0 && own === 'bold') ? '' : `${title}: `;
      const style = index === 0 ? 'bold' : own;
      const width = textWidth(`${label}${text}`);
      const pair = `${label}${style === null ? text : paint(style, text)}`;
      const isFirst = lines.length === (row[0] === '' ? 0 : 1);
      const isFitting = index > 0 && !isFirst && used + separator.length + width <= widthMax;
      if (isFitting) lines.push(`${lines.pop()}${separator}${pair}`);
      else lines.push(index === 0 ? pair : `${indent}${pair}`);
      used = isFitting ? used + separator.length + width : indent.length + width;
    });
    return lines.join('\n');
  });
  return [...blocks, ''].join('\n');
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
