// A jest reporter: after a run of many suites it shows those that took longest, or, with SUITE_TIMES=FILE, adds
// the times of all to that file.
const { appendFileSync } = require('node:fs');
const { relative } = require('node:path');

const shown = 10;

module.exports = class SlowestSuites {
  onRunComplete(_contexts, { testResults }) {
    const lines = testResults
      .map(({ testFilePath, perfStats }) => ({ path: testFilePath, ms: perfStats.runtime }))
      .sort((one, other) => other.ms - one.ms)
      .map(({ path, ms }) => `${(ms / 1000).toFixed(1).padStart(7)} s  ${relative('', path)}\n`);
    const { SUITE_TIMES } = process.env;
    if (SUITE_TIMES) appendFileSync(SUITE_TIMES, lines.join(''));
    else if (lines.length > shown) {
      process.stderr.write(`\nSlowest suites:\n${lines.slice(0, shown).join('')}`);
    }
  }
};
