import { describe, expect, test } from '@jest/globals';
import { createLimits } from '../../../connectors/http/requests/limits.ts';
import { Anything, aRequest, withTransport } from './transport-bench.ts';

const going = new AbortController().signal;
const source = 'made up';

describe('limits', () => {
  test('hold back whoever comes beyond the concurrency, and let in by order of arrival', async () => {
    const limits = createLimits([{ path: '', concurrency: 1, source }]);
    const entered: string[] = [];
    const leave = await limits.enter('/a', going);
    const enter = async (name: string): Promise<() => void> => {
      const next = await limits.enter('/a', going);
      entered.push(name);
      return next;
    };
    const second = enter('second');
    const third = enter('third');
    await new Promise(setImmediate);
    expect(entered).toEqual([]);
    leave();
    (await second)();
    await third;
    expect(entered).toEqual(['second', 'third']);
  });

  test('keep a least time between two starts', async () => {
    const limits = createLimits([{ path: '', spacingMs: 40, source }]);
    const startedAt = performance.now();
    for (let index = 0; index < 4; index += 1) (await limits.enter('/a', going))();
    expect(performance.now() - startedAt).toBeGreaterThanOrEqual(118);
  });

  test('are those of the longest matching start of the path, alone', async () => {
    const limits = createLimits([
      { path: '/time', concurrency: 1, source },
      { path: '/time/sheets', concurrency: 2, source },
    ]);
    const stop = new AbortController();
    await limits.enter('/time/sheets/1', going);
    await limits.enter('/time/sheets/2', going);
    await limits.enter('/time/entries', going);
    await limits.enter('/elsewhere', going);
    const held = [
      limits.enter('/time/entries', stop.signal),
      limits.enter('/time/sheets/3', stop.signal),
    ];
    setTimeout(() => stop.abort(new Error('both are held')), 20);
    for (const entry of held) await expect(entry).rejects.toThrow('both are held');
  });

  test('give the place of one who stopped waiting in the queue to the next', async () => {
    const limits = createLimits([{ path: '', concurrency: 1, source }]);
    const leave = await limits.enter('/a', going);
    const stop = new AbortController();
    const gone = limits.enter('/b', stop.signal);
    const next = limits.enter('/c', going);
    stop.abort(new Error('not waiting'));
    await expect(gone).rejects.toThrow('not waiting');
    leave();
    (await next)();
    (await limits.enter('/d', going))();
  });

  // The abort follows the start of the wait without a timer in between, so that a slow machine cannot
  // let the wait end first.
  test('give back the place of one who stopped waiting for its time to start', async () => {
    const limits = createLimits([{ path: '', concurrency: 1, spacingMs: 500, source }]);
    (await limits.enter('/a', going))();
    const stop = new AbortController();
    const gone = limits.enter('/b', stop.signal);
    stop.abort(new Error('not waiting'));
    await expect(gone).rejects.toThrow('not waiting');
    (await limits.enter('/c', going))();
  });

  test('hold for the requests of a transport, below its base URL', async () => {
    let underWay = 0;
    let most = 0;
    await withTransport(
      async () => {
        underWay += 1;
        most = Math.max(most, underWay);
        await new Promise((resolve) => setTimeout(resolve, 20));
        underWay -= 1;
        return { status: 200, json: [] };
      },
      async ({ transport }) => {
        await Promise.all(Array.from({ length: 6 }, () => transport.send(aRequest(), Anything)));
        expect(most).toBe(2);
      },
      { limits: [{ path: '/things', concurrency: 2, source }] },
    );
  });
});
