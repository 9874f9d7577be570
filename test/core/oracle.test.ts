import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { type History, Step, startHistory } from '../support/oracle-history.ts';

/** `SEED=… npm run -s jest -- test/core/oracle.test.ts` plays the same histories again. */
const seed = Number(process.env.SEED ?? Math.floor(Math.random() * 2 ** 31));

/** Histories in all: `HISTORIES=10000 npm run -s jest -- test/core/oracle` for a night. */
const histories = Number(process.env.HISTORIES ?? 300);

/** A fault is first made small, which takes its time; a night must still end by itself. */
const secondsMax = 120 + histories / 2;

function limits(share: number) {
  return {
    seed,
    numRuns: Math.ceil(histories * share),
    interruptAfterTimeLimit: secondsMax * 1000,
    markInterruptAsFailure: true,
  };
}

const steps = fc.array(Step, { minLength: 20, maxLength: 60 });

async function withHistory(
  terms: Parameters<typeof startHistory>,
  play: (history: History) => Promise<void>,
): Promise<void> {
  const history = await startHistory(...terms);
  try {
    await play(history);
  } finally {
    await history.bench.close();
  }
}

test.each([
  ['ticket', 'carry', 'lost'],
  ['entry', 'carry', 'lost'],
  ['day', 'carry', 'lost'],
  ['ticket', 'hold', 'lost'],
  ['day', 'hold', 'lost'],
  ['ticket', 'carry', 'rolled over'],
] as const)(
  `complaint 26: rounded per %s, overage %s, ended hours %s: the balances of random histories are the oracle’s (seed ${seed})`,
  async (per, overage, ended) => {
    const rollover = ended === 'lost' ? null : { seconds: null, validForMonths: null };
    const property = fc.asyncProperty(steps, (all) =>
      withHistory([per, { overage, rollover }], async (history) => {
        for (const one of all) await history.play(one);
        // Noon, so that no block ends between the two runs that must not differ.
        history.bench.nowMs = Math.ceil(history.bench.nowMs / 86_400_000 + 1.5) * 86_400_000;
        history.bench.advance(12 * 3600);
        await history.run();
        const before = history.bench.dump();
        await history.run();
        expect(history.bench.dump()).toEqual(before);
      }),
    );
    await fc.assert(property, limits(0.12));
  },
  secondsMax * 1000,
);

test.each(['ticket', 'day'] as const)(
  `rounded per %s and read one ticket a page, no hour is lost or charged twice (seed ${seed})`,
  async (per) => {
    const property = fc.asyncProperty(steps, (all) =>
      withHistory([per], async (history) => {
        const { store } = history.bench.app;
        // Which block pays may differ then: hours that a later page gives back come too late here.
        history.isOrdered = false;
        history.bench.app.store = { ...store, takeDirty: () => store.takeDirty(1) };
        for (const one of all) await history.play(one);
        await history.run();
      }),
    );
    await fc.assert(property, limits(0.14));
  },
  secondsMax * 1000,
);
