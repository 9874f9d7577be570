import { plainText } from './plain-text.ts';

const entities: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Escapes text for an element or a quoted attribute. */
export function escapeHtml(text: string): string {
  return plainText(text).replace(/[&<>"']/g, (mark) => entities[mark] ?? mark);
}

export interface Column {
  title: string;
  /** Figures are right-aligned, in tabular digits, and never wrapped. */
  isFigure?: boolean;
  /** Names that must not wrap. */
  isUnbroken?: boolean;
  /** Descriptions, which a narrow terminal may shorten. */
  isProse?: boolean;
}

/** A cell's lines; all but the first are small. */
export type Cell = readonly string[];

/** A table with a caption and headers for screen readers; the first column is the row header. */
export function htmlTable(
  caption: string,
  columns: readonly Column[],
  rows: readonly (readonly Cell[])[],
  foot: readonly Cell[] | null,
): string {
  const headers = columns.map((column) =>
    column.title === ''
      ? '<td></td>'
      : `<th scope="col"${classOf(column)}>${escapeHtml(column.title)}</th>`,
  );
  const body = rows.map((row) => htmlRow(columns, row));
  return [
    '<table>',
    `<caption>${escapeHtml(caption)}</caption>`,
    `<thead><tr>${headers.join('')}</tr></thead>`,
    '<tbody>',
    ...body,
    '</tbody>',
    ...(foot === null ? [] : [`<tfoot>${htmlRow(columns, foot)}</tfoot>`]),
    '</table>',
  ].join('\n');
}

function htmlRow(columns: readonly Column[], row: readonly Cell[]): string {
  const cells = columns.map((column, index) => {
    const tag = index === 0 ? 'th scope="row"' : 'td';
    const content = cellHtml(row[index] ?? [], column.isFigure ?? false);
    return `<${tag}${classOf(column)}>${content}</${tag.slice(0, 2)}>`;
  });
  return `<tr>${cells.join('')}</tr>`;
}

function cellHtml(lines: Cell, isFigure: boolean): string {
  const shown = lines
    .filter((line) => line !== '')
    .map((line) => escapeHtml(isFigure ? line.replaceAll('-', '−') : line));
  return shown.map((line, index) => (index === 0 ? line : `<small>${line}</small>`)).join('<br>');
}

function classOf({ isFigure, isUnbroken }: Column): string {
  if (isFigure) return ' class="figure"';
  return isUnbroken ? ' class="unbroken"' : '';
}

/** A self-contained page without scripts. */
export function htmlPage(language: string, title: string, body: readonly string[]): string {
  return [
    '<!doctype html>',
    `<html lang="${escapeHtml(language)}">`,
    '<head>',
    '<meta charset="utf-8">',
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    `<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">`,
    `<title>${escapeHtml(title)}</title>`,
    `<style>${style}</style>`,
    '</head>',
    '<body>',
    '<main>',
    ...body,
    '</main>',
    '</body>',
    '</html>',
    '',
  ].join('\n');
}

const style = `
:root { color-scheme: light; }
body { margin: 0; background: #fff; color: #1c2024; font: 16px/1.5 system-ui, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif; }
main { max-width: 62rem; margin: 0 auto; padding: 2.5rem 1.5rem 4rem; }
h1 { margin: 0; font-size: 1.75rem; line-height: 1.2; font-weight: 650; text-wrap: balance; }
header p { margin: .35rem 0 0; color: #565d66; }
header .client { font-size: 1.15rem; color: #1c2024; }
.notice { margin: 1.5rem 0 0; padding: .6rem .9rem; border-left: 4px solid #b4690e; background: #fdf6ec; }
table { width: 100%; margin: 2.25rem 0 0; border-collapse: collapse; }
caption { padding: 0 0 .5rem; text-align: left; font-size: 1.15rem; font-weight: 650; }
th, td { padding: .45rem .75rem .45rem 0; text-align: left; vertical-align: top; border-bottom: 1px solid #e3e6ea; overflow-wrap: anywhere; }
th:last-child, td:last-child { padding-right: 0; }
thead th { border-bottom: 2px solid #1c2024; font-size: .85rem; overflow-wrap: normal; }
tbody th { font-weight: 400; white-space: nowrap; }
tfoot th, tfoot td { border-bottom: 0; border-top: 2px solid #1c2024; font-weight: 650; }
small { font-size: .85rem; color: #565d66; }
.unbroken { white-space: nowrap; }
.figure { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
@media print {
  body { font-size: 10pt; }
  main { max-width: none; padding: 0; }
  thead { display: table-header-group; }
  tr { break-inside: avoid; }
  caption { break-after: avoid; }
  @page { margin: 18mm 15mm; }
}
`;
