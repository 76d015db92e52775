const { default: Sequencer } = require('@jest/test-sequencer');

/**
 * What takes longest, in its order, so that no test is left alone at the end: a fresh clone knows no durations yet. The
 * virtual explorer comes first for another reason as well. In a process that has run a Temporal worker before it takes
 * four times as long (measured), because the hooks that the SDK leaves behind are called for each promise.
 */
const LONGEST = [
  'explore/virtual-waits',
  'workflows/compact-pacing',
  'workflows/outcomes',
  'workflows/parents',
  'cli/waits',
  'client/client',
  'workflows/messages',
  'replay/without-cache',
];

module.exports = class extends Sequencer {
  sort(tests) {
    const rank = ({ path }) => LONGEST.findIndex((name) => path.replaceAll('\\', '/').includes(`test/${name}.test`));
    const sorted = super.sort(tests);
    const longest = sorted.filter((test) => rank(test) >= 0).sort((a, b) => rank(a) - rank(b));
    return [...longest, ...sorted.filter((test) => rank(test) < 0)];
  }
};
