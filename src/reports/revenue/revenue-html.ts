import { readFileSync } from 'node:fs';
import type { Sender } from '../../config/loaded.ts';
import type { Locale } from '../../domain/format.ts';
import { compileHtmlTemplate, cssString } from '../format/template.ts';
import type { RevenuePage } from './revenue-page.ts';

interface View {
  page: RevenuePage;
  sender: Sender | null;
  locale: Locale;
  /** Null: all months are over. */
  notice: string | null;
}

let render: ((values: View & { style: string }) => string) | undefined;

/** One self-contained page for the owner and the accountant, to read or print. */
export function revenueToHtml(view: View): string {
  render ??= compileHtmlTemplate(fileOf('templates/revenue.eta'));
  const style = ['../statement/page/templates/statement.css', 'templates/revenue.css']
    .map((name) => readFileSync(fileOf(name), 'utf8'))
    .join('');
  return render({ ...view, style: style + footStyle(view.page) });
}

/** The foot of each page on paper. */
function footStyle({ words, period }: RevenuePage): string {
  const [before, between] = words.pageNumber.map(cssString);
  return `@page {
  @bottom-left { content: ${cssString(`${words.title} · ${period}`)} }
  @bottom-right { content: ${before} counter(page) ${between} counter(pages) }
}`;
}

function fileOf(name: string): URL {
  return new URL(name, import.meta.url);
}
