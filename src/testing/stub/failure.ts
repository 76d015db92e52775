import { randomUUID } from 'node:crypto';
import { ChildWorkflowFailure, RetryState, type TemporalFailure } from '@temporalio/common';
import type { RedisActionFailureType } from '../../contract/action/failures.js';
import { readActionInput, type RunRedisActionInput } from '../../contract/action/input.js';
import type { RedisTaskDuration } from '../../contract/duration.js';
import { toApplicationFailure } from '../../contract/failure.js';
import {
  AWAIT_REDIS_INSTANCE,
  AWAIT_REDIS_TASK,
  childWorkflowId,
  DEFAULT_TASK_QUEUE,
  RUN_REDIS_ACTION,
} from '../../contract/ids.js';
import type { RedisInstanceFailureType } from '../../contract/instance/failures.js';
import { type AwaitRedisInstanceInput, readInstanceInput } from '../../contract/instance/input.js';
import { InvalidInputFailure } from '../../contract/invalid-input.js';
import type { RedisTaskFailureType } from '../../contract/task/failures.js';
import { type AwaitRedisTaskInput, readInput } from '../../contract/task/input.js';
import { playAction } from './played-action.js';
import { type PlayedEnd, playInstanceWait, playWait } from './played-wait.js';
import { readActionEnding } from './scripted-actions.js';
import { ScriptedInstances } from './scripted-instances.js';
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
  const { input, ...ending } = facts;
  return failureOf(type, AWAIT_REDIS_TASK, () => {
    const plan = readInput(input ?? { taskId: type === 'RedisTaskInvalidInput' ? 0 : 18215, region: REGION });
    const { taskId, region } = plan;
    const tasks = new ScriptedTasks();
    tasks.script({ [taskId]: { ...ending, ...(type !== 'RedisTaskInvalidInput' && { fails: type }) } });
    const workflowId = childWorkflowId('pipeline', DEFAULT_TASK_QUEUE, region, taskId);
    return { workflowId, ...playWait(plan, STARTED_AT, (now) => tasks.poll(taskId, region, now)) };
  });
}

/** What a made failure of a change says. */
export interface RedisActionFailureFacts {
  /**
   * What the change was started with.
   * @default `UpgradeInstance` for `RedisInstanceFailed`, otherwise `ClearInstance`; for `RedisTaskInvalidInput` a read
   */
  readonly input?: RunRedisActionInput;
  /** The API's text: about the task or the order, or with which it refused. */
  readonly message?: string;
  /** The API's error code, where it refused. */
  readonly code?: string;
  /** How long what it started had taken when it failed, within `maxWait`. @default 0 */
  readonly after?: RedisTaskDuration;
  /** How long another flow held the instance before; beyond `maxWait`, nothing was started. @default 0 */
  readonly busyFor?: RedisTaskDuration;
}

/**
 * What a parent catches when a change has failed: see {@link redisTaskFailure}.
 *
 * @throws TypeError when a change with these facts ends otherwise
 *
 * @example
 * ```ts
 * const error = redisActionFailure('RedisActionUncertain');
 * const failure = decodeRedisActionFailure(error);
 * if (failure?.type === 'RedisActionUncertain') expect(failure.details.lookAt).toContain('crs-09u2u96z');
 * ```
 */
export function redisActionFailure(type: RedisActionFailureType, facts: RedisActionFailureFacts = {}): TemporalFailure {
  const { input, ...ending } = facts;
  return failureOf(type, RUN_REDIS_ACTION, () => {
    const plan = readActionInput(input ?? usualChange(type));
    const fails = type === 'RedisTaskInvalidInput' ? undefined : type;
    const read = readActionEnding(plan.action, { ...ending, ...(fails && { fails }) });
    return { workflowId: 'change', ...playAction(plan, STARTED_AT, read) };
  });
}

function usualChange(type: RedisActionFailureType): RunRedisActionInput {
  const InstanceId = 'crs-09u2u96z';
  const ofInstance = { action: 'ClearInstance', region: REGION, params: { InstanceId } } as const;
  if (type === 'RedisTaskInvalidInput') return { ...ofInstance, action: 'DescribeInstances' as never };
  if (type !== 'RedisInstanceFailed') return ofInstance;
  const params = { InstanceId, MemSize: 4_096 };
  return { action: 'UpgradeInstance', region: REGION, params, expect: { memSizeMb: 4_096 } };
}

/** What a made failure of a wait for instances says. */
export interface RedisInstanceFailureFacts {
  /**
   * What the wait was started with.
   * @default until `crs-09u2u96z` of an order is running; for `RedisTaskInvalidInput` neither is given
   */
  readonly input?: AwaitRedisInstanceInput;
  /** The API's text: about the order, or with which it refused the poll. */
  readonly message?: string;
  /** The API's error code, for `RedisTaskUnauthorized` and `RedisTaskRejected`. */
  readonly code?: string;
  /** How long the wait had taken when it failed, within `maxWait`. @default 0 */
  readonly after?: RedisTaskDuration;
}

/**
 * What a parent catches when a wait for instances has failed: see {@link redisTaskFailure}.
 *
 * @throws TypeError when a wait with these facts ends otherwise
 *
 * @example
 * ```ts
 * const error = redisInstanceFailure('RedisInstanceFailed', { message: 'Not enough stock in the zone.' });
 * expect(decodeRedisInstanceFailure(error)?.details).toHaveProperty('deal.status', 5);
 * ```
 */
export function redisInstanceFailure(
  type: RedisInstanceFailureType,
  facts: RedisInstanceFailureFacts = {},
): TemporalFailure {
  const { input, ...ending } = facts;
  const wait = { region: REGION, until: 'running' } as const;
  const order = { instanceIds: ['crs-09u2u96z'], dealName: '20250825297021530591847' };
  return failureOf(type, AWAIT_REDIS_INSTANCE, () => {
    const plan = readInstanceInput(input ?? (type === 'RedisTaskInvalidInput' ? wait : { ...wait, ...order }));
    const fails = type === 'RedisTaskInvalidInput' ? undefined : type;
    const instances = new ScriptedInstances();
    const name = plan.dealName ?? plan.instanceIds[0] ?? '';
    instances.script({ [name]: { ...ending, ...(fails && { fails }) } });
    return {
      workflowId: 'instances',
      ...playInstanceWait(plan, STARTED_AT, (now) => instances.poll(plan, now)),
    };
  });
}

type Played = PlayedEnd<unknown, Parameters<typeof toApplicationFailure>[0]> & { readonly workflowId: string };

/** The failure in which a workflow ends that is played in memory. */
function failureOf(type: string, workflowType: string, play: () => Played): TemporalFailure {
  try {
    const { outcome, workflowId } = play();
    const made = outcome.failure?.type;
    if (!outcome.failure || made !== type) {
      throw new TypeError(`A wait with these facts ends in ${made ?? 'success'}, not in ${type}`);
    }
    const execution = { workflowId, runId: randomUUID() };
    const retryState = RetryState.NON_RETRYABLE_FAILURE;
    const cause = toApplicationFailure(outcome.failure);
    return new ChildWorkflowFailure('default', execution, workflowType, retryState, cause);
  } catch (error) {
    // As the helpers for parents throw it.
    if (error instanceof InvalidInputFailure && type === error.type) return error;
    if (!(error instanceof InvalidInputFailure)) throw error;
    throw new TypeError(`A wait with these facts ends in ${error.type ?? ''}, not in ${type}`, { cause: error });
  }
}
