const { default: Sequencer } = require('@jest/test-sequencer');

/**
 * Starts the virtual explorer first: it takes longest, and in a process that has run a Temporal worker before it takes
 * four times as long (measured), because the hooks that the SDK leaves behind are called for each promise.
 */
module.exports = class extends Sequencer {
  sort(tests) {
    const isExplorer = ({ path }) => path.endsWith('virtual-waits.test.ts');
    const sorted = super.sort(tests);
    return [...sorted.filter(isExplorer), ...sorted.filter((test) => !isExplorer(test))];
  }
};
