import { readFileSync } from 'node:fs';
import { compileHtmlTemplate, cssString } from '../format/template.ts';
import { type PageExtras, type PageView, toPageView } from './page/page-view.ts';
import type { Statement } from './statement-shape.ts';

let render: ((values: PageView & { style: string }) => string) | undefined;

/** One self-contained page for the client, to read or print. */
export function statementToHtml(
  statement: Statement,
  extras: PageExtras = { sender: null, outlook: null },
): string {
  render ??= compileHtmlTemplate(fileOf('statement.eta'));
  const style = readFileSync(fileOf('statement.css'), 'utf8');
  const view = toPageView(statement, extras);
  return render({ ...view, style: style + footStyle(view) });
}

/** The foot of each page on paper. */
function footStyle({ title, client, words }: PageView): string {
  const [before, between] = words.pageNumber.map(cssString);
  return `@page {
  @bottom-left { content: ${cssString(`${client} · ${title}`)} }
  @bottom-right { content: ${before} counter(page) ${between} counter(pages) }
}`;
}

function fileOf(name: string): URL {
  return new URL(`page/templates/${name}`, import.meta.url);
}
