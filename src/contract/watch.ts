import * as v from 'valibot';
import type { WaitPlan } from './input.js';
import { outcomeOf } from './outcome.js';
import { POLL_ERROR, POLL_ERROR_CLASS, type PollErrorClass } from './poll-error.js';
import { MINIMUM_INTERVAL_MS } from './schedule.js';
import { OBSERVATION } from './task.js';
import { CARRIED_STATE, COUNT, isPastDeadline, type WaitState } from './wait-state.js';
import { ATTEMPTS_PER_POLL, dueWarnings, nextPollAt, pauseAfterPoll, type PollAnswer, pollAnswered } from './wait.js';

// A wait with compact pacing hands its polls to the server: one activity, the watch, makes a call per attempt and fails
// as long as the wait would learn nothing new. The server sets the next attempt to when the schedule polls next.

/** What a watch remembers from one attempt to the next, by its heartbeat. */
const WATCH_MEMORY = v.object({
  state: CARRIED_STATE,
  /** How many calls of the present poll have failed in a way that another attempt may help. */
  tries: COUNT,
});
export type WatchMemory = Readonly<v.InferOutput<typeof WATCH_MEMORY>>;

/** How an attempt of a watch came about. Times are the server's, as far as the worker knows them. */
export interface WatchCall {
  /** The earliest time at which the API can have been asked. */
  readonly askedAt: number;
  readonly now: number;
  readonly queuedMs: number;
  /** From 0 to 1, the draw for the jitter. */
  readonly random: number;
}

/** What follows an attempt: the wait hears of it, or another attempt is made. */
export type WatchStep =
  | { readonly isNews: true; readonly state: WaitState }
  | { readonly isNews: false; readonly memory: WatchMemory; readonly retryAfterMs: number };

/**
 * What a watch makes of an answer.
 *
 * @param known - the state that the wait handed to the watch: it hears of what differs from that
 */
export function watchStep(
  plan: WaitPlan,
  known: WaitState,
  { state: before, tries }: WatchMemory,
  answer: PollAnswer,
  { askedAt, now, queuedMs, random }: WatchCall,
): WatchStep {
  const failed = tries + 1;
  if (answer.error && isWorthRetrying(answer.errorClass) && failed < ATTEMPTS_PER_POLL) {
    const memory = { state: { ...before, soonestAt: now + MINIMUM_INTERVAL_MS }, tries: failed };
    return { isNews: false, memory, retryAfterMs: retryDelayMs(answer.errorClass, failed, random) };
  }
  const state = pollAnswered(before, answer, now, askedAt);
  const isNews =
    state.failingAs !== known.failingAs ||
    state.observation?.status !== known.observation?.status ||
    outcomeOf(plan, state, answer, 0, now) !== undefined ||
    dueWarnings(state, now).length > 0;
  const paused = pauseAfterPoll(plan, state, now, random, queuedMs);
  const dueAt = nextPollAt({ ...paused, deadline: Infinity }) ?? now;
  // No call after this one comes before the deadline. A watch that the wait had to end might just have made one.
  if (isNews || isPastDeadline(known, dueAt)) return { isNews: true, state };
  return { isNews, memory: { state: paused, tries: 0 }, retryAfterMs: Math.max(0, Math.round(dueAt - now)) };
}

/** Whether another attempt a second later may help. */
export function isWorthRetrying(errorClass: PollErrorClass): boolean {
  return errorClass === 'transient' || errorClass === 'throttled';
}

/** The pause after an attempt that failed. @param random - from 0 to 1, spreads calls that were throttled together */
export function retryDelayMs(errorClass: PollErrorClass, attempt: number, random: number): number {
  return Math.round(1_000 * 2 ** (attempt - 1) + (errorClass === 'throttled' ? 1_000 * random : 0));
}

/** Reads what an earlier attempt of this watch remembered; undefined in the first one. */
export function readWatchMemory(remembered: unknown): WatchMemory | undefined {
  return v.parse(v.fallback(v.optional(WATCH_MEMORY), undefined), remembered);
}

/** What a watch tells its wait at its end. */
const WATCH_REPORT = v.union([
  v.object({ state: CARRIED_STATE, observation: OBSERVATION }),
  v.object({ state: CARRIED_STATE, error: POLL_ERROR, errorClass: POLL_ERROR_CLASS }),
]);
export type WatchReport = Readonly<v.InferOutput<typeof WATCH_REPORT>>;

/** Reads the answer of a watch; undefined if it is not ours. */
export function readWatchReport(answer: unknown): WatchReport | undefined {
  return v.parse(v.fallback(v.optional(WATCH_REPORT), undefined), answer);
}
