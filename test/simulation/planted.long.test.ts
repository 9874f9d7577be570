import { expect, test } from '@jest/globals';
import { type PlantedFault, plantedFaults } from './planted.ts';
import { plantedRechargeFaults } from './planted-recharges.ts';
import { hasRecharges, isOverHttp, playSeed, styleOf } from './play-seed.ts';
import { seedsFrom } from './tally.ts';

/** The first of the suite's own histories in which the auditor sees it. */
async function ruleThatSees(planted: PlantedFault): Promise<string | null> {
  for (const seed of seedsFrom(planted.firstSeed ?? 1, 200)) {
    const isApt = planted.styles?.includes(styleOf(seed)) ?? true;
    const isSought = hasRecharges(seed) === (planted.hasRecharges ?? false);
    if (isOverHttp(seed) || !isApt || !isSought) continue;
    const { violation } = await playSeed(seed, planted);
    if (violation !== null) return violation.rule;
  }
  return null;
}

const all = [...plantedFaults, ...plantedRechargeFaults];

test.each(all.map((planted) => [planted.name, planted] as const))(
  'a planted fault is caught: %s',
  async (_, planted) => {
    expect(planted.rules).toContain(await ruleThatSees(planted));
  },
  600_000,
);
