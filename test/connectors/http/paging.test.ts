import { describe, expect, test } from '@jest/globals';
import { pagesByCursor, pagesByLink, pagesByNumber } from '../../../connectors/http/paging.ts';
import type { Answer, HttpRequest } from '../../../connectors/http/types.ts';
import { aRequest } from './transport-bench.ts';

const origin = 'https://psa.example';

function answer<T>(data: T, link?: string): Answer<T> {
  return { data, status: 200, headers: link === undefined ? {} : { link } };
}

async function dataOf<T>(pages: AsyncIterable<Answer<T>>): Promise<T[]> {
  const found: T[] = [];
  for await (const page of pages) found.push(page.data);
  return found;
}

describe('pages by link', () => {
  function follow(links: Record<string, string | undefined>, sent: HttpRequest[] = []) {
    return pagesByLink({
      first: aRequest({ query: { page: 1 }, headers: { accept: 'x' } }),
      origin,
      next: 'link-header',
      send: async (request) => {
        sent.push(request);
        return answer(request.path, links[request.path]);
      },
    });
  }

  test('are read to the last, each link with its own query and the same headers', async () => {
    const sent: HttpRequest[] = [];
    const links = {
      '/things': `<${origin}/things?page=1>; rel="first", <${origin}/things?page=2&a=b,c>; rel="next"`,
      [`${origin}/things?page=2&a=b,c`]: '</things?page=3>; rel=next; title="x"',
      [`${origin}/things?page=3`]: `<${origin}/things?page=1>; rel="first"`,
    };
    expect(await dataOf(follow(links, sent))).toEqual(Object.keys(links));
    expect(sent[1]).toMatchObject({ headers: { accept: 'x' } });
    expect(sent[1]?.query).toBeUndefined();
  });

  test('are refused when the link leads to another origin', async () => {
    const pages = follow({ '/things': '<https://elsewhere.example/things?page=2>; rel="next"' });
    await expect(dataOf(pages)).rejects.toThrow(/leads to https:\/\/elsewhere\.example/);
  });

  test('are refused when they turn in a circle', async () => {
    const link = `<${origin}/things?page=2>; rel="next"`;
    const pages = follow({ '/things': link, [`${origin}/things?page=2`]: link });
    await expect(dataOf(pages)).rejects.toMatchObject({
      kind: 'contract',
      message: expect.stringContaining('page loop'),
    });
  });

  test('may find their link in the answer', async () => {
    const pages = pagesByLink({
      first: aRequest(),
      origin,
      next: ({ data }) => (data === '/things' ? '/more' : null),
      send: async ({ path }) => answer(path),
    });
    expect(await dataOf(pages)).toEqual(['/things', `${origin}/more`]);
  });
});

describe('pages by number', () => {
  test('are counted up from the first to the last', async () => {
    const asked: number[] = [];
    const pages = pagesByNumber({
      firstPage: 0,
      send: async (page) => {
        asked.push(page);
        return answer([page]);
      },
      isLast: (_answer, page) => page === 2,
    });
    expect(await dataOf(pages)).toEqual([[0], [1], [2]]);
    expect(asked).toEqual([0, 1, 2]);
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
