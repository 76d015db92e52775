import type { WaitPlan } from './input.js';
import type { PollError, PollErrorClass } from './poll-error.js';
import { MINIMUM_INTERVAL_MS, nextInterval } from './schedule.js';
import { phaseOf, type RedisTaskObservation } from './task.js';
import type { WaitState } from './wait-state.js';

/** How long a task that no poll has ever seen is asked for again: a fresh one may not be visible yet. */
const VISIBILITY_GRACE_MS = 15_000;

/** Cap on how much queueing slows polling; longer delays are outages, which say nothing about the next call. */
const LONGEST_QUEUE_MS = 30_000;

/** A worker hears with its next heartbeat that its call was given up, and may send it once more until then. */
const GIVEN_UP_INTERVAL_MS = 2_000;

const ANSWERED_LATELY_MS = 90_000;
const FAILING_WARNING_MS = 60_000;

/** A warning for the log: polls have failed for more than a minute, or a status is not documented. */
export type WaitWarning = 'failing' | 'unknownStatus';

/** What a poll brought: the task, or the reason why not. */
export type PollAnswer =
  | { readonly observation: RedisTaskObservation; readonly error?: undefined }
  | { readonly observation?: undefined; readonly error: PollError; readonly errorClass: PollErrorClass };

/**
 * When the next poll is due: at the pace of the schedule, sooner when asked, at the deadline at the latest, and never too
 * close to the poll before. Null while a poll is under way, and after the end.
 */
export function nextPollAt(state: WaitState): number | null {
  if (state.stage !== 'pausing') return null;
  const due = [state.paceAt, state.deadline];
  if (state.requestedAt !== null) due.push(state.requestedAt);
  // One poll at the end of the visibility grace decides whether the task exists.
  if (state.missing && state.firstPollAt !== null) due.push(state.firstPollAt + VISIBILITY_GRACE_MS);
  return Math.max(state.soonestAt, Math.min(...due));
}

export function pollBegan(state: WaitState): WaitState {
  return { ...state, stage: 'polling', requestedAt: null };
}

/** A poll that has been in the task queue for long and stays there. */
export function pollQueued(state: WaitState, lastError: PollError): WaitState {
  return { ...state, lastError };
}

/** A poll whose answer had not come by the deadline. The last poll follows. */
export function pollGivenUp(state: WaitState, now: number, lastError: PollError | null = state.lastError): WaitState {
  return { ...state, stage: 'pausing', soonestAt: now + GIVEN_UP_INTERVAL_MS, lastError };
}

/**
 * What a wait knows once a poll has an answer.
 *
 * @param askedAt - when the API can have been asked at the earliest: the answer may have been long on its way
 */
export function pollAnswered(before: WaitState, answer: PollAnswer, now: number, askedAt = now): WaitState {
  const state = { ...before, firstPollAt: before.firstPollAt ?? now, soonestAt: now + MINIMUM_INTERVAL_MS };
  return answer.error ? afterError(state, answer, now) : afterObservation(state, answer.observation, askedAt);
}

function afterObservation(state: WaitState, observation: RedisTaskObservation, askedAt: number): WaitState {
  return {
    ...state,
    polls: state.polls + 1,
    observation,
    unfinishedAt: isUnfinished(observation) ? askedAt : state.unfinishedAt,
    missing: false,
    failingSince: null,
    refusals: 0,
    refusedSince: null,
  };
}

function afterError(
  state: WaitState,
  { error, errorClass }: Extract<PollAnswer, { error: object }>,
  now: number,
): WaitState {
  const isRefusal = errorClass === 'unauthorized' || errorClass === 'rejected';
  return {
    ...state,
    lastError: error,
    missing: errorClass === 'unknownTask' && state.observation === null,
    failingSince: state.failingSince ?? now,
    refusals: isRefusal ? state.refusals + 1 : 0,
    refusedSince: isRefusal ? (state.refusedSince ?? now) : null,
  };
}

/**
 * Goes on to the pause after a poll.
 *
 * @param queuedMs - how long the poll's call was in the task queue. The pace is no faster than the queue: waits that ask
 * more often than their calls get through would only pile up there.
 */
export function pauseAfterPoll(state: WaitState, plan: WaitPlan, now: number, random: number, queuedMs = 0): WaitState {
  // `pollNow` brings a poll forward but leaves the pace, unless the pace would poll right after it.
  const paced = state.paceAt > now + MINIMUM_INTERVAL_MS ? state : atNextPace(state, plan, now, random);
  const paceAt = Math.max(paced.paceAt, now + Math.min(queuedMs, LONGEST_QUEUE_MS));
  return { ...paced, stage: 'pausing', paceAt };
}

/**
 * How long the call of a poll was in the task queue.
 *
 * @param queuedMs - as the worker tells it by its own clock, which may be wrong: it was no longer than the whole poll.
 * Not known of a call that failed. Rounded: the state that is carried over holds whole milliseconds
 */
export function queueDelayMs(beganAt: number, now: number, queuedMs = 0): number {
  return Math.round(Math.max(0, Math.min(queuedMs, now - beganAt)));
}

/** `pollNow`: a poll at once, or one more after the call that is under way. */
export function requestPoll(state: WaitState, now: number): WaitState {
  return { ...state, requestedAt: state.requestedAt ?? now };
}

/** `extendWait`: a new deadline. */
export function moveDeadline(state: WaitState, deadline: number): WaitState {
  return { ...state, deadline };
}

/** A wait that is over. */
export function ended(state: WaitState): WaitState {
  return { ...state, stage: 'ended' };
}

/** Whether the task may still not be visible, so that "no such task" is not the last word. */
export function inVisibilityGrace(state: WaitState, now: number): boolean {
  return state.observation === null && now < (state.firstPollAt ?? now) + VISIBILITY_GRACE_MS;
}

/** What is to be warned of now, and has not been yet. */
export function dueWarnings({ observation, failingSince, warned }: WaitState, now: number): WaitWarning[] {
  const due: WaitWarning[] = [];
  if (failingSince !== null && now - failingSince >= FAILING_WARNING_MS) due.push('failing');
  if (observation && phaseOf(observation.status) === 'unknown') due.push('unknownStatus');
  return due.filter((warning) => !warned.includes(warning));
}

export function hasWarned(state: WaitState, warnings: readonly WaitWarning[]): WaitState {
  return { ...state, warned: [...state.warned, ...warnings] };
}

/** Whether a call of this wait got through lately, so that its queue is served. */
export function wasAnsweredLately({ unfinishedAt }: WaitState, now: number): boolean {
  return unfinishedAt !== null && now - unfinishedAt < ANSWERED_LATELY_MS;
}

export function isUnfinished(observation: RedisTaskObservation): boolean {
  const phase = phaseOf(observation.status);
  return phase === 'pending' || phase === 'unknown';
}

function atNextPace(state: WaitState, plan: WaitPlan, now: number, random: number): WaitState {
  const { delayMs, step } = nextInterval(plan.schedule, now - state.startedAt, state.paceStep, random);
  return { ...state, paceAt: now + delayMs, paceStep: step };
}
