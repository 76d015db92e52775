// What Temporal is told about the call of a poll.
import { SECOND } from '../duration.js';
import { isChecking, isPastDeadline, type WaitState } from './state.js';

/** How long one attempt of a poll may take. The worker ends it sooner itself, so only a lost worker exceeds it. */
export const ATTEMPT_TIMEOUT_MS = 15 * SECOND;
/** How long the last poll, at the deadline, may take while no worker serves the task queue. */
export const LAST_POLL_TIMEOUT_MS = 30 * SECOND;
/** How often a wait whose last poll is in a long queue checks that workers still serve it. */
export const BACKLOG_CHECK_MS = 15 * SECOND;

/** After so many attempts that might have helped, a poll has failed. */
export const ATTEMPTS_PER_POLL = 4;

/** Of a poll that another one follows anyway. */
export const USUAL_PRIORITY = 3;

/** What Temporal is told about one poll. */
export interface CallLimits {
  /** Made at the deadline: no other poll follows. */
  readonly isLast: boolean;
  readonly maximumAttempts: number;
  readonly priorityKey: number;
}

/**
 * How to make the poll that is due: one that decides goes before one that is followed by another.
 *
 * Until the deadline, only attempts have a time limit: queueing for the rate limit is not a failure.
 */
export function callLimits(state: WaitState<unknown>, now: number): CallLimits {
  if (isPastDeadline(state, now)) return { isLast: true, maximumAttempts: 1, priorityKey: 1 };
  // The first poll of a shared wait decides nothing: its watch is asked meanwhile.
  const isUrgent = (state.firstPollAt === null && !state.watch) || state.requestedAt !== null || isChecking(state);
  return { isLast: false, maximumAttempts: ATTEMPTS_PER_POLL, priorityKey: isUrgent ? 2 : USUAL_PRIORITY };
}
