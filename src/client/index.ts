/**
 * Waits for Redis tasks from outside a workflow: a service, a script, a command line.
 *
 * @module temporal-tencent-redis/client
 */
export type { RedisTaskOutcome } from './await-all.js';
export {
  RedisTaskError,
  RedisTaskIdTakenError,
  RedisTaskNoWorkerError,
  RedisTaskSeveralWaitsError,
  RedisTaskStateError,
  RedisTaskWaitCancelledError,
  RedisTaskWaitEndedError,
} from './error.js';
export type { ProgressOptions } from './progress.js';
export { type AwaitOptions, RedisTaskClient, type RedisTaskClientOptions } from './redis-task-client.js';
export type { RedisTaskReference } from './reference.js';
export { RedisActionError, RedisActionKeyUsedError, type RunOptions } from './run-action.js';
export type { RedisTaskCancellation } from './wait-handle.js';
