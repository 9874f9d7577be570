import fc from 'fast-check';
import { type History, Step, startHistory } from './oracle-history.ts';
import type { World } from './oracle-world.ts';
import { sampleSize } from './sample-size.ts';

/** `SEED=… npm run -s jest -- test/core/oracle` plays the same histories again. */
export const seed = Number(process.env.SEED ?? Math.floor(Math.random() * 2 ** 31));

/** Histories in all: `HISTORIES=10000 npm run -s jest -- test/core/oracle` for a night. */
const asked = process.env.HISTORIES;

/** A fault is first made small, which takes its time; a night must still end by itself. */
export const timeoutMs = (120 + Number(asked ?? 300) / 2) * 1000;

export function limits(share: number) {
  const histories = Number(asked ?? sampleSize({ short: 40, full: 300 }));
  return {
    seed,
    numRuns: Math.ceil(histories * share),
    interruptAfterTimeLimit: timeoutMs,
    markInterruptAsFailure: true,
  };
}

export const steps = fc.array(Step, { minLength: 20, maxLength: 50, size: 'max' });

export async function withHistory(
  world: World,
  play: (history: History) => Promise<void>,
): Promise<void> {
  const history = await startHistory(world);
  try {
    await play(history);
  } finally {
    await history.bench.close();
  }
}
