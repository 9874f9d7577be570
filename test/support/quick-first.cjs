// A mutant is done with the first test that fails: the quick files are asked before the slow ones.
const { default: Sequencer } = require('@jest/test-sequencer');

module.exports = class QuickFirst extends Sequencer {
  sort(tests) {
    const isQuick = ({ path }) => /[\\/]test[\\/]unit[\\/]/.test(path);
    const sorted = super.sort(tests);
    return [...sorted.filter(isQuick), ...sorted.filter((test) => !isQuick(test))];
  }
};
