const { default: Sequencer } = require('@jest/test-sequencer');

/** What takes longest, in its order, so that no test is left alone at the end: a fresh clone knows no durations yet. */
const LONGEST = [
  'plugin/plugin',
  'client/client',
  'workflows/api-errors',
  'cli/waits',
  'workflows/shared',
  'workflows/long-histories',
  'workflows/parents',
  'security/change-secrets',
  'replay/replay',
  'security/secrets',
  'workflows/shared-without-list',
  'cli/run',
  'cli/workers-gone',
];

module.exports = class extends Sequencer {
  sort(tests) {
    const rank = ({ path }) => LONGEST.findIndex((name) => path.replaceAll('\\', '/').includes(`test/${name}.test`));
    const sorted = super.sort(tests);
    const longest = sorted.filter((test) => rank(test) >= 0).sort((a, b) => rank(a) - rank(b));
    return [...longest, ...sorted.filter((test) => rank(test) < 0)];
  }
};
