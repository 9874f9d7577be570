import { expect, test } from '@jest/globals';
import { plantedFaults } from './planted.ts';
import { isOverHttp, playSeed, styleOf } from './play-seed.ts';
import { seedsFrom } from './tally.ts';

/** The first of the suite's own histories in which the auditor sees it. */
async function ruleThatSees(planted: (typeof plantedFaults)[number]): Promise<string | null> {
  for (const seed of seedsFrom(1, 200)) {
    const isApt = planted.styles?.includes(styleOf(seed)) ?? true;
    if (isOverHttp(seed) || !isApt) continue;
    const { violation } = await playSeed(seed, planted);
    if (violation !== null) return violation.rule;
  }
  return null;
}

test.each(plantedFaults.map((planted) => [planted.name, planted] as const))(
  'a planted fault is caught: %s',
  async (_, planted) => {
    expect(planted.rules).toContain(await ruleThatSees(planted));
  },
  600_000,
);
