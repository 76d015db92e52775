import * as v from 'valibot';
import { formatDuration } from '../duration.js';
import type { RedisInstanceFailure } from '../instance/failures.js';
import { type AwaitRedisInstanceInput, DEAL_NAME, INSTANCE_IDS } from '../instance/input.js';
import { INVALID_INPUT, InvalidInputFailure } from '../invalid-input.js';
import type { RedisTaskFailure } from '../task/failures.js';
import type { AwaitRedisTaskInput } from '../task/input.js';
import type { RedisTaskResult } from '../task/outcome.js';
import { pollingToResume } from '../wait/polling.js';
import { factsOf } from './actions.js';
import type { Started } from './answer.js';
import type { RedisActionFailure, RedisActionFailureDetails } from './failures.js';
import type { ActionPlan } from './input.js';
import { endMessage, lookAt } from './messages.js';
import type { ActionEnd } from './next-step.js';
import { type ActionResponse, type ActionState, CARRIED_ACTION_STATE } from './state.js';

/** What `runRedisAction` returns. */
export interface RedisActionResult {
  readonly action: string;
  readonly region: string;
  /** Of the answer that accepted the change; null if that was lost and the task was found in the list. */
  readonly requestId: string | null;
  /** What was started. Empty: nothing had to be done, or it is an order. */
  readonly taskIds: readonly number[];
  readonly dealName: string | null;
  readonly instanceIds: readonly string[];
  /** How each task ended; empty with `waitFor: "start"`. */
  readonly tasks: readonly RedisTaskResult[];
  /** The API's answer, ids as they came; null if it was lost. */
  readonly response: ActionResponse | null;
  /** How many submits were made. */
  readonly submits: number;
  readonly waitedMs: number;
}

/** A change that the API has accepted. */
export interface AcceptedAction {
  readonly started: Started;
  readonly requestId: string | null;
  readonly response: ActionResponse | null;
}

export function resultOf(
  { action, region }: ActionPlan,
  { submits, startedAt }: ActionState,
  { started, requestId, response }: AcceptedAction,
  tasks: readonly RedisTaskResult[],
  now: number,
): RedisActionResult {
  return { action, region, requestId, ...started, tasks, response, submits, waitedMs: Math.max(0, now - startedAt) };
}

/** Reads the state that an earlier run carried over. @throws InvalidInputFailure */
export function readActionState(carried: unknown): ActionState | undefined {
  const { success, output } = v.safeParse(v.optional(CARRIED_ACTION_STATE), carried);
  if (success) return output;
  const rule = 'is not a state that this version of the workflow carried over: leave the second argument out';
  throw new InvalidInputFailure({ field: 'state', rule }, INVALID_INPUT);
}

/** How a change ended before the API accepted it. */
export function endOf(type: ActionEnd, plan: ActionPlan, state: ActionState, now: number): RedisActionFailure {
  const details = detailsOf(plan, state, undefined, now);
  const message = endMessage(type, plan, state, details);
  if (type !== 'RedisActionUncertain') return { type, message, details };
  const { baseline, candidates } = state;
  return { type, message, details: { ...details, baseline: baseline ?? [], candidates, lookAt: lookAt(plan, state) } };
}

/** The failure of a wait for what was started, as that of the change. */
export function failureAfterStart(
  { type, message, details }: RedisTaskFailure | RedisInstanceFailure,
  plan: ActionPlan,
  state: ActionState,
  started: Started,
  now: number,
): RedisActionFailure {
  const own = detailsOf(plan, state, started, now);
  const after = `${plan.action}, ${formatDuration(own.waitedMs)} after its start`;
  return { type, message: `${after}: ${message}`, details: { ...details, ...own } } as RedisActionFailure;
}

function detailsOf(
  { action, region, instanceIds }: ActionPlan,
  { submits, lastSubmitAt, startedAt, lastError }: ActionState,
  started: Started | undefined,
  now: number,
): RedisActionFailureDetails {
  return {
    action,
    region,
    submits,
    submittedAt: lastSubmitAt === null ? null : new Date(lastSubmitAt).toISOString(),
    taskIds: started?.taskIds ?? [],
    dealName: started?.dealName ?? null,
    instanceIds: started?.instanceIds.length ? started.instanceIds : instanceIds,
    waitedMs: Math.max(0, now - startedAt),
    ...(!started && lastError && { lastError }),
  };
}

/** The input of the wait for a task that was started. */
export function taskInputOf(
  { region, schedule }: ActionPlan,
  state: ActionState,
  taskId: number,
  now: number,
): AwaitRedisTaskInput {
  return { taskId, region, maxWait: leftMs(state, now), polling: pollingToResume(schedule, 0) };
}

/** The input of the wait for the instances of an order; undefined if there is none to wait for. */
export function instanceInputOf(
  { action, region, schedule, expect, instanceIds }: ActionPlan,
  state: ActionState,
  { dealName, instanceIds: told }: Started,
  now: number,
): AwaitRedisInstanceInput | undefined {
  const { isDeal, goal } = factsOf(action);
  if (!isDeal) return undefined;
  // New instances of a clone, not the one that is cloned.
  const ids = told.length > 0 ? told : action === 'CloneInstances' ? [] : instanceIds;
  if (ids.length === 0 && dealName === null) return undefined;
  // The API may answer with more than one wait can name. The order tells its instances, and they tell the order's end.
  const hasName = v.is(DEAL_NAME, dealName);
  const hasIds = ids.length > 0 && (v.is(INSTANCE_IDS, ids) || !hasName);
  return {
    ...(hasIds && { instanceIds: ids as string[] }),
    ...((hasName || !hasIds) && dealName !== null && { dealName }),
    region,
    until: goal,
    ...(goal === 'running' && { expect }),
    maxWait: leftMs(state, now),
    polling: pollingToResume(schedule, 0),
  };
}

/** What is left of `maxWait`, for a wait of at least a second. */
function leftMs({ deadline }: ActionState, now: number): number {
  return Math.max(1_000, deadline - now);
}
