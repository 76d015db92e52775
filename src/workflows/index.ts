/**
 * What runs inside a workflow: the wait as a workflow of its own, as a child, and inline.
 *
 * A worker that serves waits registers `awaitRedisTask`; a workflow file of your own re-exports it for that.
 *
 * @packageDocumentation
 */
export { awaitRedisTask } from './await-redis-task.js';
export { type AwaitRedisTaskOptions, executeAwaitRedisTask, startAwaitRedisTask } from './child.js';
export { waitForRedisTask, type WaitForRedisTaskOptions } from './inline.js';
export { extendWait, getState, joinWait, pollNow } from './messages.js';
