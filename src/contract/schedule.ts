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
export const MINIMUM_INTERVAL_MS = 1_000;

/** The share of `expectedDuration` that passes quietly after the first poll. */
export const QUIET_SHARE = 0.8;

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
  const quietMs = QUIET_SHARE * expectedDurationMs - elapsedMs;
  const intervalMs = Math.min(maximumIntervalMs, initialIntervalMs * backoffCoefficient ** step);
  if (quietMs > intervalMs) {
    // Only ever longer: an early poll would break the promised quiet, and equal waits still spread out.
    return { delayMs: Math.round(quietMs * (1 + jitter * random)), step: 0 };
  }
  const jittered = intervalMs * (1 + jitter * (2 * random - 1));
  return { delayMs: Math.round(Math.max(MINIMUM_INTERVAL_MS, quietMs, jittered)), step: step + 1 };
}
