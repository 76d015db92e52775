// The state of a wait for a task: that of any wait, and what the task's status adds.
import { INVALID_INPUT, InvalidInputFailure } from '../invalid-input.js';
import { hasFailedForLong, type PollAnswer, pollEnded } from '../wait/polls.js';
import { carriedState, readStateBy, type WaitState } from '../wait/state.js';
import type { WaitPlan } from './input.js';
import { isUnfinished, OBSERVATION, phaseOf, type RedisTaskObservation } from './observation.js';

/** What a poll of a task brought. */
export type TaskAnswer = PollAnswer<RedisTaskObservation>;

/** Where a wait for a task stands. */
export type TaskWaitState = WaitState<RedisTaskObservation>;

export const CARRIED_STATE = carriedState(OBSERVATION);

/**
 * Reads the internal second argument of the workflow: the state that an earlier run carried over. Its fields are never
 * printed. Fields of a newer version are kept.
 *
 * @throws InvalidInputFailure
 */
export function readCarriedState(carried: unknown, { taskId, region }: WaitPlan): TaskWaitState | undefined {
  return readStateBy(
    CARRIED_STATE,
    carried,
    (invalid) => new InvalidInputFailure(invalid, INVALID_INPUT, { taskId, region }),
  );
}

/**
 * A poll of a task has ended.
 *
 * @param askedAt - the earliest time at which the API can have been asked: the answer may have been under way for long
 */
export function pollAnswered(before: TaskWaitState, answer: TaskAnswer, now: number, askedAt = now): TaskWaitState {
  const state = pollEnded(before, answer, now);
  return answer.observation && isUnfinished(answer.observation.status) ? { ...state, unfinishedAt: askedAt } : state;
}

/** A warning for the log: polls have failed for more than a minute, or a status is not documented. */
export type WaitWarning = 'failing' | 'unknownStatus';

/** The warnings that are due and not in the log yet. */
export function dueWarnings(state: TaskWaitState, now: number): WaitWarning[] {
  const { observation, warned } = state;
  const due: WaitWarning[] = [];
  if (hasFailedForLong(state, now)) due.push('failing');
  if (observation && phaseOf(observation.status) === 'unknown') due.push('unknownStatus');
  return due.filter((warning) => !warned.includes(warning));
}

/** What a poll brought, as labels of a metric. */
export function pollLabels(answer: TaskAnswer): { outcome: string } {
  return { outcome: answer.error ? 'no_answer' : phaseOf(answer.observation.status) };
}
