/**
 * The contract of `awaitRedisTask`: types, names and the failure decoder. Safe to import in workflow code.
 *
 * @module temporal-tencent-redis
 */
export { formatDuration, type RedisTaskDuration } from './contract/duration.js';
export {
  decodeRedisTaskFailure,
  REDIS_TASK_FAILURE_TYPES,
  type RedisTaskFailure,
  type RedisTaskFailureDetails,
  type RedisTaskFailureType,
} from './contract/failures.js';
export {
  apiTaskQueue,
  AWAIT_REDIS_TASK,
  childWorkflowId,
  clientWorkflowId,
  DEFAULT_TASK_QUEUE,
} from './contract/ids.js';
export type { AwaitRedisTaskInput, RedisTaskPolling } from './contract/input.js';
export type { RedisTaskResult } from './contract/outcome.js';
export type { PollError } from './contract/poll-error.js';
export { phaseOf, type RedisTaskObservation, type RedisTaskPhase } from './contract/task.js';
export type { RedisTaskWaitState, RedisTaskWaitWatch } from './contract/view.js';
export type { RedisTaskWatchState, WatchInput } from './contract/watch-register.js';
