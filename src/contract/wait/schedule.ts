import { SECOND } from '../duration.js';

/** How a wait spaces its polls. All times in milliseconds. */
export interface PollSchedule {
  readonly initialIntervalMs: number;
  readonly backoffCoefficient: number;
  readonly maximumIntervalMs: number;
  /** Each interval is drawn from this share below to this share above its nominal length. */
  readonly jitter: number;
  readonly expectedDurationMs?: number;
}

/** Two polls are never closer than this, also because the server stretches shorter timers to 1 s (measured). */
export const MINIMUM_INTERVAL_MS = SECOND;

/**
 * The shares of `expectedDuration` at which a wait polls before its ordinary pace begins, which is at the last of them.
 *
 * Chosen by a search (docs/maintainers/schedule.md). The second is never later than 0.625, whatever the jitter: a task that takes half
 * as long as expected is seen late by at most a quarter of its length.
 */
const SPARSE_POLLS = [0.4, 0.55, 0.8];

/** A pace that began with the first interval again made more calls for a task of 30 s than one without an expectation. */
const STEP_AFTER_SPARSE = 1;

/** The next interval, and the pace to go on with after it. */
export interface NextInterval {
  readonly delayMs: number;
  /** How many intervals have grown so far. */
  readonly step: number;
}

/**
 * How long to wait before the next poll.
 *
 * @param elapsedMs - since the start of the wait
 * @param step - of the {@link NextInterval} before; 0 at first
 * @param random - from 0 to 1, the draw for the jitter
 */
export function nextInterval(schedule: PollSchedule, elapsedMs: number, step: number, random: number): NextInterval {
  const { initialIntervalMs, backoffCoefficient, maximumIntervalMs, jitter, expectedDurationMs = 0 } = schedule;
  const sparseMs = untilSparsePoll(expectedDurationMs, elapsedMs);
  if (sparseMs > 0) {
    // Only ever longer: the shares are the earliest times, and equal waits still spread out.
    const delayMs = Math.round(Math.max(initialIntervalMs, sparseMs) * (1 + jitter * random));
    return { delayMs, step: STEP_AFTER_SPARSE };
  }
  const intervalMs = Math.min(maximumIntervalMs, initialIntervalMs * backoffCoefficient ** step);
  const jittered = intervalMs * (1 + jitter * (2 * random - 1));
  return { delayMs: Math.round(Math.max(MINIMUM_INTERVAL_MS, jittered)), step: step + 1 };
}

/** How long until the next of the sparse polls; 0 when all have passed. */
function untilSparsePoll(expectedDurationMs: number, elapsedMs: number): number {
  const times = SPARSE_POLLS.map((share) => Math.round(share * expectedDurationMs));
  const next = times.find((at) => at > elapsedMs) ?? elapsedMs;
  return next - elapsedMs;
}
