// How long and how often to poll, in the input of every wait.
import * as v from 'valibot';
import { DAY, HOUR, SECOND } from '../duration.js';
import { durationBetween, numberBetween, objectWith } from '../fields.js';

/**
 * Chosen by measurement (docs/maintainers/schedule.md): for tasks of 9 s to 30 min, at most 0.5 % more calls than
 * Terraform's waiter, and the end seen at most 0.2 s later.
 */
const DEFAULT_INITIAL_MS = 2 * SECOND;
const DEFAULT_COEFFICIENT = 1.64;
const DEFAULT_MAXIMUM_MS = 9_900;

const LONGEST_WAIT_MS = 30 * DAY;
/** The schema of a time to wait in all, in the input and in messages to a wait. */
export const maxWait = (description: string) => durationBetween(SECOND, LONGEST_WAIT_MS, description);

export const POLLING = v.pipe(
  objectWith(
    {
      /** The first interval between polls, 1 s to 1 h. @default "2s", or `maximumInterval` if that is shorter */
      initialInterval: v.optional(durationBetween(SECOND, HOUR, 'The first interval; not longer than maximumInterval')),
      /** The longest interval, at most 1 h. @default "9.9s", or `initialInterval` if that is longer */
      maximumInterval: v.optional(
        durationBetween(SECOND, HOUR, 'The longest interval; not shorter than initialInterval'),
      ),
      /** What each interval is multiplied by to get the next one, 1 to 10. @default 1.64 */
      backoffCoefficient: v.optional(
        numberBetween(1, 10, 'What each interval is multiplied by to get the next one'),
        DEFAULT_COEFFICIENT,
      ),
      /** The share by which each interval varies, 0 to 0.5, so that equal waits spread out. @default 0.1 */
      jitter: v.optional(numberBetween(0, 0.5, 'The share by which each interval varies'), 0.1),
      /**
       * What this kind of task usually takes. After the first poll, which comes at once, the wait polls only at 0.4, 0.55
       * and 0.8 of it, then at the usual pace from its second interval on.
       */
      expectedDuration: v.optional(
        durationBetween(
          0,
          Infinity,
          'What this kind of task usually takes: polled at once, then seldom for the larger part of it',
        ),
      ),
      /**
       * Who looks how the task stands between the first poll and the last. `timers`: the wait, with one call and one timer
       * each time, so that the Timeline shows every pause. `shared`: a watch that it shares with the other shared waits of
       * its queue and region, where one call tells of 100 tasks. Inline waits are always paced by timers.
       * @default "timers"
       */
      pacing: v.optional(
        v.message(
          v.pipe(v.picklist(['timers', 'shared']), v.description('shared: watched together with other waits')),
          'must be "timers" or "shared"',
        ),
        'timers',
      ),
    },
    'polling.',
  ),
  v.forward(
    v.check(
      ({ initialInterval = 0, maximumInterval = Infinity }) => initialInterval <= maximumInterval,
      'must not be shorter than polling.initialInterval',
    ),
    ['maximumInterval'],
  ),
  // The default of an interval that is left out gives way to the other one.
  v.transform(({ initialInterval, maximumInterval, expectedDuration, ...rest }) => ({
    ...rest,
    initialIntervalMs: initialInterval ?? Math.min(DEFAULT_INITIAL_MS, maximumInterval ?? Infinity),
    maximumIntervalMs: maximumInterval ?? Math.max(DEFAULT_MAXIMUM_MS, initialInterval ?? 0),
    // One beyond the longest wait means the same as the longest wait.
    ...(expectedDuration !== undefined && { expectedDurationMs: Math.min(expectedDuration, 2 * LONGEST_WAIT_MS) }),
  })),
);

/**
 * How to space the polls. Leave a field out to have its default.
 *
 * @interface
 *
 * @example
 * ```ts
 * const polling: RedisTaskPolling = {
 *   initialInterval: '5s',
 *   maximumInterval: '1m',
 *   backoffCoefficient: 2,
 *   jitter: 0.2,
 *   expectedDuration: '20m',
 *   pacing: 'shared',
 * };
 * ```
 */
export type RedisTaskPolling = Readonly<v.InferInput<typeof POLLING>>;

/** How long and how often a wait polls, with its defaults filled in. */
export interface WaitPace {
  readonly maxWaitMs: number;
  readonly schedule: Schedule;
}

type Schedule = Readonly<v.InferOutput<typeof POLLING>>;

/** The pace of the same wait once more. */
export function pollingToResume(schedule: Schedule, waitedMs: number): RedisTaskPolling {
  const { initialIntervalMs, maximumIntervalMs, expectedDurationMs = 0, ...rest } = schedule;
  const polling = {
    ...rest,
    initialInterval: initialIntervalMs,
    maximumInterval: maximumIntervalMs,
    expectedDuration: Math.max(0, expectedDurationMs - waitedMs),
  } satisfies Required<RedisTaskPolling>;
  const { expectedDuration, ...withoutExpectation } = polling;
  return expectedDuration > 0 ? polling : withoutExpectation;
}
