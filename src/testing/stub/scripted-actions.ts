import { randomUUID } from 'node:crypto';
import { factsOf, REDIS_ACTIONS, type RedisActionName } from '../../contract/action/actions.js';
import { readStarted } from '../../contract/action/answer.js';
import { REDIS_ACTION_FAILURE_TYPES } from '../../contract/action/failures.js';
import type { ActionPlan, RunRedisActionInput } from '../../contract/action/input.js';
import type { Listed, Submitted } from '../../contract/action/state.js';
import { submitClassOf } from '../../contract/action/submit-class.js';
import type { RedisTaskDuration } from '../../contract/duration.js';
import { inBeijing } from '../beijing-time.js';
import { FLOWS } from '../changes.js';
import { type CancelledEnding, isCancelledEnding, readCancelledAfter } from './cancelled-ending.js';
import { type ErrorFacts, pollClassOf, toldError } from './poll-answer.js';
import { checkFails, checkFields, readDuration } from './read-ending.js';
import { USUAL_REFUSALS } from './refusal-ending.js';

/**
 * What else a change meets.
 *
 * @inline
 */
interface Facts {
  /** How long another flow holds the instance before the API accepts the change. @default 0 */
  readonly busyFor?: RedisTaskDuration;
  /** The API's text about the task or the order, or with which it refuses. */
  readonly message?: string;
}

/**
 * What a change that was accepted meets.
 *
 * @inline
 */
interface Accepted extends Facts {
  /** How long what it starts takes. @default 0 */
  readonly after?: RedisTaskDuration;
  /** The new instances of `CreateInstances` or `CloneInstances`. @default as many as `GoodsNum`, with ids of the stub */
  readonly instanceIds?: readonly string[];
}

/**
 * How a scripted change ends.
 *
 * - nothing, or `after` alone: it succeeds
 * - `busyFor`: the instance is busy first; longer than `maxWait`, it ends as `RedisTaskTimedOut` with nothing started
 * - `fails: 'RedisTaskFailed'` or `'RedisTaskErrored'`: its task ends so
 * - `fails: 'RedisInstanceFailed'`: its order delivers nothing
 * - `fails: 'RedisTaskTimedOut'`: what it has started never ends
 * - `fails: 'RedisTaskRejected'`: the API refuses every poll of what it has started
 * - `fails: 'RedisTaskUnauthorized'` or `'RedisActionRefused'`: the API refuses the submit, with `code` and `message`
 * - `fails: 'RedisActionUncertain'`: the answer to the submit is lost, and the list of tasks does not tell
 * - `cancelledAfter`: somebody cancels the workflow, and what it has started goes on
 *
 * @example
 * ```ts
 * const endings: RedisActionEnding[] = [
 *   { busyFor: '5m', after: '40m' },
 *   { fails: 'RedisActionRefused', code: 'ResourceUnavailable.AccountBalanceNotEnough' },
 *   { fails: 'RedisActionUncertain' },
 * ];
 * ```
 */
export type RedisActionEnding =
  | (Accepted & { readonly fails?: 'RedisTaskFailed' | 'RedisTaskErrored' | 'RedisInstanceFailed' })
  | (Omit<Accepted, 'after'> & { readonly fails: 'RedisTaskTimedOut' })
  | (Omit<Accepted, 'after'> & {
      readonly fails: 'RedisTaskRejected';
      /** The API's error code. @default 'InvalidParameterValue' */
      readonly code?: string;
    })
  | (Facts & {
      readonly fails: 'RedisTaskUnauthorized' | 'RedisActionRefused' | 'RedisActionUncertain';
      /** The API's error code. @default 'AuthFailure.UnauthorizedOperation', 'InvalidParameterValue' or 'Timeout' */
      readonly code?: string;
    })
  | CancelledEnding;

/** Endings by action: of each change, or decided by its input. */
export type RedisActionEndings = Readonly<
  Partial<Record<RedisActionName, RedisActionEnding | ((input: RunRedisActionInput) => RedisActionEnding)>>
>;

/** An ending that has been read. */
export interface ReadActionEnding {
  readonly fails: RedisActionEnding['fails'];
  readonly busyMs: number;
  readonly afterMs: number;
  readonly cancelledAfterMs: number | undefined;
  readonly message: string | undefined;
  readonly code: string | undefined;
  readonly instanceIds: readonly string[] | undefined;
}

const FIELDS = ['after', 'fails', 'busyFor', 'message', 'code', 'instanceIds', 'cancelledAfter'];

/** @throws TypeError when it makes no sense */
export function readActionEnding(action: string, ending: RedisActionEnding): ReadActionEnding {
  checkFields(action, ending, FIELDS);
  const cancelledAfterMs = readCancelledAfter(action, ending);
  const {
    fails,
    busyFor = 0,
    after = 0,
    message,
    code,
    instanceIds,
  } = {
    ...{ after: undefined, code: undefined, instanceIds: undefined, busyFor: undefined, message: undefined },
    ...(isCancelledEnding(ending) ? ({ fails: 'RedisTaskTimedOut' } as const) : ending),
  };
  const known = REDIS_ACTION_FAILURE_TYPES.filter((type) => type !== 'RedisTaskInvalidInput');
  checkFails('a change', action, fails, known);
  const [busyMs, afterMs] = [readDuration('busyFor', action, busyFor), readDuration('after', action, after)];
  return { fails, busyMs, afterMs, cancelledAfterMs, message, code, instanceIds };
}

/** The scripted changes of a test. */
export class ScriptedActions {
  private readonly endings = new Map<string, (input: RunRedisActionInput) => RedisActionEnding>();

  /** Adds actions, or replaces those of the same names. @throws TypeError when an ending makes no sense */
  script(endings: RedisActionEndings): void {
    for (const [action, ending] of Object.entries(endings)) {
      if (!REDIS_ACTIONS.some((each) => each === action)) {
        throw new TypeError(`${action} is no action that starts a task or an order`);
      }
      if (typeof ending !== 'function') readActionEnding(action, ending);
      this.endings.set(action, typeof ending === 'function' ? ending : () => ending);
    }
  }

  /** How a change ends. One that no script names is refused. @throws TypeError */
  endingOf(input: RunRedisActionInput): ReadActionEnding {
    const { action } = input;
    const message = `The test knows no ${action}: add it with scriptActions({ ${action}: {} }).`;
    return readActionEnding(action, this.endings.get(action)?.(input) ?? { fails: 'RedisActionRefused', message });
  }
}

const ERRORS: Readonly<Partial<Record<string, ErrorFacts>>> = {
  RedisTaskUnauthorized: USUAL_REFUSALS.RedisTaskUnauthorized,
  RedisActionRefused: USUAL_REFUSALS.RedisTaskRejected,
  RedisActionUncertain: { code: 'Timeout', message: 'redis.tencentcloudapi.com did not answer within 10 s' },
};

/** Ids as the API gives them. */
let made = 0;
const nextTaskId = () => 2_031_393_158 + (made += 1);
const nextDealName = () => `2025082529702153059${String((made += 1)).padStart(4, '0')}`;
const nextInstanceId = () => `crs-new${String((made += 1)).padStart(5, '0')}`;

/** The API as one change meets it. */
export class ScriptedApi {
  private readonly busyUntil: number;
  /** The task of an order, which only the list tells. */
  private taskOfDeal: number | undefined;
  /** Those of an uncertain submit: neither is clear. */
  private unclear: readonly number[] | undefined;

  constructor(
    private readonly plan: ActionPlan,
    private readonly ending: ReadActionEnding,
    startedAt: number,
  ) {
    this.busyUntil = startedAt + ending.busyMs;
  }

  submit(now: number): Submitted {
    const { fails = '', code, message } = this.ending;
    const usual = ERRORS[fails];
    if (now < this.busyUntil) return refused(LOCKED, now);
    if (usual) return refused({ code: code ?? usual.code, message: message ?? usual.message }, now);
    const requestId = randomUUID();
    const response = { ...this.answer(), RequestId: requestId };
    const started = readStarted(response);
    if (!started) throw new TypeError(`${this.plan.action} cannot start nothing at all`);
    return { class: 'accepted', started, requestId, response };
  }

  /** The tasks of the instances that are new since the submit. Of an uncertain one that may be repeated, two: neither is clear. */
  list(now: number): Listed {
    const { action, instanceIds } = this.plan;
    const { repeat, taskTypes } = factsOf(action);
    const isUnclear = this.ending.fails === 'RedisActionUncertain' && ['value', 'guarded'].includes(repeat);
    if (isUnclear) this.unclear ??= [nextTaskId(), nextTaskId()];
    const ids = [...(this.unclear ?? []), ...(this.taskOfDeal === undefined ? [] : [this.taskOfDeal])];
    const [taskType = null] = taskTypes;
    const [instanceId = null] = instanceIds;
    const startTime = inBeijing(now);
    return {
      tasks: ids.map((taskId) => ({ taskId, taskType, instanceId, startTime })),
      at: new Date(now).toISOString(),
    };
  }

  private answer(): Readonly<Record<string, unknown>> {
    const { action, instanceIds, params } = this.plan;
    if (action === 'ApplyParamsTemplate') return { TaskIds: instanceIds.map(nextTaskId) };
    if (!factsOf(action).isDeal) return { [FLOWS.includes(action) ? 'FlowId' : 'TaskId']: nextTaskId() };
    const name = nextDealName();
    this.taskOfDeal = nextTaskId();
    const isNew = action === 'CreateInstances' || action === 'CloneInstances';
    const count = Number(params['GoodsNum'] ?? 1);
    const ids = this.ending.instanceIds ?? Array.from({ length: count }, nextInstanceId);
    return { DealId: name, DealName: name, ...(isNew && { InstanceIds: ids }) };
  }
}

const LOCKED = { code: 'ResourceUnavailable.InstanceLockedError', message: 'Another flow holds the instance.' };

function refused(error: ErrorFacts, now: number): Submitted {
  return { class: submitClassOf(error.code, pollClassOf(error.code)), error: toldError(error, now) };
}
