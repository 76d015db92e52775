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
  'workflows/shared-without-list',
  'cli/workers-gone',
  'client/busy-worker',
  'stub/stub',
  'cli/run',
  'workflows/outcomes',
  'security/secrets',
  'worker/start',
  'workflows/messages',
  'workflows/shared-long',
  'replay/replay',
  'workflows/parents-of-long-waits',
  'worker/library',
  'security/change-secrets',
  'cli/list',
  'nexus/bundle',
];

module.exports = class extends Sequencer {
  sort(tests) {
    const rank = ({ path }) => LONGEST.findIndex((name) => path.replaceAll('\\', '/').includes(`test/${name}.test`));
    const sorted = super.sort(tests);
    const longest = sorted.filter((test) => rank(test) >= 0).sort((a, b) => rank(a) - rank(b));
    return [...longest, ...sorted.filter((test) => rank(test) < 0)];
  }
};
