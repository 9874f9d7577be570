/** Messages over a web socket: what a failure is, and that everything has a bound. */
import { expect, test } from '@jest/globals';
import { type Channel, openChannel } from '../../../connectors/http/web-socket.ts';
import {
  type SandboxHandler,
  type SandboxServer,
  startSandboxServer,
} from '../../sandbox/server.ts';
import type { SandboxTalk } from '../../sandbox/web-socket.ts';
import { createTestContext, type TestContext } from '../../support/connector-context.ts';

interface Bench {
  sandbox: SandboxServer;
  context: TestContext;
  open(signal?: AbortSignal): Promise<Channel>;
}

const shortMs = 300;

/** Says `hello`, answers whatever is asked with the same, and is silent to `hush`. */
const parrot: SandboxTalk = {
  greet: () => ({ messages: [{ action: 'hello' }], isRefusal: false }),
  reply: (message) => (message.action === 'hush' ? null : message),
};

async function withSocket(
  use: (bench: Bench) => Promise<void>,
  talk: SandboxTalk = parrot,
  timeoutMs = shortMs,
  handle: SandboxHandler = () => ({ status: 101 }),
): Promise<void> {
  const sandbox = await startSandboxServer(handle, { talk });
  const context = createTestContext();
  context.redactor.learn('verySecretWord');
  const { baseUrl } = sandbox;
  const headers = { 'x-meshauth': 'verySecretWord' };
  const open = (signal = AbortSignal.timeout(10_000)) =>
    openChannel({ context, baseUrl, path: '/talk', headers, timeoutMs, signal });
  try {
    await use({ sandbox, context, open });
  } finally {
    await sandbox.close();
  }
}

/** The first message of this action. */
function ask(channel: Channel, action: string, more: object = {}): Promise<unknown> {
  return channel.ask(action, { ...more, action }, (message) =>
    (message as { action: string }).action === action ? message : null,
  );
}

test('a message is answered by the first one that fits; others before it are dropped', () =>
  withSocket(async ({ context, open, sandbox }) => {
    const channel = await open();
    expect(await ask(channel, 'sing', { a: 1.5 })).toEqual({ action: 'sing', a: '1.5' });
    expect(await ask(channel, 'dance')).toEqual({ action: 'dance' });
    channel.close();
    expect(context.requestCount).toBe(3);
    expect(sandbox.exchanges[0]?.request.headers['x-meshauth']).toBe('verySecretWord');
  }));

test('an answer that does not come ends the channel with an error that may be tried again', () =>
  withSocket(async ({ open }) => {
    const channel = await open();
    const startedAt = performance.now();
    const late = await ask(channel, 'hush').catch((error: { originalError: unknown }) => error);
    expect(performance.now() - startedAt).toBeLessThan(shortMs + 1_000);
    // Wrapped, so that a retry does not wait as long again.
    expect(late).toMatchObject({
      name: 'AbortError',
      originalError: { kind: 'transient', message: expect.stringMatching(/^hush: .*300 ms/) },
    });
    await expect(ask(channel, 'sing')).rejects.toMatchObject({ kind: 'transient' });
  }));

test('a connection that breaks within an answer is an error that may be tried again', () =>
  withSocket(async ({ open, sandbox }) => {
    sandbox.faults.add('lost-answer', { path: /sing/ });
    await expect(ask(await open(), 'sing')).rejects.toMatchObject({ kind: 'transient' });
    expect(await ask(await open(), 'sing')).toEqual({ action: 'sing' });
  }));

test.each([
  ['no JSON', '{"action":', /no JSON/],
  ['too large', `"${'x'.repeat(64 * 1024 * 1024)}"`, /more than 64 MB/],
  ['too many values', `[${Array(600_000).fill('{}').join(',')}]`, /more values than can be read/],
])('a message that is %s is a contract error', (_, text, said) =>
  withSocket(
    async ({ open }) => {
      const answer = ask(await open(), 'sing');
      await expect(answer).rejects.toMatchObject({ kind: 'contract' });
      await expect(answer).rejects.toThrow(said);
    },
    { ...parrot, reply: () => text },
    2_000,
  ),
);

test.each([
  [401, 'auth'],
  [403, 'permission'],
  [404, 'rejected'],
  [429, 'rate-limited'],
  [503, 'transient'],
  [200, 'transient'],
  [302, 'config'],
] as const)('an opening that is answered with %s is an error of kind %s', (status, kind) =>
  withSocket(
    async ({ open }) => {
      const error = await open().catch((reason: unknown) => reason);
      expect(error).toMatchObject({ kind });
      expect(JSON.stringify(error) + String(error)).not.toContain('verySecretWord');
    },
    parrot,
    shortMs,
    () => ({ status, json: { message: 'verySecretWord' } }),
  ),
);

test('a server that is not there, and one that hangs, are errors that may be tried again', () =>
  withSocket(async ({ open, sandbox }) => {
    sandbox.faults.add('slow', { delayMs: 5_000 });
    await expect(open()).rejects.toMatchObject({ originalError: { kind: 'transient' } });
    await sandbox.close();
    await expect(open()).rejects.toMatchObject({ kind: 'transient' });
  }));

test('secrets are taken out of what the server says', () =>
  withSocket(async ({ open }) => {
    const quoted = { said: 'not verySecretWord' };
    expect(await ask(await open(), 'sing', quoted)).toMatchObject({ said: 'not [secret]' });
  }));

test('an abort ends a wait at once, with its reason', () =>
  withSocket(async ({ open }) => {
    const stop = new AbortController();
    const channel = await open(stop.signal);
    const answer = ask(channel, 'hush');
    stop.abort(new Error('told to stop'));
    await expect(answer).rejects.toThrow('told to stop');
    await expect(open(stop.signal)).rejects.toThrow('told to stop');
  }));
