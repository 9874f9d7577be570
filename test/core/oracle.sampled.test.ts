import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { limits, seed, steps, timeoutMs, withHistory } from '../support/oracle-limits.ts';
import { type Kind, worldOf } from '../support/oracle-world.ts';

test.each<Kind>(['hours', 'money', 'shared', 'held', 'rolled over'])(
  `%s: the balances of random agreements and histories are the oracle’s (seed ${seed})`,
  async (kind) => {
    const property = fc.asyncProperty(worldOf(kind), steps, (world, all) =>
      withHistory(world, async (history) => {
        for (const one of all) await history.play(one);
        // Noon, so that no block ends between the two runs that must not differ.
        history.bench.nowMs = Math.ceil(history.bench.nowMs / 86_400_000 + 1.5) * 86_400_000;
        history.bench.advance(12 * 3600);
        await history.run();
        // Hours that roll over at the end of a run reach held work in the next.
        if (kind === 'rolled over') await history.run();
        const before = history.bench.dump();
        await history.run();
        expect(history.bench.dump()).toEqual(before);
      }),
    );
    await fc.assert(property, limits(0.14));
  },
  timeoutMs,
);
