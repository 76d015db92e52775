import { decodeFailure, type TypedFailure } from '../failure.js';
import type { InvalidInputDetails } from '../invalid-input.js';
import type { PollError } from '../poll-error.js';
import type { AwaitRedisTaskInput } from './input.js';
import type { TaskFacts } from './observation.js';

/**
 * The `type` of every failure that ends a wait. A parent branches on it, never on a class or a message.
 *
 * - `RedisTaskFailed`: the task ended in `failed`.
 * - `RedisTaskErrored`: the task ended in `error`.
 * - `RedisTaskTimedOut`: `maxWait` passed; the task itself may go on. `details.resumeInput` waits on.
 * - `RedisTaskUnauthorized`: the worker's credentials, or what they may do, were refused. `details.resumeInput` waits on.
 * - `RedisTaskRejected`: the API refuses the request for good, for instance because the task does not exist.
 *   `details.resumeInput` waits on.
 * - `RedisTaskInvalidInput`: the input breaks a rule; `details.invalid` names it.
 */
export const REDIS_TASK_FAILURE_TYPES = [
  'RedisTaskFailed',
  'RedisTaskErrored',
  'RedisTaskTimedOut',
  'RedisTaskUnauthorized',
  'RedisTaskRejected',
  'RedisTaskInvalidInput',
] as const;

/** One of {@link REDIS_TASK_FAILURE_TYPES}. */
export type RedisTaskFailureType = (typeof REDIS_TASK_FAILURE_TYPES)[number];

/** What every failure says of the wait: `details[0]`. What was never seen is null. */
export interface RedisTaskFailureDetails extends TaskFacts {
  /** The last failed poll, if there was one. */
  readonly lastError?: PollError;
}

/**
 * How a wait failed, as {@link decodeRedisTaskFailure} returns it: its `type`, to branch on, a `message` with the facts for
 * a person, and the `details`, whose fields depend on the type.
 */
export type RedisTaskFailure =
  | TypedFailure<'RedisTaskFailed' | 'RedisTaskErrored', RedisTaskFailureDetails>
  | TypedFailure<
      'RedisTaskTimedOut' | 'RedisTaskUnauthorized' | 'RedisTaskRejected',
      RedisTaskFailureDetails & {
        /** An input that waits on for the same task, as long again. */
        readonly resumeInput: AwaitRedisTaskInput;
      }
    >
  | TypedFailure<'RedisTaskInvalidInput', InvalidInputDetails>;

/**
 * Finds the failure of a wait in an error that a parent workflow, an activity or a client caught.
 *
 * Walks the whole chain of causes, through `ChildWorkflowFailure`, `ActivityFailure`, `NexusOperationFailure`,
 * `WorkflowFailedError` and whatever else wraps it. Works inside a workflow and outside.
 *
 * @returns the failure, or undefined when the error is about something else, such as a cancellation.
 *
 * @example
 * ```ts
 * try {
 *   await executeAwaitRedisTask({ taskId, region });
 * } catch (error) {
 *   const failure = decodeRedisTaskFailure(error);
 *   if (failure?.type !== 'RedisTaskFailed') throw error;
 *   await alert(failure.details.instanceId, failure.details.message);
 * }
 * ```
 */
export function decodeRedisTaskFailure(error: unknown): RedisTaskFailure | undefined {
  return decodeFailure(REDIS_TASK_FAILURE_TYPES, error);
}
