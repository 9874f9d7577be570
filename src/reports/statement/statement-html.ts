import { definePage } from '../page/frame.ts';
import { type PageExtras, type PageView, toPageView } from './page/page-view.ts';
import type { Statement } from './statement-shape.ts';

const toPage = definePage<PageView>(import.meta.url, 'page/templates/statement');

/** One self-contained page for the client, to read or print. */
export function statementToHtml(
  statement: Statement,
  extras: PageExtras = { sender: null, outlook: null },
): string {
  const view = toPageView(statement, extras);
  const { title, client, period, sender, current } = view;
  return toPage(view, {
    locale: statement.locale,
    ...{ title, client, sender, subtitle: current?.updated ?? period },
    isPublished: current !== null,
    foot: `${client} · ${title}`,
  });
}
