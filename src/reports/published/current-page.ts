import type { Sender } from '../../config/loaded.ts';
import type { Instant } from '../../domain/time.ts';
import type { Outlook } from '../statement/outlook.ts';
import { statementToHtml } from '../statement/statement-html.ts';
import type { Statement } from '../statement/statement-shape.ts';

/** It is opened on phones, over and over. */
const bytesMax = 40_000;

/** Rows of each table, fewer until the page is small enough; the rest of a table is summed up. */
const rowChoices = [40, 25, 15, 8, 4, 0];

/** The page that answers "how many hours have we left?": the running month, the latest work first. */
export function currentPageToHtml(
  statement: Statement,
  { sender, outlook, at }: { sender: Sender | null; outlook: Outlook | null; at: Instant },
): string {
  // On a phone the answer should be seen at once; nobody looks here for a postal address.
  const extras = { sender: sender && { ...sender, address: [] }, outlook };
  let html = '';
  for (const rowsMax of rowChoices) {
    html = statementToHtml(statement, { ...extras, current: { at, rowsMax } });
    if (Buffer.byteLength(html) <= bytesMax) break;
  }
  return html;
}
