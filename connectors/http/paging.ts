/**
 * The page loops, as async generators. Each detects loops and stops at a page cap, so a vendor's broken
 * paging ends in a `contract` error and never in a partial list or an endless run.
 */
import { createHash } from 'node:crypto';
import { KindError } from '../../src/domain/errors.ts';
import type { Answer } from './types.ts';

const defaultPageCap = 10_000;

interface PagesByNumber<T> {
  send: (page: number) => Promise<Answer<T>>;
  isLast: (answer: Answer<T>, page: number) => boolean;
  pageCap?: number;
}

/** Numbered pages. A server that ignores the number returns two equal pages in a row. */
export async function* pagesByNumber<T>(options: PagesByNumber<T>): AsyncGenerator<Answer<T>> {
  const guard = createGuard(options.pageCap);
  let before: string | null = null;
  for (let page = 1; ; page += 1) {
    guard.countPage();
    const answer = await options.send(page);
    const content = createHash('sha256')
      .update(JSON.stringify(answer.data) ?? '')
      .digest('hex');
    if (content === before) throw loopError(`page ${page} repeats page ${page - 1}`);
    before = content;
    yield answer;
    if (options.isLast(answer, page)) return;
  }
}

interface PagesByCursor<T> {
  send: (cursor: string | null) => Promise<Answer<T>>;
  /** The cursor of the next page; null at the end. */
  next: (answer: Answer<T>) => string | null;
  start?: string | null;
}

/** Sends the vendor's cursor back until there is none. */
export async function* pagesByCursor<T>(options: PagesByCursor<T>): AsyncGenerator<Answer<T>> {
  const guard = createGuard();
  let cursor = options.start ?? null;
  if (cursor !== null) guard.refuseRepeat(cursor);
  for (;;) {
    guard.countPage();
    const answer = await options.send(cursor);
    yield answer;
    cursor = options.next(answer);
    if (cursor === null) return;
    guard.refuseRepeat(cursor);
  }
}

function createGuard(pageCap = defaultPageCap) {
  const seen = new Set<string>();
  let pages = 0;
  return {
    countPage(): void {
      pages += 1;
      if (pages > pageCap) throw loopError(`more than ${pageCap} pages of the list`);
    },
    refuseRepeat(token: string): void {
      if (seen.has(token)) throw loopError(`the page after page ${pages} was read before`);
      seen.add(token);
    },
  };
}

function loopError(found: string): KindError {
  return new KindError('contract', `The vendor's paging is broken (page loop): ${found}.`, {
    fix: 'Run again; if it persists, the API may have changed its paging.',
  });
}
