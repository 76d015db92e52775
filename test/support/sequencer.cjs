const { default: Sequencer } = require('@jest/test-sequencer');

/**
 * What takes longest, so that no test is left alone at the end: a fresh clone knows no durations yet. Those that compute and
 * those that wait for timers take turns: together, the former would slow each other down.
 */
const LONGEST = [
  'client/client',
  'workflows/shared',
  'plugin/plugin',
  'workflows/api-errors',
  'workflows/long-histories',
  'cli/waits',
  'workflows/actions',
  'cli/find',
  'stub/stub',
  'workflows/shared-without-list',
  'replay/replay',
  'cli/run',
  'worker/library',
  'cli/workers-gone',
  'workflows/outcomes',
  'client/busy-worker',
  'workflows/messages',
  'client/find',
  'workflows/parents-of-long-waits',
  'workflows/parents',
  'workflows/shared-long',
  'security/secrets',
  'security/markdown',
  'cli/list',
  'explore/virtual-waits',
  'security/change-secrets',
  'workflows/invalid-input',
  'worker/start',
  'workflows/instances',
  'worker/bad-settings',
  'nexus/nexus',
  'cli/usage',
  'worker/operate',
  'client/long-waits',
  'worker/launcher',
  'cli/watched',
];

module.exports = class extends Sequencer {
  sort(tests) {
    const rank = ({ path }) => LONGEST.findIndex((name) => path.replaceAll('\\', '/').includes(`test/${name}.test`));
    const sorted = super.sort(tests);
    const longest = sorted.filter((test) => rank(test) >= 0).sort((a, b) => rank(a) - rank(b));
    return [...longest, ...sorted.filter((test) => rank(test) < 0)];
  }
};
