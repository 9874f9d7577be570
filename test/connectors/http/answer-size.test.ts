import { expect, test } from '@jest/globals';
import { Anything, aRequest, withTransport } from './transport-bench.ts';

test.each([
  ['tiny objects', '{}', 'GET', 'contract'],
  ['tiny lists', '[]', 'POST', 'unknown-outcome'],
  ['numbers', '1,1,1,1,1,1,1,1,1', 'GET', 'contract'],
] as const)(
  'an answer of millions of %s is refused before it takes all memory',
  (_, value, method, kind) =>
    withTransport(
      () => ({
        status: 200,
        headers: { 'content-type': 'application/json' },
        text: `[${Array(600_000).fill(value).join(',')}]`,
      }),
      async ({ transport }) => {
        const error = transport.send(aRequest({ method }), Anything);
        await expect(error).rejects.toMatchObject({ kind });
        await expect(error).rejects.toThrow(/of "test" answered .*more values than can be read/);
      },
    ),
);

test(
  'an answer of more than 64 MB is refused, and one just below is read',
  () =>
    withTransport(
      ({ path }) => ({
        status: 200,
        headers: { 'content-type': 'application/json' },
        text: JSON.stringify('x'.repeat(64 * 1024 * 1024 - (path === '/below' ? 2 : 1))),
      }),
      async ({ transport }) => {
        const answer = await transport.send(aRequest({ path: '/below' }), Anything);
        expect(String(answer.data)).toHaveLength(64 * 1024 * 1024 - 2);
        await expect(transport.send(aRequest(), Anything)).rejects.toMatchObject({
          kind: 'contract',
          message: expect.stringMatching(
            /^GET \/things of "test" answered from 127\.0\.0\.1:\d+ with more than 64 MB\.$/,
          ),
          fix: expect.stringContaining('check baseUrl'),
        });
      },
    ),
  60_000,
);
