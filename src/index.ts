/**
 * The contract of `awaitRedisTask`: types, names and the failure decoder. Safe to import in workflow code.
 *
 * @module temporal-tencent-redis
 */
export type { RedisActionName } from './contract/action/actions.js';
export {
  decodeRedisActionFailure,
  REDIS_ACTION_FAILURE_TYPES,
  type RedisActionFailure,
  type RedisActionFailureDetails,
  type RedisActionFailureType,
  type UncertainDetails,
} from './contract/action/failures.js';
export type { RunRedisActionInput } from './contract/action/input.js';
export type { RedisActionResult } from './contract/action/outcome.js';
export type { ListedTask } from './contract/action/state.js';
export type { RedisActionStage, RedisActionState } from './contract/action/view.js';
export { formatDuration, type RedisTaskDuration } from './contract/duration.js';
export {
  decodeRedisTaskFailure,
  REDIS_TASK_FAILURE_TYPES,
  type RedisTaskFailure,
  type RedisTaskFailureDetails,
  type RedisTaskFailureType,
} from './contract/task/failures.js';
export {
  apiTaskQueue,
  AWAIT_REDIS_INSTANCE,
  AWAIT_REDIS_TASK,
  childWorkflowId,
  clientWorkflowId,
  DEFAULT_TASK_QUEUE,
  RUN_REDIS_ACTION,
} from './contract/ids.js';
export type { AwaitRedisTaskInput } from './contract/task/input.js';
export type { RedisTaskPolling } from './contract/wait/polling.js';
export {
  decodeRedisInstanceFailure,
  REDIS_INSTANCE_FAILURE_TYPES,
  type RedisInstanceFailure,
  type RedisInstanceFailureDetails,
  type RedisInstanceFailureType,
} from './contract/instance/failures.js';
export type {
  AwaitRedisInstanceInput,
  RedisInstanceExpectation,
  RedisInstanceGoal,
} from './contract/instance/input.js';
export type { RedisDeal, RedisInstance } from './contract/instance/instances.js';
export type { RedisInstanceResult } from './contract/instance/outcome.js';
export type { RedisInstanceWaitState } from './contract/instance/view.js';
export type { RedisTaskResult } from './contract/task/outcome.js';
export type { PollError } from './contract/poll-error.js';
export { phaseOf, type RedisTaskObservation, type RedisTaskPhase } from './contract/task/observation.js';
export type { RedisTaskWaitState, RedisTaskWaitWatch } from './contract/task/view.js';
export type { RedisTaskWatchState, WatchInput } from './contract/watch/register.js';
