import { plainText } from '../../reports/format/plain-text.ts';
import type { Cell, Column } from '../../reports/format/table-cells.ts';
import { type StatementTable, statementToPage } from '../../reports/statement/statement-page.ts';
import type { Statement } from '../../reports/statement/statement-shape.ts';
import { formatTable, type TableColumn, type TableOptions } from '../output/table.ts';

/** The statement as text: what its page shows, table by table. */
export function statementToText(statement: Statement, options: TableOptions): string {
  const { paint } = options;
  const page = statementToPage(statement);
  const { sections, blocks, notice, proactive } = page;
  const parts = [page.summary, ...sections].map((table) => tableText(table, options));
  if (sections.length === 0) parts.push(`${page.nothing}\n`);
  if (proactive !== null) parts.push(`${paint('dim', proactive)}\n`);
  if (blocks !== null) parts.push(tableText(blocks, options));
  const head = [
    paint('bold', `${page.title}, ${page.month}`),
    plainText(page.client),
    page.period,
    ...(notice === null ? [] : [paint('yellow', notice)]),
  ];
  return [`${head.join('\n')}\n`, ...parts].join('\n');
}

function tableText(
  { caption, columns, rows, foot }: StatementTable,
  options: TableOptions,
): string {
  const { paint } = options;
  const shown = columns.map(({ title, isFigure = false, isProse }): TableColumn => {
    return { title, isFigure, ...(isProse === true ? { cut: 'prose' } : {}) };
  });
  const cells = [...rows, ...(foot === null ? [] : [foot])].map((row) =>
    columns.map((column, index) => {
      const text = cellText(row[index] ?? [], column);
      return row === foot && text !== '' ? { text, style: 'bold' as const } : text;
    }),
  );
  return `${paint('bold', caption)}\n${formatTable(shown, cells, options)}`;
}

/** What a page sets small, below the first line, is an aside here. */
function cellText(cell: Cell, { isFigure = false, isUnbroken = false }: Column): string {
  const [first = '', ...rest] = cell.filter((line) => line !== '');
  if (rest.length === 0) return first;
  return isFigure || isUnbroken ? [first, ...rest].join(', ') : `${first} (${rest.join(', ')})`;
}
