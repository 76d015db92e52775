import { decodeFailure, type TypedFailure } from '../failure.js';
import type { RedisInstanceFailureDetails } from '../instance/failures.js';
import type { AwaitRedisInstanceInput } from '../instance/input.js';
import type { InvalidInputDetails } from '../invalid-input.js';
import type { PollError } from '../poll-error.js';
import { REDIS_TASK_FAILURE_TYPES, type RedisTaskFailureDetails } from '../task/failures.js';
import type { AwaitRedisTaskInput } from '../task/input.js';
import type { ListedTask } from './state.js';

/**
 * The `type` of every failure of `runRedisAction`: those of a wait for what was started, and
 *
 * - `RedisActionRefused`: the API refused the change for good, or the worker does not allow the action. Nothing was started.
 * - `RedisActionUncertain`: an answer was lost, and whether the change was started cannot be known without a person.
 *   `details.lookAt` says where to look.
 * - `RedisInstanceFailed`: the order delivers nothing, or an instance is isolated, gone or not listed.
 */
export const REDIS_ACTION_FAILURE_TYPES = [
  ...REDIS_TASK_FAILURE_TYPES,
  'RedisInstanceFailed',
  'RedisActionRefused',
  'RedisActionUncertain',
] as const;

/** One of {@link REDIS_ACTION_FAILURE_TYPES}. */
export type RedisActionFailureType = (typeof REDIS_ACTION_FAILURE_TYPES)[number];

/** What every failure, but that of an invalid input, says of the change: `details[0]`. */
export interface RedisActionFailureDetails {
  readonly action: string;
  readonly region: string;
  /** How many submits were made: each may have been sent, one that brought no answer too. */
  readonly submits: number;
  /** When the last submit was made, ISO-8601 UTC; null if there was none. */
  readonly submittedAt: string | null;
  /** What was started, as far as the API has told. */
  readonly taskIds: readonly number[];
  readonly dealName: string | null;
  readonly instanceIds: readonly string[];
  readonly waitedMs: number;
  /** The last error of a submit or a poll, if there was one. */
  readonly lastError?: PollError;
}

/** What an uncertain change leaves to a person. */
export interface UncertainDetails {
  /** The tasks that the instances had before the first submit. */
  readonly baseline: readonly number[];
  /** Tasks that are new since then: one of them may be what was started. */
  readonly candidates: readonly ListedTask[];
  /** What to look at, in a sentence. */
  readonly lookAt: string;
}

/**
 * How a change failed, as {@link decodeRedisActionFailure} returns it: its `type`, to branch on, a `message` with the facts
 * for a person, and the `details`. Of what was started and failed they are those of its wait, too.
 */
export type RedisActionFailure =
  | TypedFailure<'RedisActionRefused', RedisActionFailureDetails>
  | TypedFailure<'RedisActionUncertain', RedisActionFailureDetails & UncertainDetails>
  | TypedFailure<'RedisTaskFailed' | 'RedisTaskErrored', RedisActionFailureDetails & RedisTaskFailureDetails>
  | TypedFailure<
      'RedisTaskTimedOut' | 'RedisTaskUnauthorized' | 'RedisTaskRejected',
      RedisActionFailureDetails & {
        /**
         * An input that waits on for what was started, and never submits again: of `awaitRedisTask`, or of
         * `awaitRedisInstance` for an order. Left out if nothing was started.
         */
        readonly resumeInput?: AwaitRedisTaskInput | AwaitRedisInstanceInput;
      }
    >
  | TypedFailure<'RedisInstanceFailed', RedisActionFailureDetails & Omit<RedisInstanceFailureDetails, 'dealName'>>
  | TypedFailure<'RedisTaskInvalidInput', InvalidInputDetails>;

/**
 * Finds the failure of a change in an error that a parent workflow, an activity or a client caught: see
 * `decodeRedisTaskFailure`.
 *
 * @returns the failure, or undefined when the error is about something else, such as a cancellation.
 *
 * @example
 * ```ts
 * try {
 *   const params = { InstanceId: 'crs-09u2u96z' };
 *   await executeRedisAction({ action: 'ClearInstance', region, params }, { workflowId: 'clear-CHG-4711' });
 * } catch (error) {
 *   const failure = decodeRedisActionFailure(error);
 *   if (failure?.type !== 'RedisActionUncertain') throw error;
 *   await alert(failure.details.lookAt, failure.details.candidates);
 * }
 * ```
 */
export function decodeRedisActionFailure(error: unknown): RedisActionFailure | undefined {
  return decodeFailure(REDIS_ACTION_FAILURE_TYPES, error);
}
