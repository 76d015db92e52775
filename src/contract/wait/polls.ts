import { MINUTE, SECOND } from '../duration.js';
import type { PollError, PollErrorClass } from '../poll-error.js';
import type { WaitPace } from './polling.js';
import { MINIMUM_INTERVAL_MS, nextInterval } from './schedule.js';
import { waitedMs, type WaitState } from './state.js';

/** How long to go on asking for a task that no poll has seen: a fresh one may not be visible yet. */
const VISIBILITY_GRACE_MS = 15 * SECOND;
/** Cap on how much queueing slows polling; longer delays are outages. */
const LONGEST_QUEUE_MS = 30 * SECOND;
/** A worker learns with its next heartbeat that its call was given up, and may send it once more until then. */
const GIVEN_UP_INTERVAL_MS = 2 * SECOND;
const ANSWERED_LATELY_MS = 90 * SECOND;
const FAILING_WARNING_MS = MINUTE;
const RUNNING_OUT = 'runningOut';

/** What a poll brought: what it asked for, such as the task, or the reason why not. */
export type PollAnswer<O> =
  | { readonly observation: O; readonly error?: undefined }
  | { readonly observation?: undefined; readonly error: PollError; readonly errorClass: PollErrorClass };

/**
 * When the next poll is due: at the pace of the schedule, sooner when asked, at the deadline at the latest, and never too
 * close to the previous poll. Null while a poll is under way, and after the end.
 */
export function nextPollAt(state: WaitState<unknown>): number | null {
  if (state.stage !== 'pausing') return null;
  const due = [state.paceAt, state.deadline];
  if (state.requestedAt !== null) due.push(state.requestedAt);
  // One poll at the end of the visibility grace decides whether the task exists.
  if (state.missing && state.firstPollAt !== null) due.push(state.firstPollAt + VISIBILITY_GRACE_MS);
  return Math.max(state.soonestAt, Math.min(...due));
}

export function pollBegan<O>(state: WaitState<O>): WaitState<O> {
  return { ...state, stage: 'polling', requestedAt: null };
}

/** The answer of a poll had not come by the deadline. The last poll follows. */
export function pollGivenUp<O>(
  state: WaitState<O>,
  now: number,
  lastError: PollError | null = state.lastError,
): WaitState<O> {
  return { ...state, stage: 'pausing', soonestAt: now + GIVEN_UP_INTERVAL_MS, lastError };
}

/** A poll has ended. Whether it saw the end, `unfinishedAt` does not tell yet. */
export function pollEnded<O>(before: WaitState<O>, answer: PollAnswer<O>, now: number): WaitState<O> {
  const state = { ...before, firstPollAt: before.firstPollAt ?? now, soonestAt: now + MINIMUM_INTERVAL_MS };
  const { observation, error } = answer;
  if (error) {
    const row = refusalRow(answer.errorClass);
    const goesOn = row !== undefined && before.failingAs !== null && row === refusalRow(before.failingAs);
    return {
      ...state,
      lastError: error,
      missing: answer.errorClass === 'unknownTask' && state.observation === null,
      failingAs: answer.errorClass,
      failingSince: state.failingSince ?? now,
      refusals: row ? (goesOn ? state.refusals : 0) + 1 : 0,
      refusedSince: row ? ((goesOn ? state.refusedSince : null) ?? now) : null,
    };
  }
  return {
    ...state,
    polls: state.polls + 1,
    observation,
    missing: false,
    failingAs: null,
    failingSince: null,
    refusals: 0,
    refusedSince: null,
  };
}

/**
 * In which row of refusals an answer counts: "no such task" by itself, the others together. Every other answer ends a row,
 * an answer of the other row too.
 */
function refusalRow(errorClass: PollErrorClass): 'unknown' | 'refused' | undefined {
  if (errorClass === 'unknownTask') return 'unknown';
  return errorClass === 'unauthorized' || errorClass === 'rejected' ? 'refused' : undefined;
}

/** @param queuedMs - time of the call in the task queue. Polling is no faster than that, or calls would pile up */
export function pauseAfterPoll<O>(
  plan: Pick<WaitPace, 'schedule'>,
  state: WaitState<O>,
  now: number,
  random: number,
  queuedMs = 0,
): WaitState<O> {
  let { paceAt, paceStep } = state;
  // `pollNow` brings a poll forward but leaves the pace, unless the pace would poll right after it.
  if (paceAt <= now + MINIMUM_INTERVAL_MS) {
    const { delayMs, step } = nextInterval(plan.schedule, waitedMs(state, now), paceStep, random);
    [paceAt, paceStep] = [now + delayMs, step];
  }
  paceAt = Math.max(paceAt, now + Math.min(queuedMs, LONGEST_QUEUE_MS));
  return { ...state, stage: 'pausing', paceAt, paceStep };
}

/**
 * How long the call of a poll was in the task queue, in whole milliseconds.
 *
 * @param queuedMs - by the worker's clock, which may be wrong: it was no longer than the whole poll. 0 for a failed call
 */
export function queueDelayMs(beganAt: number, now: number, queuedMs = 0): number {
  return Math.round(Math.max(0, Math.min(queuedMs, now - beganAt)));
}

/** `pollNow`: a poll at once, or one more after the call that is under way. */
export function requestPoll<O>(state: WaitState<O>, now: number): WaitState<O> {
  return { ...state, requestedAt: state.requestedAt ?? now };
}

/** Whether the task may still become visible, so that "no such task" is not final. */
export function inVisibilityGrace(state: WaitState<unknown>, now: number): boolean {
  return state.observation === null && now < (state.firstPollAt ?? now) + VISIBILITY_GRACE_MS;
}

/** Whether polls have failed for so long that the log should tell. */
export function hasFailedForLong({ failingSince }: WaitState<unknown>, now: number): boolean {
  return failingSince !== null && now - failingSince >= FAILING_WARNING_MS;
}

/**
 * Whether a wait that pauses polls next in the last tenth of its time, and that has not been said. One that polls seldom may do so at the deadline only:
 * nothing wakes it in between.
 */
export function isRunningOut(state: WaitState<unknown>): boolean {
  const { startedAt, deadline } = state;
  const dueAt = nextPollAt(state);
  return dueAt !== null && dueAt >= deadline - (deadline - startedAt) / 10 && !state.warned.includes(RUNNING_OUT);
}

/** It has been said that a wait is running out. */
export function runningOutSaid<O>(state: WaitState<O>): WaitState<O> {
  return { ...state, warned: [...state.warned, RUNNING_OUT] };
}

/** A wait that gets more time may run out of it once more. */
export function deadlineMoved<O>(state: WaitState<O>, deadline: number): WaitState<O> {
  const warned = deadline > state.deadline ? state.warned.filter((each) => each !== RUNNING_OUT) : state.warned;
  return { ...state, deadline, warned };
}

/** Whether a call of this wait got through lately, so that workers serve its queue. */
export function wasAnsweredLately({ unfinishedAt }: WaitState<unknown>, now: number): boolean {
  return unfinishedAt !== null && now - unfinishedAt < ANSWERED_LATELY_MS;
}
