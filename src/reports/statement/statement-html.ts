import { escapeHtml, htmlPage, htmlTable } from '../format/html.ts';
import { type StatementTable, statementToPage } from './statement-page.ts';
import type { Statement } from './statement-shape.ts';

/** One self-contained page for the client, to read or print. */
export function statementToHtml(statement: Statement): string {
  const page = statementToPage(statement);
  const { title, month, client, period, notice, nothing, sections, blocks } = page;
  return htmlPage(statement.locale, `${title}, ${client}, ${month}`, [
    '<header>',
    `<h1>${escapeHtml(`${title}, ${month}`)}</h1>`,
    `<p class="client">${escapeHtml(client)}</p>`,
    `<p>${escapeHtml(period)}</p>`,
    '</header>',
    ...(notice === null ? [] : [`<p class="notice">${escapeHtml(notice)}</p>`]),
    tableHtml(page.summary),
    ...(sections.length === 0 ? [`<p>${escapeHtml(nothing)}</p>`] : sections.map(tableHtml)),
    ...(blocks === null ? [] : [tableHtml(blocks)]),
  ]);
}

function tableHtml({ caption, columns, rows, foot }: StatementTable): string {
  return htmlTable(caption, columns, rows, foot);
}
