import type { RedisTaskFailure, RedisTaskFailureDetails } from './failures.js';
import type { AwaitRedisTaskInput, WaitPlan } from './input.js';
import { erroredMessage, failedMessage, rejectedMessage, timedOutMessage, unauthorizedMessage } from './messages.js';
import { phaseOf } from './task.js';
import { inVisibilityGrace, type PollAnswer, type WaitState } from './wait.js';

/** What `awaitRedisTask` returns when the task has succeeded. */
export interface RedisTaskResult {
  readonly taskId: number;
  readonly region: string;
  /** The API's text, unchanged: `succeed`. */
  readonly status: string;
  readonly taskType: string | null;
  readonly instanceId: string | null;
  readonly startTime: string | null;
  readonly message: string | null;
  readonly requestId: string | null;
  /** How many polls returned a task: failed polls, and retries within one, are not counted. */
  readonly polls: number;
  readonly waitedMs: number;
  /** The most by which the end can have been seen late: the time since a poll last saw the task unfinished. */
  readonly detectionDelayMaxMs: number | null;
}

/** How a wait ended. */
export type WaitOutcome =
  | { readonly result: RedisTaskResult; readonly failure?: undefined }
  | { readonly result?: undefined; readonly failure: RedisTaskFailure };

/**
 * Whether a wait is over after a poll, and how. `state` already holds the answer.
 *
 * @param beganAt - when the poll was made: one made at the deadline or later was the last
 */
export function outcomeOf(
  plan: WaitPlan,
  state: WaitState,
  answer: PollAnswer,
  beganAt: number,
  now: number,
): WaitOutcome | undefined {
  const details = failureDetails(plan, state, now);
  const ended = answer.error
    ? refusal(plan, state, answer, details, now)
    : verdict(plan, state, phaseOf(answer.observation.status), details, now);
  if (ended) return ended;
  if (beganAt < state.deadline) return undefined;

  const message = timedOutMessage(details, state.deadline - state.startedAt);
  return { failure: { type: 'RedisTaskTimedOut', message, details: resumable(plan, details) } };
}

function verdict(
  plan: WaitPlan,
  state: WaitState,
  phase: ReturnType<typeof phaseOf>,
  details: RedisTaskFailureDetails,
  now: number,
): WaitOutcome | undefined {
  switch (phase) {
    case 'succeeded':
      return { result: resultOf(plan, state, details, now) };
    case 'failed':
      return { failure: { type: 'RedisTaskFailed', message: failedMessage(details), details } };
    case 'errored':
      return { failure: { type: 'RedisTaskErrored', message: erroredMessage(details), details } };
    case 'pending':
    case 'unknown':
      return undefined;
  }
}

/** How many polls in a row, and for how long, a task must be refused that the API has described before. */
const REFUSALS_MIN = 3;
const REFUSED_FOR_MIN_MS = 60_000;

function refusal(
  plan: WaitPlan,
  state: WaitState,
  { error, errorClass }: Extract<PollAnswer, { error: object }>,
  details: RedisTaskFailureDetails,
  now: number,
): WaitOutcome | undefined {
  const rejected = (): WaitOutcome => {
    const message = rejectedMessage(details, error, state.refusals);
    return { failure: { type: 'RedisTaskRejected', message, details: resumable(plan, details) } };
  };
  switch (errorClass) {
    case 'unauthorized': {
      if (!isFinalRefusal(state, now)) return undefined;
      const message = unauthorizedMessage(details, error, state.refusals);
      return { failure: { type: 'RedisTaskUnauthorized', message, details: resumable(plan, details) } };
    }
    case 'rejected':
      return isFinalRefusal(state, now) ? rejected() : undefined;
    case 'unknownTask':
      return state.missing && !inVisibilityGrace(state, now) ? rejected() : undefined;
    case 'transient':
    case 'throttled':
      return undefined;
  }
}

/** Once the task has been seen the request is known to be good: a refusal may come from a gateway, or a key's rotation. */
function isFinalRefusal({ observation, refusals, refusedSince }: WaitState, now: number): boolean {
  if (observation === null) return true;
  return refusals >= REFUSALS_MIN && refusedSince !== null && now - refusedSince >= REFUSED_FOR_MIN_MS;
}

function resultOf(plan: WaitPlan, state: WaitState, details: RedisTaskFailureDetails, now: number): RedisTaskResult {
  const { status, taskType, instanceId, startTime, message, requestId, polls, waitedMs } = details;
  return {
    taskId: plan.taskId,
    region: plan.region,
    status: status ?? '',
    taskType,
    instanceId,
    startTime,
    message,
    requestId,
    polls,
    waitedMs,
    detectionDelayMaxMs: state.unfinishedAt === null ? null : now - state.unfinishedAt,
  };
}

/** The facts of a wait as its failures carry them. */
export function failureDetails(plan: WaitPlan, state: WaitState, now: number): RedisTaskFailureDetails {
  const { observation, lastError } = state;
  return {
    taskId: plan.taskId,
    region: plan.region,
    status: observation?.status ?? null,
    message: observation?.message ?? null,
    taskType: observation?.taskType ?? null,
    instanceId: observation?.instanceId ?? null,
    startTime: observation?.startTime ?? null,
    requestId: observation?.requestId ?? null,
    polls: state.polls,
    waitedMs: now - state.startedAt,
    ...(lastError && { lastError }),
  };
}

function resumable(plan: WaitPlan, details: RedisTaskFailureDetails) {
  return { ...details, resumeInput: inputToResume(plan, details.waitedMs) };
}

/** The same wait once more. What has passed of `expectedDuration` need not pass quietly again. */
function inputToResume(plan: WaitPlan, waitedMs: number): AwaitRedisTaskInput {
  const { initialIntervalMs, backoffCoefficient, maximumIntervalMs, jitter, expectedDurationMs = 0 } = plan.schedule;
  const stillExpectedMs = expectedDurationMs - waitedMs;
  return {
    taskId: plan.taskId,
    region: plan.region,
    maxWait: plan.maxWaitMs,
    polling: {
      initialInterval: initialIntervalMs,
      backoffCoefficient,
      maximumInterval: maximumIntervalMs,
      jitter,
      ...(stillExpectedMs > 0 && { expectedDuration: stillExpectedMs }),
    },
  };
}
