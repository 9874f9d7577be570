import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { sendNotice } from '../../../connectors/http/send-notice.ts';
import { Redactor } from '../../../src/domain/redaction.ts';

const path = '/services/secret-of-the-webhook';
const silent = { debug: () => {}, info: () => {}, warn: () => {} };

let requests: { method: string | undefined; url: string | undefined; body: string }[];
let answer: { status: number; type: string; text: string };
let origin: string;
let close: () => void;

async function readBody(request: IncomingMessage): Promise<string> {
  let text = '';
  for await (const part of request) text += String(part);
  return text;
}

beforeEach(async () => {
  [requests, answer] = [[], { status: 200, type: 'text/plain', text: 'ok' }];
  const server = createServer(async (request, response) => {
    const { method, url } = request;
    requests.push({ method, url, body: await readBody(request) });
    response.writeHead(answer.status, { 'content-type': answer.type }).end(answer.text);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  close = () => {
    server.close();
    server.closeAllConnections();
  };
});
afterEach(() => close());

const send = (method: 'GET' | 'POST', body?: unknown) =>
  sendNotice(
    { method, url: `${origin}${path}?room=1`, ...(body === undefined ? {} : { body }) },
    {
      log: silent,
      redactor: new Redactor([path]),
      now: Date.now,
      signal: new AbortController().signal,
    },
  );

test.each([
  ['a word', { status: 200, type: 'text/plain', text: 'ok' }],
  ['a page', { status: 200, type: 'text/html', text: '<html>thanks</html>' }],
  ['nothing', { status: 204, type: 'text/plain', text: '' }],
])('it is accepted whatever is answered: %s', async (_, given) => {
  answer = given;
  await send('POST', { event: 'problem' });
  await send('GET');
  expect(requests).toEqual([
    { method: 'POST', url: `${path}?room=1`, body: '{"event":"problem"}' },
    { method: 'GET', url: `${path}?room=1`, body: '' },
  ]);
});

test.each([403, 404, 500, 302])(
  'an answer of %d is a failure, sent once and without the address',
  async (status) => {
    answer = { status, type: 'text/plain', text: `no ${path}` };
    const error = await send('GET').catch((caught: Error) => caught);
    expect(error).toMatchObject({ name: 'KindError' });
    expect(String((error as Error).message)).not.toContain('secret-of-the-webhook');
    expect(requests).toHaveLength(1);
  },
);
