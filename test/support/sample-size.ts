import { expect } from '@jest/globals';

/**
 * How many histories, seeds or kills a suite plays: a short sample in `npm test`, all of them in `npm run test:full`,
 * whose jest config says so. Only a file named `*.sampled.test.ts` may ask, since both run those.
 */
export function sampleSize({ short, full }: { short: number; full: number }): number {
  const { testPath = '' } = expect.getState();
  if (!testPath.endsWith('.sampled.test.ts')) {
    throw new Error(`${testPath} plays a sample: name it *.sampled.test.ts.`);
  }
  return 'isFullSample' in globalThis ? full : short;
}
