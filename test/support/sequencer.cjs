const { default: Sequencer } = require('@jest/test-sequencer');

/** What takes longest, in its order, so that no test is left alone at the end: a fresh clone knows no durations yet. */
const LONGEST = [
  'cli/waits',
  'plugin/plugin',
  'security/change-secrets',
  'explore/virtual-waits',
  'client/client',
  'cli/workers-gone',
  'workflows/api-errors',
  'workflows/long-histories',
  'workflows/shared',
  'replay/replay',
  'workflows/parents',
];

module.exports = class extends Sequencer {
  sort(tests) {
    const rank = ({ path }) => LONGEST.findIndex((name) => path.replaceAll('\\', '/').includes(`test/${name}.test`));
    const sorted = super.sort(tests);
    const longest = sorted.filter((test) => rank(test) >= 0).sort((a, b) => rank(a) - rank(b));
    return [...longest, ...sorted.filter((test) => rank(test) < 0)];
  }
};
