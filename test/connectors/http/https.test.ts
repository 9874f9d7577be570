import { describe, expect, test } from '@jest/globals';
import { createTransport } from '../../../connectors/http/transport.ts';
import { createTestContext } from '../../support/connector-context.ts';
import { mockOrigin, takeHttpMockFaults, useHttpMock } from '../../support/http-mock.ts';
import { Anything, aRequest } from './transport-bench.ts';

useHttpMock();

const psa = 'https://psa.example';
const nowMs = Date.parse('2026-03-02T09:00:00Z');

function transportTo(baseUrl: string, attempts = 1) {
  const context = createTestContext({ now: () => nowMs });
  const authorize = async () => ({ authorization: 'Basic hush' });
  return createTransport({ context, baseUrl, limits: [], authorize, attempts, backoffMs: 1 });
}

describe('a vendor on the internet', () => {
  test('is reached by https, below the path of its base URL', async () => {
    mockOrigin(psa)
      .get('/rest/3.0/things')
      .matchHeader('authorization', 'Basic hush')
      .reply(200, '[1.5]', { 'content-type': 'application/json' });
    const answer = await transportTo(`${psa}/rest/3.0/`).send(aRequest(), Anything);
    expect(answer.data).toEqual(['1.5']);
  });

  test.each([
    ['a date', 'Mon, 02 Mar 2026 09:00:30 GMT', 30],
    ['a date gone by', 'Mon, 02 Mar 2026 08:00:00 GMT', 0],
    ['seconds', '7', 7],
    ['far too long', '86400', 86_400],
    ['nonsense', 'soon', undefined],
  ])('may ask to wait, with Retry-After as %s', async (_name, header, retryAfterSeconds) => {
    mockOrigin(psa).get('/things').reply(429, '', { 'retry-after': header });
    const error = await transportTo(psa)
      .send(aRequest(), Anything)
      .catch((reason: unknown) => reason);
    expect(error).toMatchObject({ kind: 'rate-limited', retryAfterSeconds });
  });

  test('is not followed to another origin, where the credentials would travel', async () => {
    mockOrigin(psa).get('/things').reply(302, '', { location: 'https://elsewhere.example/things' });
    const failure = transportTo(psa).send(aRequest(), Anything);
    await expect(failure).rejects.toMatchObject({ kind: 'config' });
    await expect(failure).rejects.toThrow(/redirected \(302\) to https:\/\/elsewhere\.example/);
  });

  test('is asked at no address of another origin', async () => {
    const failure = transportTo(psa).send(
      aRequest({ path: 'https://elsewhere.example/a' }),
      Anything,
    );
    await expect(failure).rejects.toMatchObject({ kind: 'contract' });
    await expect(failure).rejects.toThrow(/is at https:\/\/elsewhere\.example/);
  });

  test.each(['CERT_HAS_EXPIRED', 'DEPTH_ZERO_SELF_SIGNED_CERT'])(
    'with a certificate that does not hold (%s) is a matter of set-up',
    async (code) => {
      mockOrigin(psa)
        .get('/things')
        .replyWithError(Object.assign(new Error('tls'), { code }));
      const failure = transportTo(psa, 3).send(aRequest(), Anything);
      await expect(failure).rejects.toMatchObject({ kind: 'config', fix: expect.any(String) });
    },
  );
});

describe('the mock', () => {
  test('says which request had no mock, and how to write one', async () => {
    await expect(transportTo(psa).send(aRequest(), Anything)).rejects.toThrow();
    expect(takeHttpMockFaults()).toEqual([
      expect.stringMatching(
        /^GET https:\/\/psa\.example\/things left .*mockOrigin\('https:\/\/psa\.example'\)\.get\('\/things'\)/s,
      ),
    ]);
  });

  test('says which mock nobody requested', () => {
    mockOrigin(psa).get('/forgotten').reply(200);
    expect(takeHttpMockFaults()).toEqual([expect.stringMatching(/\/forgotten is mocked and was/)]);
  });
});
