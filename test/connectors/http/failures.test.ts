import { type AddressInfo, createServer } from 'node:net';
import { describe, expect, test } from '@jest/globals';
import type { HttpRequest } from '../../../connectors/http/types.ts';
import type { ErrorKind } from '../../../src/domain/errors.ts';
import type { SandboxAnswer } from '../../sandbox/server.ts';
import { Anything, aRequest, withTransport } from './transport-bench.ts';

const read = {};
const search = { method: 'POST', isRead: true, body: {} } as const;
const write = { method: 'POST', body: {} } as const;
const html = { status: 200, text: '<html><body>Sign in</body></html>' };
const page404 = { status: 404, text: '<!DOCTYPE html><title>Not here</title>' };
const brokenJson = {
  status: 200,
  text: '{"rows": [',
  headers: { 'content-type': 'application/json' },
};

/** Every kind of answer, for a read, a search by POST and a write: what it means and how often it is sent. */
const table: [string, Partial<HttpRequest>, SandboxAnswer, ErrorKind, number][] = [
  ['401', read, { status: 401 }, 'auth', 1],
  ['403', read, { status: 403 }, 'permission', 1],
  ['404', read, { status: 404, json: {} }, 'rejected', 1],
  ['400', write, { status: 400, json: {} }, 'rejected', 1],
  ['429 to a read', read, { status: 429 }, 'rate-limited', 3],
  ['429 to a write', write, { status: 429 }, 'rate-limited', 3],
  ['408 to a read', read, { status: 408 }, 'rate-limited', 3],
  ['408 to a write', write, { status: 408 }, 'unknown-outcome', 1],
  ['500 to a read', read, { status: 500 }, 'transient', 3],
  ['503 to a search', search, { status: 503 }, 'transient', 3],
  ['502 to a write', write, { status: 502 }, 'unknown-outcome', 1],
  ['HTML to a read', read, html, 'transient', 3],
  ['HTML with 404 to a read', read, page404, 'config', 1],
  ['HTML with 404 to a write', write, page404, 'unknown-outcome', 1],
  ['HTML to a write', write, html, 'unknown-outcome', 1],
  ['broken JSON to a read', read, brokenJson, 'transient', 3],
  ['broken JSON to a write', write, brokenJson, 'unknown-outcome', 1],
];

describe('an answer that is none', () => {
  test.each(table)('%s', (_name, change, answer, kind, requests) =>
    withTransport(
      () => answer,
      async ({ transport, context }) => {
        await expect(transport.send(aRequest(change), Anything)).rejects.toMatchObject({ kind });
        expect(context.requestCount).toBe(requests);
      },
      { attempts: 3 },
    ),
  );

  test('keeps its status and the text that the vendor gave, on one line and bounded', () =>
    withTransport(
      ({ path }) =>
        path === '/long'
          ? { status: 400, json: { message: 'x'.repeat(1000) } }
          : {
              status: 409,
              json: { code: 'Dup', message: 'Taken\u0007.\r\n', errors: [{ message: 'id' }] },
            },
      async ({ transport }) => {
        await expect(transport.send(aRequest(), Anything)).rejects.toMatchObject({
          status: 409,
          message: 'GET /things was rejected with 409: Taken . ; id.',
        });
        const long = await transport
          .send(aRequest({ path: '/long' }), Anything)
          .catch((error: unknown) => String(error));
        expect(String(long).length).toBeLessThan(400);
      },
    ));
});

describe('an answer that never comes', () => {
  test.each([
    ['a read', read, 'transient', 2],
    ['a search', search, 'transient', 2],
    ['a write', write, 'unknown-outcome', 1],
  ] as const)('in time: %s', (_name, change, kind, requests) =>
    withTransport(
      () => ({ status: 200, json: [] }),
      async ({ sandbox, transport, context }) => {
        sandbox.faults.add('slow', { times: 5, delayMs: 2_000 });
        const failure = transport.send(aRequest(change), Anything);
        await expect(failure).rejects.toMatchObject({ kind });
        expect(context.requestCount).toBe(requests);
      },
      { attempts: 2, timeoutMs: 60 },
    ),
  );

  test.each([
    ['a read', read, 'transient', 2],
    ['a write', write, 'unknown-outcome', 1],
  ] as const)('because the connection broke: %s', (_name, change, kind, requests) =>
    withTransport(
      () => ({ status: 200, json: [] }),
      async ({ sandbox, transport, context }) => {
        sandbox.faults.add('lost-answer', { times: 5 });
        await expect(transport.send(aRequest(change), Anything)).rejects.toMatchObject({ kind });
        expect(context.requestCount).toBe(requests);
      },
      { attempts: 2 },
    ),
  );

  test.each([
    ['a read', read],
    ['a write, for it never left', write],
  ] as const)('because nobody listens, and may be tried again: %s', (_name, change) =>
    withTransport(
      () => ({ status: 200, json: [] }),
      async ({ sandbox, transport, context }) => {
        await sandbox.close();
        const failure = transport.send(aRequest(change), Anything);
        await expect(failure).rejects.toMatchObject({ kind: 'transient' });
        await expect(failure).rejects.toThrow(/ECONNREFUSED/);
        expect(context.requestCount).toBe(2);
      },
      { attempts: 2 },
    ),
  );

  test.each([
    ['its body', 'HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n\r\n[', ' '],
    ['its headers', 'HTTP/1.1 200 OK\r\n', 'x-more: 1\r\n'],
  ])('to its end, for it drips %s', async (_name, head, drip) => {
    const server = createServer((socket) => {
      socket.on('error', () => {}).write(head);
      const timer = setInterval(() => socket.write(drip), 10);
      socket.on('close', () => clearInterval(timer));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const startedAt = performance.now();
    await withTransport(
      () => ({ status: 200 }),
      async ({ transport }) => {
        const failure = transport.send(aRequest(), Anything);
        await expect(failure).rejects.toMatchObject({ kind: 'transient' });
      },
      { baseUrl: `http://127.0.0.1:${port}`, attempts: 2, timeoutMs: 200 },
    );
    expect(performance.now() - startedAt).toBeLessThan(2_000);
    await new Promise((resolve) => server.close(resolve));
  });

  test('shows no credentials in the error, its cause included', () =>
    withTransport(
      () => ({ status: 200, json: [] }),
      async ({ sandbox, transport }) => {
        sandbox.faults.add('lost-answer', { times: 5 });
        const error = await transport.send(aRequest(write), Anything).catch((reason) => reason);
        const { inspect } = await import('node:util');
        expect(inspect(error, { depth: 10, showHidden: true })).not.toContain('Bearer right');
      },
    ));
});
