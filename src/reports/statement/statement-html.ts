import { readFileSync } from 'node:fs';
import { compileHtmlTemplate } from '../format/template.ts';
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
  return render({ ...toPageView(statement, extras), style });
}

function fileOf(name: string): URL {
  return new URL(`page/templates/${name}`, import.meta.url);
}
