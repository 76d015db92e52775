import { decodeFailure, type TypedFailure } from '../failure.js';
import type { InvalidInputDetails } from '../invalid-input.js';
import type { PollError } from '../poll-error.js';
import type { AwaitRedisInstanceInput, RedisInstanceGoal } from './input.js';
import type { RedisDeal, RedisInstance } from './instances.js';

/**
 * The `type` of every failure that ends a wait for instances.
 *
 * - `RedisInstanceFailed`: what is waited for will not come: the order delivers nothing, or an instance is isolated, gone, or
 *   not listed.
 * - `RedisTaskTimedOut`: `maxWait` passed; the change itself may go on. `details.resumeInput` waits on.
 * - `RedisTaskUnauthorized`: the worker's credentials, or what they may do, were refused. `details.resumeInput` waits on.
 * - `RedisTaskRejected`: the API refuses the request for good. `details.resumeInput` waits on.
 * - `RedisTaskInvalidInput`: the input breaks a rule; `details.invalid` names it.
 */
export const REDIS_INSTANCE_FAILURE_TYPES = [
  'RedisInstanceFailed',
  'RedisTaskTimedOut',
  'RedisTaskUnauthorized',
  'RedisTaskRejected',
  'RedisTaskInvalidInput',
] as const;

/** One of {@link REDIS_INSTANCE_FAILURE_TYPES}. */
export type RedisInstanceFailureType = (typeof REDIS_INSTANCE_FAILURE_TYPES)[number];

/** What every failure of a wait for instances says: `details[0]`. What was never seen is null. */
export interface RedisInstanceFailureDetails {
  readonly region: string;
  readonly until: RedisInstanceGoal;
  readonly dealName: string | null;
  /** Each instance as last seen: those of the input, or those that the deal has told. */
  readonly instances: readonly RedisInstance[];
  /** The order as last seen. */
  readonly deal: RedisDeal | null;
  /** Of the last answer. */
  readonly requestId: string | null;
  /** How many polls were answered: failed polls, and retries within one, are not counted. */
  readonly polls: number;
  readonly waitedMs: number;
  /** The last failed poll, if there was one. */
  readonly lastError?: PollError;
}

/**
 * How a wait for instances failed, as {@link decodeRedisInstanceFailure} returns it: its `type`, to branch on, a `message`
 * with the facts for a person, and the `details`, whose fields depend on the type.
 */
export type RedisInstanceFailure =
  | TypedFailure<'RedisInstanceFailed', RedisInstanceFailureDetails>
  | TypedFailure<
      'RedisTaskTimedOut' | 'RedisTaskUnauthorized' | 'RedisTaskRejected',
      RedisInstanceFailureDetails & {
        /** An input that waits on for the same instances, as long again. */
        readonly resumeInput: AwaitRedisInstanceInput;
      }
    >
  | TypedFailure<'RedisTaskInvalidInput', InvalidInputDetails>;

/**
 * Finds the failure of a wait for instances in an error that a parent workflow, an activity or a client caught: see
 * `decodeRedisTaskFailure`, whose types are partly the same but whose details are those of a task.
 *
 * @returns the failure, or undefined when the error is about something else, such as a cancellation.
 *
 * @example
 * ```ts
 * try {
 *   await client.workflow.getHandle(workflowId).result();
 * } catch (error) {
 *   const failure = decodeRedisInstanceFailure(error);
 *   if (failure?.type !== 'RedisInstanceFailed') throw error;
 *   await alert(failure.message, failure.details.instances);
 * }
 * ```
 */
export function decodeRedisInstanceFailure(error: unknown): RedisInstanceFailure | undefined {
  return decodeFailure(REDIS_INSTANCE_FAILURE_TYPES, error);
}
