import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { movementKinds } from '../../src/domain/revenue/movements.ts';
import { addSeconds } from '../../src/domain/time.ts';
import { limits, seed, steps, timeoutMs, withHistory } from '../support/oracle-limits.ts';
import { type Kind, worldOf } from '../support/oracle-world.ts';
import { compareWithOracle, type Spoil } from '../support/revenue-check.ts';
import { RevenueHistory, revenueSteps } from '../support/revenue-history.ts';

test.each<Kind>(['hours', 'money', 'shared', 'rolled over'])(
  `%s: the revenue of random histories is the oracle’s, block by block (seed ${seed})`,
  async (world) => {
    const property = fc.asyncProperty(worldOf(world), steps, (drawn, all) =>
      withHistory(drawn, async (history) => {
        for (const one of all) await history.play(one);
        await history.run();
        const { app } = history.bench;
        const { store, clients } = app;
        const file = app.config.store;
        await compareWithOracle({ store, clients, file });
      }),
    );
    await fc.assert(property, limits(0.06));
  },
  timeoutMs,
);

async function playAndCompare(
  all: Parameters<RevenueHistory['play']>[0][],
  spoil: Spoil,
): Promise<Set<string>> {
  const history = await RevenueHistory.open();
  try {
    for (const one of all) await history.play(one);
    const { store, clients, config } = history.bench.app;
    const checked = { store, clients, file: config.store };
    return await compareWithOracle({ ...checked, spoil });
  } finally {
    // Its work has no charges, which `verify` would miss.
    await history.bench.discard();
  }
}

test(
  `sales, returned payments, bills, rollovers and all else in euros, yen and dinars (seed ${seed})`,
  () =>
    fc.assert(
      fc.asyncProperty(revenueSteps, async (all) => void (await playAndCompare(all, {}))),
      limits(0.4),
    ),
  timeoutMs,
);

test('these histories have every kind of movement', async () => {
  const kinds = new Set<string>();
  for (const all of fc.sample(revenueSteps, { seed: 20_260_329, numRuns: 16 })) {
    for (const kind of await playAndCompare(all, {})) kinds.add(kind);
  }
  expect([...kinds].sort()).toEqual([...movementKinds].sort());
});

const faults: [string, Spoil][] = [
  [
    'a second too little of some work',
    { entry: (one) => (one.reason === 'usage' ? { ...one, seconds: one.seconds - 1 } : one) },
  ],
  [
    'reversals in an earlier month',
    {
      entry: (one) => {
        if (one.reverses === null) return one;
        return { ...one, postedAt: addSeconds(one.postedAt, -40 * 86_400) };
      },
    },
  ],
  ['blocks at their rate, not at their price', { block: (one) => ({ ...one, invoiced: null }) }],
];

test.each(faults)('a planted fault is seen: %s', async (_name, spoil) => {
  const property = fc.asyncProperty(revenueSteps, async (all) => {
    await playAndCompare(all, spoil);
  });
  const details = await fc.check(property, { seed: 20_260_329, numRuns: 10, endOnFailure: true });
  expect(details.errorInstance).toHaveProperty('matcherResult.pass', false);
});
