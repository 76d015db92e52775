/**
 * For workflow code: the wait as its own workflow, as a child, and inline.
 *
 * A worker that runs waits registers `awaitRedisTask` and `watchRedisTasks`: re-export them from your workflow file.
 *
 * @module temporal-tencent-redis/workflows
 */
export { executeRedisAction, type RunRedisActionOptions } from './action/child.js';
export { runRedisAction } from './action/run-redis-action.js';
export { awaitRedisTask } from './task/await-redis-task.js';
export { type AwaitRedisTaskOptions, executeAwaitRedisTask, startAwaitRedisTask } from './task/child.js';
export { waitForRedisTask, type WaitForRedisTaskOptions } from './task/inline.js';
export { awaitRedisInstance } from './instance/await-redis-instance.js';
export { getActionState } from './action/messages.js';
export { extendWait, getState, joinWait } from './task/messages.js';
export { getInstanceState } from './instance/messages.js';
export { pollNow } from './wait/messages.js';
export { getWatchState } from './watch/messages.js';
export { watchRedisTasks } from './watch/watch-redis-tasks.js';
