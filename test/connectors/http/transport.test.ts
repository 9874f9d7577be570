import { describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import { createTransport } from '../../../connectors/http/transport.ts';
import { KindError } from '../../../src/domain/errors.ts';
import { createTestContext } from '../../support/connector-context.ts';
import { Anything, aRequest, withTransport } from './transport-bench.ts';

describe('what is sent', () => {
  test('carries query, own headers and proof of identity, and is counted', () =>
    withTransport(
      () => ({ status: 200, json: [] }),
      async ({ sandbox, transport, context }) => {
        await transport.send(
          aRequest({
            query: { conditions: 'a = "b+c" and d', page: 2, isClosed: true, none: undefined },
            headers: { Accept: 'application/vnd.plain+json' },
          }),
          Anything,
        );
        const request = sandbox.exchanges[0]?.request;
        expect(request?.query.get('conditions')).toBe('a = "b+c" and d');
        expect([...(request?.query.keys() ?? [])]).toEqual(['conditions', 'page', 'isClosed']);
        expect(request?.headers).toMatchObject({
          authorization: 'Bearer right',
          accept: 'application/vnd.plain+json',
        });
        expect(context.requestCount).toBe(1);
      },
    ));

  test('is JSON, a form, or JSON parts of a multipart body', () =>
    withTransport(
      () => ({ status: 204 }),
      async ({ sandbox, transport }) => {
        const post = { method: 'POST' } as const;
        await transport.send(aRequest({ ...post, body: { note: 'é "x"' } }), Anything);
        await transport.send(aRequest({ ...post, form: { grant: 'a b&c' } }), Anything);
        await transport.send(
          aRequest({ ...post, multipart: { comment: { public: true } } }),
          Anything,
        );
        const [json, form, parts] = sandbox.exchanges.map(({ request }) => request);
        expect(json?.json()).toEqual({ note: 'é "x"' });
        expect(json?.headers['content-type']).toBe('application/json');
        expect(form?.body).toBe('grant=a+b%26c');
        const boundary = /boundary=(.+)$/.exec(parts?.headers['content-type'] ?? '')?.[1];
        expect(parts?.body).toBe(
          `--${boundary}\r\nContent-Disposition: form-data; name="comment"\r\n` +
            `Content-Type: application/json\r\n\r\n{"public":true}\r\n--${boundary}--\r\n`,
        );
      },
    ));

  test('goes to the base URL alone, so that credentials do not travel', () =>
    withTransport(
      () => ({ status: 200, json: [] }),
      async ({ sandbox, transport, context }) => {
        await transport.send(aRequest({ path: `${sandbox.baseUrl}/next?page=2` }), Anything);
        expect(sandbox.exchanges[0]?.request.query.get('page')).toBe('2');
        for (const path of ['https://elsewhere.example/things', 'things', '@elsewhere.example']) {
          await expect(transport.send(aRequest({ path }), Anything)).rejects.toMatchObject({
            kind: 'contract',
          });
        }
        expect(context.requestCount).toBe(1);
      },
    ));

  test.each(['http://psa.example', 'ftp://127.0.0.1', 'https://user:pw@psa.example', 'psa'])(
    'is not sent at all to a base URL like %s',
    (baseUrl) =>
      withTransport(
        () => ({ status: 200 }),
        async ({ transport, context }) => {
          const error = await transport
            .send(aRequest(), Anything)
            .catch((reason: unknown) => reason);
          expect(error).toMatchObject({ kind: 'config', fix: expect.any(String) });
          expect(String(error)).not.toContain('pw');
          expect(context.requestCount).toBe(0);
        },
        { baseUrl },
      ),
  );
});

describe('what comes back', () => {
  test('keeps decimals and huge numbers as their source text', () =>
    withTransport(
      () => ({
        status: 200,
        text: '{"hours":1.25,"id":1152921504606846976,"count":3,"small":1e-2,"list":[0.1]}',
        headers: { 'content-type': 'application/json' },
      }),
      async ({ transport }) => {
        const answer = await transport.send(aRequest(), Anything);
        expect(answer.data).toEqual({
          hours: '1.25',
          id: '1152921504606846976',
          count: 3,
          small: '1e-2',
          list: ['0.1'],
        });
      },
    ));

  test('gives an empty body to the schema as undefined, and headers by lower-case names', () =>
    withTransport(
      () => ({ status: 204, headers: { 'X-Total': '7' } }),
      async ({ transport }) => {
        const answer = await transport.send(aRequest(), z.undefined());
        expect(answer).toMatchObject({ status: 204, headers: { 'x-total': '7' } });
      },
    ));

  test('is requested again where a read was answered with nothing', () => {
    let asked = 0;
    return withTransport(
      () => {
        asked += 1;
        return asked === 1 ? { status: 200 } : { status: 200, json: { item: null } };
      },
      async ({ transport }) => {
        const answer = await transport.send(aRequest(), z.object({ item: z.null() }));
        expect(answer.data).toEqual({ item: null });
        expect(asked).toBe(2);
      },
    );
  });

  test('of a write with an empty body is an unknown outcome, which is looked up', () =>
    withTransport(
      () => ({ status: 200 }),
      async ({ transport }) => {
        const written = transport.send(
          aRequest({ method: 'POST', body: {} }),
          z.object({ itemId: z.int() }),
        );
        await expect(written).rejects.toMatchObject({ kind: 'unknown-outcome' });
      },
    ));

  test('holds no zero characters and no half characters in its texts', () =>
    withTransport(
      () => ({
        status: 200,
        headers: { 'content-type': 'application/json' },
        text: '{"note":"VPN\\u0000 fix \\ud83d","list":["\\u0000"]}',
      }),
      async ({ transport }) => {
        const answer = await transport.send(aRequest(), z.unknown());
        expect(answer.data).toEqual({ note: 'VPN fix \ufffd', list: [''] });
      },
    ));

  test('is refused by its schema with method, path and field, and without the query', () =>
    withTransport(
      () => ({ status: 200, json: { company: { id: 'x' } } }),
      async ({ transport }) => {
        const failure = transport.send(
          aRequest({ query: { token: 'hush' } }),
          z.object({ company: z.object({ id: z.int() }) }),
        );
        await expect(failure).rejects.toMatchObject({ kind: 'contract' });
        await expect(failure).rejects.toThrow(/GET \/things .*company\.id/);
        await expect(failure).rejects.not.toThrow(/hush/);
      },
    ));

  test('leaves a write of unexpected shape open, for it was carried out', () =>
    withTransport(
      () => ({ status: 201, json: { made: true } }),
      async ({ transport }) => {
        const write = aRequest({ method: 'POST', body: {} });
        await expect(transport.send(write, z.object({ id: z.int() }))).rejects.toMatchObject({
          kind: 'unknown-outcome',
        });
      },
    ));

  test('may be a redirect within the origin, which only a read follows', () =>
    withTransport(
      ({ path }) =>
        path === '/things'
          ? { status: 301, headers: { location: '/moved' } }
          : { status: 200, json: ['here'] },
      async ({ transport, context }) => {
        expect((await transport.send(aRequest(), Anything)).data).toEqual(['here']);
        expect(context.requestCount).toBe(2);
        await expect(
          transport.send(aRequest({ method: 'POST', body: {} }), Anything),
        ).rejects.toMatchObject({ kind: 'unknown-outcome' });
        expect(context.requestCount).toBe(3);
      },
    ));

  test('may be a redirect that never ends, which is given up', () =>
    withTransport(
      () => ({ status: 302, headers: { location: '/things' } }),
      async ({ transport, context }) => {
        await expect(transport.send(aRequest(), Anything)).rejects.toMatchObject({
          kind: 'config',
        });
        expect(context.requestCount).toBe(4);
      },
    ));
});

describe('a clock', () => {
  const minuteMs = 60_000;
  const send = (method: 'GET' | 'POST', aheadMs: number) =>
    withTransport(
      () => ({ status: 200, json: [] }),
      async ({ transport }) => void (await transport.send(aRequest({ method }), Anything)),
      { context: createTestContext({ now: () => Date.now() + aheadMs }) },
    );

  test('that is ahead of the vendor’s reads nothing, for a watermark would pass what it never saw', () =>
    expect(send('GET', 11 * minuteMs)).rejects.toMatchObject({
      kind: 'config',
      message: expect.stringMatching(/clock is 11 minutes ahead of that of "test"/),
    }));

  test.each([
    ['GET', 9],
    ['GET', -60],
    ['POST', 60],
  ] as const)('does no harm to a %s when it is %s minutes ahead', (method, minutes) =>
    send(method, minutes * minuteMs),
  );
});

describe('a refused token', () => {
  test('is renewed once and the request sent again', async () => {
    let token = 'old';
    const renewed: string[] = [];
    await withTransport(
      ({ headers }) =>
        headers.authorization === 'new' ? { status: 200, json: 'yes' } : { status: 401 },
      async ({ transport }) => {
        expect((await transport.send(aRequest(), Anything)).data).toBe('yes');
        expect(renewed).toEqual(['new']);
      },
      {
        authorize: async () => ({ authorization: token }),
        reauthorize: async () => {
          token = 'new';
          renewed.push(token);
        },
      },
    );
  });

  test('is an auth error when the new one is refused as well', () =>
    withTransport(
      () => ({ status: 401 }),
      async ({ transport, context }) => {
        await expect(transport.send(aRequest(), Anything)).rejects.toMatchObject({ kind: 'auth' });
        expect(context.requestCount).toBe(2);
      },
      { reauthorize: async () => {} },
    ));

  test('that could not be fetched fails as that did, without more tries around it', async () => {
    let fetches = 0;
    await withTransport(
      () => ({ status: 200, json: [] }),
      async ({ transport, context }) => {
        await expect(transport.send(aRequest(), Anything)).rejects.toThrow('No token today.');
        expect([fetches, context.requestCount]).toEqual([1, 0]);
      },
      {
        authorize: async () => {
          fetches += 1;
          throw new KindError('transient', 'No token today.');
        },
      },
    );
  });
});

describe("the vendor's own reading", () => {
  test('comes before the common table, also of a 200', () =>
    withTransport(
      () => ({ status: 200, json: { Success: false } }),
      async ({ transport, context }) => {
        await expect(transport.send(aRequest(), Anything)).rejects.toMatchObject({
          kind: 'rejected',
        });
        expect(context.requestCount).toBe(1);
      },
      {
        classify: ({ text }) =>
          text.includes('false') ? new KindError('rejected', 'Success is false.') : null,
      },
    ));

  test('sends once more after a correction, to the new address', async () => {
    const addresses = ['/old', '/new'];
    let corrected = 0;
    await withTransport(
      ({ path }) => (path === '/new/things' ? { status: 200, json: 'here' } : { status: 404 }),
      async ({ sandbox, context }) => {
        const moving = createTransport({
          context,
          baseUrl: async () => `${sandbox.baseUrl}${addresses[corrected] ?? '/gone'}`,
          limits: [],
          authorize: async () => ({}),
          classify: ({ status }) => {
            if (status !== 404) return null;
            corrected += 1;
            return 'again';
          },
        });
        expect((await moving.send(aRequest(), Anything)).data).toBe('here');
        addresses.splice(1);
        await expect(moving.send(aRequest(), Anything)).rejects.toMatchObject({ status: 404 });
        expect(context.requestCount).toBe(4);
      },
    );
  });
});
