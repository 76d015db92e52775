import type { WaitPlan } from './input.js';
import type { PollError, PollErrorClass } from './poll-error.js';
import { MINIMUM_INTERVAL_MS, nextInterval } from './schedule.js';
import { phaseOf, type RedisTaskObservation } from './task.js';

/** How long a task that no poll has ever seen is asked for again: a fresh one may not be visible yet. */
const VISIBILITY_GRACE_MS = 15_000;

/** The longest that a queue slows the pace: what took longer was rather an outage, which says nothing about the next call. */
const LONGEST_QUEUE_MS = 30_000;

/**
 * Where a wait stands. Plain JSON: it is what one run of the workflow hands to the next.
 *
 * Instants are milliseconds since the epoch, in workflow time.
 */
export interface WaitState {
  readonly v: 1;
  readonly startedAt: number;
  readonly deadline: number;
  /** When the first poll was over: one that a lost worker drew out must not use up the time a task may be invisible. */
  readonly firstPollAt: number | null;
  /** When the timer that is set now ends; null while a poll is under way, and after the end. */
  readonly nextPollAt: number | null;
  /** When the pace alone would poll next: `pollNow` and the deadline bring a poll forward, but leave the pace. */
  readonly paceAt: number;
  readonly paceStep: number;
  /** `pollNow` came during a call: one more poll follows it. */
  readonly pollAgain: boolean;
  readonly lastPollAt: number | null;
  /** How many polls returned a task. */
  readonly polls: number;
  /** When a poll last saw the task unfinished. */
  readonly unfinishedAt: number | null;
  readonly observation: RedisTaskObservation | null;
  readonly lastError: PollError | null;
  /** No poll has ever seen the task, and the last one heard that there is none. */
  readonly missing: boolean;
}

/** What a poll brought: the task, or the reason why not. */
export type PollAnswer =
  | { readonly observation: RedisTaskObservation; readonly error?: undefined }
  | { readonly observation?: undefined; readonly error: PollError; readonly errorClass: PollErrorClass };

/** A wait that begins now: its first poll is due at once. */
export function beginWait(plan: WaitPlan, now: number): WaitState {
  return {
    v: 1,
    startedAt: now,
    deadline: now + plan.maxWaitMs,
    firstPollAt: null,
    nextPollAt: now,
    paceAt: now,
    paceStep: 0,
    pollAgain: false,
    lastPollAt: null,
    polls: 0,
    unfinishedAt: null,
    observation: null,
    lastError: null,
    missing: false,
  };
}

export function pollBegan(state: WaitState): WaitState {
  return { ...state, nextPollAt: null, pollAgain: false };
}

export function pollAnswered(before: WaitState, answer: PollAnswer, now: number): WaitState {
  const state = { ...before, firstPollAt: before.firstPollAt ?? now };
  if (answer.error) {
    const missing = answer.errorClass === 'unknownTask' && state.observation === null;
    return { ...state, lastPollAt: now, lastError: answer.error, missing };
  }
  const { observation } = answer;
  return {
    ...state,
    lastPollAt: now,
    polls: state.polls + 1,
    observation,
    unfinishedAt: isUnfinished(observation) ? now : state.unfinishedAt,
    missing: false,
  };
}

/**
 * Sets the time of the next poll: at the wait's own pace, sooner when asked, and never after the deadline.
 *
 * @param queuedMs - how long the last poll was in the task queue. The pace is no faster than the queue: waits that ask
 * more often than their calls get through would only pile up there.
 */
export function planNextPoll(state: WaitState, plan: WaitPlan, now: number, random: number, queuedMs = 0): WaitState {
  const ahead = state.paceAt > now + MINIMUM_INTERVAL_MS ? state : atNextPace(state, plan, now, random);
  const paced = { ...ahead, paceAt: Math.max(ahead.paceAt, now + Math.min(queuedMs, LONGEST_QUEUE_MS)) };
  const due = [paced.paceAt, paced.deadline];
  if (state.pollAgain) due.push(now + MINIMUM_INTERVAL_MS);
  if (state.missing) due.push(graceEnd(state, now));
  return { ...paced, nextPollAt: Math.max(now, Math.min(...due)) };
}

/**
 * How long the call of a poll was in the task queue.
 *
 * @param queuedMs - as the worker tells it by its own clock, which may be wrong: it was no longer than the whole poll.
 * Not known of a call that failed
 */
export function queueDelayMs(beganAt: number, now: number, queuedMs = 0): number {
  return Math.max(0, Math.min(queuedMs, now - beganAt));
}

/** `pollNow`: a poll at once, though never closer than the minimum interval to the one before. */
export function requestPoll(state: WaitState, now: number): WaitState {
  if (state.nextPollAt === null) return { ...state, pollAgain: true };
  const soonest = Math.max(now, (state.lastPollAt ?? 0) + MINIMUM_INTERVAL_MS);
  return { ...state, nextPollAt: Math.min(state.nextPollAt, soonest) };
}

/** `extendWait`: a new deadline. A poll that was due only because of the old one goes back to its pace. */
export function moveDeadline(state: WaitState, deadline: number): WaitState {
  if (state.nextPollAt === null) return { ...state, deadline };
  const pace = state.missing ? Math.min(state.paceAt, graceEnd(state, state.deadline)) : state.paceAt;
  const due = state.nextPollAt === state.deadline ? pace : state.nextPollAt;
  return { ...state, deadline, nextPollAt: Math.min(due, deadline) };
}

/** A wait that is over, so that no next poll is shown any more. */
export function ended(state: WaitState): WaitState {
  return { ...state, nextPollAt: null };
}

/** Whether the task may still not be visible, so that "no such task" is not the last word. */
export function inVisibilityGrace(state: WaitState, now: number): boolean {
  return state.observation === null && now < graceEnd(state, now);
}

export function isUnfinished(observation: RedisTaskObservation): boolean {
  const phase = phaseOf(observation.status);
  return phase === 'pending' || phase === 'unknown';
}

function atNextPace(state: WaitState, plan: WaitPlan, now: number, random: number): WaitState {
  const { delayMs, step } = nextInterval(plan.schedule, now - state.startedAt, state.paceStep, random);
  return { ...state, paceAt: now + delayMs, paceStep: step };
}

function graceEnd(state: WaitState, now: number): number {
  return (state.firstPollAt ?? now) + VISIBILITY_GRACE_MS;
}
