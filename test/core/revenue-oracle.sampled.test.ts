import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { limits, seed, steps, timeoutMs, withHistory } from '../support/oracle-limits.ts';
import { type Kind, worldOf } from '../support/oracle-world.ts';
import { compareWithOracle } from '../support/revenue-check.ts';

test.each<Kind>(['hours', 'money', 'shared', 'rolled over'])(
  `%s: the revenue of random histories is the oracle’s, block by block (seed ${seed})`,
  async (kind) => {
    let compared = 0;
    const property = fc.asyncProperty(worldOf(kind), steps, (world, all) =>
      withHistory(world, async (history) => {
        for (const one of all) await history.play(one);
        await history.run();
        const { app } = history.bench;
        const { store, clients } = app;
        compared += await compareWithOracle({ store, clients, file: app.config.store });
      }),
    );
    await fc.assert(property, limits(0.06));
    expect(compared).toBeGreaterThan(0);
  },
  timeoutMs,
);
