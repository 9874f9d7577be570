import { describe, expect, test } from '@jest/globals';
import { pagesByCursor, pagesByNumber } from '../../../connectors/http/paging.ts';
import type { Answer } from '../../../connectors/http/types.ts';

function answer<T>(data: T): Answer<T> {
  return { data, status: 200, headers: {} };
}

async function dataOf<T>(pages: AsyncIterable<Answer<T>>): Promise<T[]> {
  const found: T[] = [];
  for await (const page of pages) found.push(page.data);
  return found;
}

describe('pages by number', () => {
  test('are counted up from the first to the last', async () => {
    const asked: number[] = [];
    const pages = pagesByNumber({
      send: async (page) => {
        asked.push(page);
        return answer([page]);
      },
      isLast: (_answer, page) => page === 3,
    });
    expect(await dataOf(pages)).toEqual([[1], [2], [3]]);
    expect(asked).toEqual([1, 2, 3]);
  });

  test('are refused when the server ignores the number, before the repeated page is used', async () => {
    const seen: unknown[] = [];
    const read = async (): Promise<void> => {
      const send = async () => answer([1, 2]);
      for await (const page of pagesByNumber({ send, isLast: () => false })) seen.push(page.data);
    };
    await expect(read()).rejects.toThrow(/page 2 repeats page 1/);
    expect(seen).toHaveLength(1);
  });

  test('end at the cap with an error, never with a silent half', async () => {
    const send = async (page: number) => answer(page);
    const pages = pagesByNumber({ send, isLast: () => false, pageCap: 3 });
    await expect(dataOf(pages)).rejects.toThrow(/more than 3 pages/);
  });
});

describe('pages by cursor', () => {
  const steps: Record<string, string | null> = { start: 'a', a: 'b', b: null };
  const send = async (cursor: string | null) => answer(cursor ?? 'start');
  const next = ({ data }: Answer<string>) => steps[data] ?? null;

  test('are read from the start, or from where a pass was interrupted', async () => {
    expect(await dataOf(pagesByCursor({ send, next }))).toEqual(['start', 'a', 'b']);
    expect(await dataOf(pagesByCursor({ send, next, start: 'a' }))).toEqual(['a', 'b']);
  });

  test.each([null, 'a'])('are refused when a cursor comes again (from %s)', async (start) => {
    const pages = pagesByCursor({ send, start, next: () => 'a' });
    await expect(dataOf(pages)).rejects.toMatchObject({ kind: 'contract' });
  });
});
