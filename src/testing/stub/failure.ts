import { randomUUID } from 'node:crypto';
import { ChildWorkflowFailure, RetryState, type TemporalFailure } from '@temporalio/common';
import type { RedisTaskDuration } from '../../contract/duration.js';
import { toApplicationFailure } from '../../contract/failure.js';
import { AWAIT_REDIS_TASK, childWorkflowId, DEFAULT_TASK_QUEUE } from '../../contract/ids.js';
import { decodeRedisTaskFailure, type RedisTaskFailureType } from '../../contract/task/failures.js';
import { type AwaitRedisTaskInput, readInput } from '../../contract/task/input.js';
import { playWait } from './played-wait.js';
import { ScriptedTasks } from './scripted-tasks.js';

/** What a made failure says. */
export interface RedisTaskFailureFacts {
  /**
   * What the wait was started with.
   * @default task 18215 in `ap-guangzhou`; for `RedisTaskInvalidInput` the task id 0
   */
  readonly input?: AwaitRedisTaskInput;
  /** The API's text: about the task, or with which it refused the poll. */
  readonly message?: string;
  /** How long the task had run when it failed, within `maxWait`. @default 0 */
  readonly after?: RedisTaskDuration;
  /** @default 'crs-09u2u96z' */
  readonly instanceId?: string;
  /** The API's error code, for `RedisTaskUnauthorized` and `RedisTaskRejected`. */
  readonly code?: string;
}

const REGION = 'ap-guangzhou';
const STARTED_AT = Date.parse('2026-01-01T00:00:00Z');

/**
 * What a parent catches when a wait has failed, to test how it reacts without running a wait: a `ChildWorkflowFailure`
 * around the failure of the wait. For `RedisTaskInvalidInput` it is that failure itself, as the helpers for parents throw it.
 *
 * The message and the details are those of a real wait: it is played in memory.
 *
 * @throws TypeError when a wait for these facts ends otherwise, such as with an `after` beyond `maxWait`
 *
 * @example
 * ```ts
 * const error = redisTaskFailure('RedisTaskFailed', { message: 'The backup file is damaged.' });
 * expect(decodeRedisTaskFailure(error)?.details.message).toBe('The backup file is damaged.');
 * ```
 */
export function redisTaskFailure(type: RedisTaskFailureType, facts: RedisTaskFailureFacts = {}): TemporalFailure {
  const failure = failureOf(type, facts);
  const made = decodeRedisTaskFailure(failure)?.type;
  if (failure && made === type) return failure;
  throw new TypeError(`A wait with these facts ends in ${made ?? 'success'}, not in ${type}`);
}

function failureOf(
  type: RedisTaskFailureType,
  { input, ...facts }: RedisTaskFailureFacts,
): TemporalFailure | undefined {
  if (type === 'RedisTaskInvalidInput') return invalidInput(input ?? { taskId: 0, region: REGION });

  const plan = readInput(input ?? { taskId: 18215, region: REGION });
  const { taskId, region } = plan;
  const tasks = new ScriptedTasks();
  tasks.script({ [taskId]: { fails: type, ...facts } });
  const { outcome } = playWait(plan, STARTED_AT, (now) => tasks.poll(taskId, region, now));
  if (!outcome.failure) return undefined;
  const execution = {
    workflowId: childWorkflowId('pipeline', DEFAULT_TASK_QUEUE, region, taskId),
    runId: randomUUID(),
  };
  const retryState = RetryState.NON_RETRYABLE_FAILURE;
  const cause = toApplicationFailure(outcome.failure);
  return new ChildWorkflowFailure('default', execution, AWAIT_REDIS_TASK, retryState, cause);
}

function invalidInput(input: AwaitRedisTaskInput): TemporalFailure | undefined {
  try {
    readInput(input);
    return undefined;
  } catch (error) {
    return error as TemporalFailure;
  }
}
