// A jest sequencer. Where no earlier run has left its times, as on a clean checkout, jest begins with the largest
// files; what takes longest is often a short file, and would be left for the end, on one core alone. These come first.
const { existsSync } = require('node:fs');
const { join } = require('node:path');
const { default: Sequencer } = require('@jest/test-sequencer');

const longest = [
  'simulation/histories.sampled.test.ts',
  'end-to-end/random-kills.long.test.ts',
  'end-to-end/demo.long.test.ts',
  'reports/statement-page.long.test.ts',
  'end-to-end/package.long.test.ts',
  'core/oracle.sampled.test.ts',
  'simulation/revenue.sampled.test.ts',
  'end-to-end/service.long.test.ts',
  'core/revenue-oracle.sampled.test.ts',
  'core/unlogged-random.sampled.test.ts',
  'simulation/planted.long.test.ts',
  'end-to-end/psa-down.long.test.ts',
  'core/oracle-order.sampled.test.ts',
  'end-to-end/killed.sampled.test.ts',
  'unit/backtest.test.ts',
].map((path) => join(__dirname, '..', path));

for (const path of longest) {
  if (!existsSync(path))
    throw new Error(`${path} is gone: test/support/longest-first.cjs names it.`);
}

module.exports = class LongestFirst extends Sequencer {
  sort(tests) {
    const sorted = super.sort(tests);
    if (sorted.some(({ duration }) => duration !== undefined)) return sorted;
    const named = longest.flatMap((path) => sorted.filter((test) => test.path === path));
    return [...named, ...sorted.filter((test) => !named.includes(test))];
  }
};
