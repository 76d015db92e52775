/** The code of each command, loaded when it runs: the SDKs take half a second. */
export const COMMANDS = {
  worker: async () => (await import('../worker/start.js')).startWorker,
  await: async () => (await import('./commands/await.js')).awaitTasks,
  start: async () => (await import('./commands/start.js')).startWaits,
  run: async () => (await import('./commands/run.js')).runAction,
  status: async () => (await import('./commands/existing-waits.js')).showStatus,
  poll: async () => (await import('./commands/existing-waits.js')).pollNow,
  extend: async () => (await import('./commands/extend.js')).extendWaits,
  cancel: async () => (await import('./commands/existing-waits.js')).cancelWaits,
  list: async () => (await import('./commands/list.js')).list,
  doctor: async () => (await import('./commands/doctor.js')).examine,
  setup: async () => (await import('./commands/setup.js')).setUp,
  simulate: async () => (await import('./commands/simulate.js')).simulate,
} as const;

export type Commands = typeof COMMANDS;
