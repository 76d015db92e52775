import type { WaitState } from './wait.js';

/** Calls a second of a whole fleet: three quarters of what the API takes from an account, which others use too. */
export const DEFAULT_API_RPS = 15;

/** The most calls a second that the API takes from an account. */
export const API_RPS_LIMIT = 20;

/** How long calls under way may go on when a worker stops: one HTTP call's timeout and a little more. */
export const DRAIN_TIME = '11s';

/** How long one attempt of a poll may take: more than its HTTP calls, so that only a lost worker runs into it. */
export const ATTEMPT_TIMEOUT_MS = 15_000;

const LAST_POLL_TIMEOUT_MS = 30_000;
const MAXIMUM_ATTEMPTS = 4;

/** What Temporal is told about one poll. */
export interface CallLimits {
  /** The poll is made at the deadline: whatever it brings, no other follows. */
  readonly isLast: boolean;
  readonly scheduleToCloseMs: number;
  readonly maximumAttempts: number;
}

/**
 * How long a poll that starts now may take.
 *
 * Up to the deadline: time in a queue that is held to the API's rate is no failure, so nothing shorter would do.
 */
export function callLimits(state: WaitState, now: number): CallLimits {
  if (now >= state.deadline) {
    return { isLast: true, scheduleToCloseMs: LAST_POLL_TIMEOUT_MS, maximumAttempts: 1 };
  }
  const scheduleToCloseMs = Math.max(1_000, state.deadline - now);
  return { isLast: false, scheduleToCloseMs, maximumAttempts: MAXIMUM_ATTEMPTS };
}
