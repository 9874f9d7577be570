import { describe, expect, test } from '@jest/globals';
import { withRetries } from '../../../connectors/http/requests/retry.ts';
import { type ErrorKind, KindError } from '../../../src/domain/errors.ts';
import { Anything, aRequest, withTransport } from './transport-bench.ts';

function quick(change: Partial<Parameters<typeof withRetries>[1]> = {}) {
  return { attempts: 4, backoffMs: 1, signal: new AbortController().signal, ...change };
}

/** Fails as often as told, then answers with the number of the try. */
function failing(times: number, error: Error): () => Promise<number> {
  let tries = 0;
  return async () => {
    tries += 1;
    if (tries <= times) throw error;
    return tries;
  };
}

describe('repeating', () => {
  test.each(['rate-limited', 'transient'] as const)(
    'retries what is %s until it succeeds',
    async (kind) => {
      expect(await withRetries(failing(3, new KindError(kind, 'x')), quick())).toBe(4);
    },
  );

  test('ends with the last error after the given number of tries', async () => {
    const failure = withRetries(failing(4, new KindError('transient', 'still down')), quick());
    await expect(failure).rejects.toThrow('still down');
  });

  test.each<ErrorKind>(['auth', 'permission', 'rejected', 'contract', 'config', 'unknown-outcome'])(
    'is not done for %s',
    async (kind) => {
      await expect(withRetries(failing(1, new KindError(kind, 'x')), quick())).rejects.toThrow('x');
    },
  );

  test('is not done for a defect', async () => {
    await expect(withRetries(failing(1, new Error('bug')), quick())).rejects.toThrow('bug');
  });

  test('never begins before the time that the vendor requested', async () => {
    const waits: number[] = [];
    const startedAt = performance.now();
    const error = new KindError('rate-limited', 'x', { retryAfterSeconds: 0.3 });
    await withRetries(failing(1, error), quick({ onWait: (_, waitMs) => waits.push(waitMs) }));
    expect(performance.now() - startedAt).toBeGreaterThanOrEqual(299);
    expect(waits).toEqual([300]);
  });

  test('does not wait for a day, and says how long the vendor asks', async () => {
    const startedAt = performance.now();
    const error = new KindError('rate-limited', 'Too many.', { retryAfterSeconds: 86_400 });
    await expect(withRetries(failing(1, error), quick())).rejects.toMatchObject({
      kind: 'rate-limited',
      message: 'Too many. The vendor asks to wait 86,400 s; the next run tries again.',
    });
    expect(performance.now() - startedAt).toBeLessThan(1_000);
  });

  test('ends where another pause would take all of it beyond its time', async () => {
    const startedAt = performance.now();
    const error = new KindError('rate-limited', 'x', { retryAfterSeconds: 0.2 });
    const failure = withRetries(failing(3, error), quick({ chainMs: 500 }));
    await expect(failure).rejects.toThrow('x');
    expect(performance.now() - startedAt).toBeLessThan(500);
  });

  test('pauses longer each time', async () => {
    const waits: number[] = [];
    await withRetries(
      failing(3, new KindError('transient', 'x')),
      quick({ backoffMs: 10, onWait: (_, waitMs) => waits.push(waitMs) }),
    );
    expect(waits).toHaveLength(3);
    for (const [index, waitMs] of waits.entries()) {
      expect(waitMs).toBeGreaterThanOrEqual(10 * 2 ** index);
      expect(waitMs).toBeLessThanOrEqual(20 * 2 ** index);
    }
  });
});

describe('a stop', () => {
  test.each([60, undefined])(
    'ends a pause at once, with its own reason (Retry-After %s)',
    async (retryAfterSeconds) => {
      const stop = new AbortController();
      const wait = retryAfterSeconds === undefined ? {} : { retryAfterSeconds };
      const startedAt = performance.now();
      setTimeout(() => stop.abort(new Error('shutting down')), 30);
      const failure = withRetries(
        failing(3, new KindError('rate-limited', 'x', wait)),
        quick({ backoffMs: 60_000, signal: stop.signal }),
      );
      await expect(failure).rejects.toThrow('shutting down');
      expect(performance.now() - startedAt).toBeLessThan(1_000);
    },
  );

  test('ends a request under way at once, with its own reason', () =>
    withTransport(
      () => ({ status: 200, json: [] }),
      async ({ sandbox, transport }) => {
        sandbox.faults.add('slow', { delayMs: 5_000 });
        const stop = new AbortController();
        setTimeout(() => stop.abort(new Error('shutting down')), 30);
        await expect(transport.send(aRequest({ signal: stop.signal }), Anything)).rejects.toThrow(
          'shutting down',
        );
      },
    ));

  test('before the start sends nothing', () =>
    withTransport(
      () => ({ status: 200, json: [] }),
      async ({ transport, context }) => {
        const signal = AbortSignal.abort(new Error('too late'));
        await expect(transport.send(aRequest({ signal }), Anything)).rejects.toThrow('too late');
        expect(context.requestCount).toBe(0);
      },
    ));
});

test('a vendor that says 429 with Retry-After is asked again only then, through the transport', () =>
  withTransport(
    () => ({ status: 200, json: 'done' }),
    async ({ sandbox, transport, context }) => {
      sandbox.faults.add('rate-limited', { retryAfterSeconds: 1 });
      const startedAt = performance.now();
      expect((await transport.send(aRequest(), Anything)).data).toBe('done');
      expect(performance.now() - startedAt).toBeGreaterThanOrEqual(999);
      expect(context.requestCount).toBe(2);
      expect(context.logs.find((line) => line.level === 'info')?.message).toBe(
        'Trying GET /things again after a pause.',
      );
    },
  ));
