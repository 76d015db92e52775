/**
 * For workflow code: the wait as its own workflow, as a child, and inline.
 *
 * A worker that runs waits registers `awaitRedisTask` and `watchRedisTasks`: re-export them from your workflow file.
 *
 * @module temporal-tencent-redis/workflows
 */
export { executeRedisAction, type RunRedisActionOptions } from './action/child.js';
export { runRedisAction } from './action/run-redis-action.js';
export { awaitRedisTask } from './await-redis-task.js';
export { type AwaitRedisTaskOptions, executeAwaitRedisTask, startAwaitRedisTask } from './child.js';
export { waitForRedisTask, type WaitForRedisTaskOptions } from './inline.js';
export { awaitRedisInstance } from './instance/await-redis-instance.js';
export { extendWait, getInstanceState, getState, joinWait, pollNow } from './messages.js';
export { getWatchState } from './watch-messages.js';
export { watchRedisTasks } from './watch-redis-tasks.js';
