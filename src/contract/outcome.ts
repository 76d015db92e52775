import { MINUTE } from './duration.js';
import type { RedisTaskFailure, RedisTaskFailureDetails } from './failures.js';
import { inputToResume, type WaitPlan } from './input.js';
import { failureMessage, type PollFailureType } from './messages.js';
import type { PollErrorClass } from './poll-error.js';
import { readTexts, phaseOf, type TaskFacts } from './task.js';
import { detectionDelayMaxMs, isPastDeadline, waitedMs, type WaitState } from './wait-state.js';
import { inVisibilityGrace, type PollAnswer } from './wait.js';

/** What `awaitRedisTask` returns when the task has succeeded. */
export interface RedisTaskResult extends TaskFacts {
  /** The API's text, unchanged: `succeed`. */
  readonly status: string;
  /** The most by which the end can have been seen late: the time since a poll last saw the task unfinished. */
  readonly detectionDelayMaxMs: number | null;
}

/** How a wait ended. */
export type WaitOutcome =
  | { readonly result: RedisTaskResult; readonly failure?: undefined }
  | { readonly result?: undefined; readonly failure: RedisTaskFailure };

/** How many polls in a row, and for how long, the API must refuse a task that it has described before. */
const REFUSALS_MIN = 3;
const REFUSED_FOR_MIN_MS = MINUTE;
/** The same of "no such task", which an API that is being repaired may say for a while. */
const UNKNOWN_FOR_MIN_MS = 10 * MINUTE;

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
  if (answer.observation && phaseOf(answer.observation.status) === 'succeeded') {
    const { status } = answer.observation;
    return {
      result: { ...factsOf(plan, state, now), status, detectionDelayMaxMs: detectionDelayMaxMs(state, now) },
    };
  }
  const type = failureType(state, answer, now) ?? (isPastDeadline(state, beganAt) ? 'RedisTaskTimedOut' : undefined);
  return type && { failure: failureOf(type, plan, state, now) };
}

function failureType(state: WaitState, answer: PollAnswer, now: number): PollFailureType | undefined {
  if (answer.observation) {
    const phase = phaseOf(answer.observation.status);
    if (phase === 'failed') return 'RedisTaskFailed';
    return phase === 'errored' ? 'RedisTaskErrored' : undefined;
  }
  switch (answer.errorClass) {
    case 'unauthorized':
      return isFinalRefusal(answer.errorClass, state, now) ? 'RedisTaskUnauthorized' : undefined;
    case 'rejected':
    case 'unknownTask':
      return isFinalRefusal(answer.errorClass, state, now) ? 'RedisTaskRejected' : undefined;
    case 'transient':
    case 'throttled':
      return undefined;
  }
}

/**
 * Once the task has been seen, the request is known to be good: a refusal may come from a gateway, or a key's rotation.
 * Until then only "no such task" is not final at once: a fresh task may not be visible yet.
 */
function isFinalRefusal(refusal: PollErrorClass, state: WaitState, now: number): boolean {
  const { observation, refusals, refusedSince } = state;
  const isUnknown = refusal === 'unknownTask';
  if (observation === null) return !isUnknown || !inVisibilityGrace(state, now);
  const longEnoughMs = isUnknown ? UNKNOWN_FOR_MIN_MS : REFUSED_FOR_MIN_MS;
  return refusals >= REFUSALS_MIN && refusedSince !== null && now - refusedSince >= longEnoughMs;
}

function failureOf(type: PollFailureType, plan: WaitPlan, state: WaitState, now: number): RedisTaskFailure {
  const details = failureDetails(plan, state, now);
  const message = failureMessage(type, details, state);
  if (type === 'RedisTaskFailed' || type === 'RedisTaskErrored') return { type, message, details };
  return { type, message, details: { ...details, resumeInput: inputToResume(plan, details.waitedMs) } };
}

/** The facts of a wait as its failures carry them. */
export function failureDetails(plan: WaitPlan, state: WaitState, now: number): RedisTaskFailureDetails {
  return { ...factsOf(plan, state, now), ...(state.lastError && { lastError: state.lastError }) };
}

function factsOf({ taskId, region }: WaitPlan, state: WaitState, now: number): TaskFacts {
  return { taskId, region, ...readTexts(state.observation ?? {}), polls: state.polls, waitedMs: waitedMs(state, now) };
}
