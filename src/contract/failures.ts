import { ApplicationFailure } from '@temporalio/common';
import * as v from 'valibot';
import type { AwaitRedisTaskInput } from './input.js';
import type { PollError } from './poll-error.js';
import { readTexts, type TaskFacts } from './task.js';
import { plain } from './text.js';

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
  | Failure<'RedisTaskFailed' | 'RedisTaskErrored'>
  | Failure<
      'RedisTaskTimedOut' | 'RedisTaskUnauthorized' | 'RedisTaskRejected',
      RedisTaskFailureDetails & {
        /** An input that waits on for the same task, as long again. */
        readonly resumeInput: AwaitRedisTaskInput;
      }
    >
  | Failure<'RedisTaskInvalidInput', InvalidInputDetails>;

/** @inline */
export type InvalidInputDetails = Omit<RedisTaskFailureDetails, 'taskId' | 'region'> & {
  readonly taskId: number | null;
  readonly region: string | null;
  readonly invalid: { readonly field: string; readonly rule: string };
};

interface Failure<Type extends RedisTaskFailureType, Details = RedisTaskFailureDetails> {
  readonly type: Type;
  /** A sentence with the facts: task, instance, what the API said, its RequestId, how long the wait was. */
  readonly message: string;
  readonly details: Details;
}

/** A failure as Temporal carries it. Thrown by the workflow itself, it is the direct cause of what a parent catches. */
export function toApplicationFailure({
  type,
  message,
  details,
}: Readonly<Record<'type' | 'message', string> & { details: object }>): ApplicationFailure {
  const failure = ApplicationFailure.create({ type, message, nonRetryable: true, details: [details] });
  // The message says it all: in Temporal UI a trace of our own frames would only push it out of sight.
  failure.stack = '';
  return failure;
}

/** A field that breaks a rule. `value` is ready to print; it is missing where it could be a secret. */
export interface InvalidField {
  readonly field: string;
  readonly rule: string;
  readonly value?: string;
}

/** The `RedisTaskInvalidInput` of an argument that breaks a rule: complete, and an `ApplicationFailure` everywhere. */
export class InvalidInputFailure extends ApplicationFailure {
  /**
   * @param invalid - also for borders with words of their own, such as the flags of a command line; not serialized
   * @param sentences - the message, with `%` where the broken rule goes
   * @param known - what is known of the wait already
   */
  constructor(
    readonly invalid: InvalidField,
    sentences: string,
    known: Partial<InvalidInputDetails> = {},
  ) {
    const { field, rule, value } = invalid;
    const given = value === undefined ? '' : ` is ${plain(value, 100)}, but it`;
    const broken = `${plain(field, 100)}${given} ${rule}`;
    const nothing = { taskId: null, region: null, ...readTexts({}), polls: 0, waitedMs: 0 };
    const details: InvalidInputDetails = { ...nothing, ...known, invalid: { field, rule } };
    super(
      sentences.replace('%', () => broken),
      'RedisTaskInvalidInput',
      true,
      [details],
    );
    this.stack = '';
  }
}

/** The details are what the contract promises for the type, and may have more fields when a newer worker made them. */
const CARRIED_FAILURE = v.object({
  type: v.string(),
  message: v.fallback(v.string(), ''),
  details: v.looseTuple([v.custom<never>((value) => isObject(value) && !Array.isArray(value))]),
});

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

/** Finds a failure with one of these types in an error and its causes. */
export function decodeFailure<Type extends string>(
  types: readonly Type[],
  error: unknown,
): { readonly type: Type; readonly message: string; readonly details: never } | undefined {
  const seen = new Set<unknown>();
  for (let each = error; isObject(each) && !seen.has(each); each = each['cause']) {
    seen.add(each);
    const { success, output } = v.safeParse(CARRIED_FAILURE, each);
    const type = success && types.find((type) => type === output.type);
    if (type) return { type, message: output.message, details: output.details[0] };
  }
  return undefined;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}
