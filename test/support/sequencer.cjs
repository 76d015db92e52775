const { default: Sequencer } = require('@jest/test-sequencer');

/**
 * What takes longest, so that no test is left alone at the end: a fresh clone knows no durations yet. Those that compute and
 * those that wait for timers take turns: together, the former would slow each other down.
 */
const LONGEST = [
  'plugin/plugin',
  'workflows/parents',
  'client/client',
  'client/find',
  'cli/waits',
  'workflows/long-histories',
  'workflows/shared',
  'workflows/actions',
  'workflows/api-errors',
  'cli/find',
  'stub/stub',
  'cli/run',
  'workflows/outcomes',
  'workflows/shared-without-list',
  'replay/replay',
  'worker/metrics',
  'security/secrets',
  'security/change-secrets',
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
