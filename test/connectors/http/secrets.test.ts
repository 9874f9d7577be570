import { expect, test } from '@jest/globals';
import { z } from 'zod';
import { parseRows } from '../../../connectors/http/answers/rows.ts';
import { createTransport } from '../../../connectors/http/transport.ts';
import { Redactor } from '../../../src/domain/redaction.ts';
import { type SandboxRequest, startSandboxServer } from '../../sandbox/server.ts';
import { createTestContext } from '../../support/connector-context.ts';
import { Anything, aRequest, withTransport } from './transport-bench.ts';

const secret = 'pä ss+wo"rd/%?1';
const basic = Buffer.from(`acme+user:${secret}`).toString('base64');
const lower = (text: string) => text.replace(/%\w\w/g, (code) => code.toLowerCase());
const dotNet = (text: string) =>
  text.replace(/[^ -~]|["&'+<>`]/g, (unit) => {
    return `\\u${unit.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}`;
  });

test.each([
  ['as it is', secret],
  ['in base64', Buffer.from(secret).toString('base64')],
  ['in base64 with whatever comes before it', Buffer.from(`ab${secret}`).toString('base64')],
  ['in base64url', Buffer.from(secret).toString('base64url')],
  ['in hexadecimal', Buffer.from(secret).toString('hex')],
  ['URL-encoded', encodeURIComponent(secret)],
  ['URL-encoded in lower case', lower(encodeURIComponent(secret))],
  ['as a form has it', new URLSearchParams({ key: secret }).toString()],
  ['as a Basic header', `Authorization: Basic ${basic}`],
  ['as a Basic header that is URL-encoded', encodeURIComponent(`Basic ${basic}`)],
  ['as half a header, cut by the gateway', `Basic ${basic.slice(0, 26)}`],
  ['broken over two lines', `${basic.slice(0, 20)}\r\n ${basic.slice(20)}`],
  ['in JSON within the text', JSON.stringify({ key: secret })],
  ['as .NET escapes it', `"${dotNet(secret)}"`],
  ['as PHP escapes it', JSON.stringify({ key: secret }).replaceAll('/', '\\/')],
])('a key that an error quotes %s is shown to nobody', async (_, quoted) => {
  const body = (request: SandboxRequest) =>
    request.path === '/text' ? { text: `Said ${quoted}` } : { json: { message: `Bad: ${quoted}` } };
  await withTransport(
    (request) => ({ status: 400, headers: { 'content-type': 'text/plain' }, ...body(request) }),
    async ({ transport }) => {
      for (const path of ['/json', '/text']) {
        const error = await transport.send(aRequest({ path }), Anything).catch((reason) => reason);
        expect(error.message).toContain('[secret]');
        const rest = error.message.replaceAll('[secret]', '');
        for (const part of [secret, secret.slice(0, 9), basic.slice(0, 16), basic.slice(-16)]) {
          expect(rest).not.toContain(part);
        }
        expect(rest.length).toBeLessThan(90);
      }
    },
    { authorize: async () => ({ authorization: `Basic ${basic}` }) },
  );
});

test('a row that quotes the key is quarantined without it, and a number that looks like it stays', async () => {
  const redactor = new Redactor(['s3cret-api-key', '12345678']);
  const context = { ...createTestContext(), redactor };
  const sandbox = await startSandboxServer(() => ({
    status: 200,
    json: [{ id: 12345678, note: 'key 12345678', hours: 'X-Api-Key: s3cret-api-key' }],
  }));
  try {
    const transport = createTransport({
      context,
      baseUrl: sandbox.baseUrl,
      limits: [],
      authorize: async () => ({}),
    });
    const { data } = await transport.send(aRequest(), z.array(z.unknown()));
    const { rejected } = parseRows(data, z.object({ hours: z.literal('1') }), (row) => row);
    expect(rejected).toMatchObject([
      {
        sourceId: '12345678',
        row: { id: 12345678, note: 'key [secret]', hours: 'X-Api-Key: [secret]' },
      },
    ]);
  } finally {
    await sandbox.close();
  }
});

test('tokens that were obtained at run time are secrets from then on, and still arrive', async () => {
  const tokens = { access_token: 'access-0123456789', refresh_token: 'refresh-0123456789' };
  await withTransport(
    ({ path }) =>
      path === '/token'
        ? { status: 200, json: tokens }
        : { status: 400, json: { error: `Session of ${tokens.refresh_token} is over` } },
    async ({ transport }) => {
      const asked = aRequest({ path: '/token', answersTokens: true });
      // Renewed twice: the vendor may give the same token again.
      await transport.send(asked, Anything);
      expect((await transport.send(asked, Anything)).data).toEqual(tokens);
      await expect(transport.send(aRequest(), Anything)).rejects.toThrow(
        'Session of [secret] is over',
      );
    },
  );
});
