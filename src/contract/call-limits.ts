import type { WaitState } from './wait-state.js';

/** How long one attempt of a poll may take. The worker ends it sooner by itself, so only a lost worker runs into it. */
export const ATTEMPT_TIMEOUT_MS = 15_000;

/** How long the last poll, at the deadline, may take where nobody serves the task queue. */
export const LAST_POLL_TIMEOUT_MS = 30_000;

/** How often a wait whose last poll is in a long queue looks whether that is served still. */
export const BACKLOG_CHECK_MS = 15_000;

const MAXIMUM_ATTEMPTS = 4;

/** Temporal's priority keys, 1 before 5: a poll that decides now goes before one that another follows. */
const PRIORITY = { last: 1, urgent: 2, paced: 3 } as const;

/** What Temporal is told about one poll. */
export interface CallLimits {
  /** The poll is made at the deadline: whatever it brings, no other follows. */
  readonly isLast: boolean;
  readonly maximumAttempts: number;
  readonly priorityKey: number;
}

/**
 * How the poll that is due now is made.
 *
 * It has no limit in time but that of each attempt: time in a queue that is held to the API's rate is no failure, and
 * the deadline, which can move while the call is queued, is the wait's own business.
 */
export function callLimits(state: WaitState, now: number): CallLimits {
  if (now >= state.deadline) return { isLast: true, maximumAttempts: 1, priorityKey: PRIORITY.last };
  const isUrgent = state.firstPollAt === null || state.requestedAt !== null;
  return { isLast: false, maximumAttempts: MAXIMUM_ATTEMPTS, priorityKey: isUrgent ? PRIORITY.urgent : PRIORITY.paced };
}
