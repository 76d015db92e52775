import type { WaitOutcome } from '../wait/outcome.js';
import { refusalFailure } from '../wait/refusal.js';
import { detectionDelayMaxMs, isPastDeadline, waitedMs } from '../wait/state.js';
import type { RedisTaskFailure, RedisTaskFailureDetails } from './failures.js';
import { inputToResume, type WaitPlan } from './input.js';
import { failureMessage, type PollFailureType } from './messages.js';
import { phaseOf, readTexts, type TaskFacts } from './observation.js';
import type { TaskAnswer, TaskWaitState } from './state.js';

/** What `awaitRedisTask` returns when the task has succeeded. */
export interface RedisTaskResult extends TaskFacts {
  /** The API's text, unchanged: `succeed`. */
  readonly status: string;
  /** The most by which the end can have been seen late: the time since a poll last saw the task unfinished. */
  readonly detectionDelayMaxMs: number | null;
}

/** How a wait for a task ended. */
export type TaskOutcome = WaitOutcome<RedisTaskResult, RedisTaskFailure>;

/**
 * Whether a wait is over after a poll, and how. `state` already holds the answer.
 *
 * @param beganAt - when the poll was made: one made at the deadline or later was the last
 */
export function outcomeOf(
  plan: WaitPlan,
  state: TaskWaitState,
  answer: TaskAnswer,
  beganAt: number,
  now: number,
): TaskOutcome | undefined {
  if (answer.observation && phaseOf(answer.observation.status) === 'succeeded') {
    const { status } = answer.observation;
    return {
      result: { ...factsOf(plan, state, now), status, detectionDelayMaxMs: detectionDelayMaxMs(state, now) },
    };
  }
  const type = failureType(state, answer, now) ?? (isPastDeadline(state, beganAt) ? 'RedisTaskTimedOut' : undefined);
  return type && { failure: failureOf(type, plan, state, now) };
}

function failureType(state: TaskWaitState, answer: TaskAnswer, now: number): PollFailureType | undefined {
  if (answer.observation) {
    const phase = phaseOf(answer.observation.status);
    if (phase === 'failed') return 'RedisTaskFailed';
    return phase === 'errored' ? 'RedisTaskErrored' : undefined;
  }
  return refusalFailure(answer.errorClass, state, now);
}

function failureOf(type: PollFailureType, plan: WaitPlan, state: TaskWaitState, now: number): RedisTaskFailure {
  const details = failureDetails(plan, state, now);
  const resumeInput = inputToResume(plan, details.waitedMs);
  const message = failureMessage(type, details, state, resumeInput);
  if (type === 'RedisTaskFailed' || type === 'RedisTaskErrored') return { type, message, details };
  return { type, message, details: { ...details, resumeInput } };
}

/** The facts of a wait as its failures carry them. */
export function failureDetails(plan: WaitPlan, state: TaskWaitState, now: number): RedisTaskFailureDetails {
  return { ...factsOf(plan, state, now), ...(state.lastError && { lastError: state.lastError }) };
}

function factsOf({ taskId, region }: WaitPlan, state: TaskWaitState, now: number): TaskFacts {
  return { taskId, region, ...readTexts(state.observation ?? {}), polls: state.polls, waitedMs: waitedMs(state, now) };
}
