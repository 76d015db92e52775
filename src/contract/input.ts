import * as v from 'valibot';
import { DAY, HOUR, SECOND } from './duration.js';
import { durationBetween, numberBetween, objectWith, read } from './fields.js';

/**
 * Chosen by measurement (docs/schedule.md): for tasks of 9 s to 30 min, at most 0.5 % more calls than Terraform's waiter,
 * and the end seen at most 0.2 s later.
 */
const DEFAULT_INITIAL_MS = 2 * SECOND;
const DEFAULT_COEFFICIENT = 1.64;
const DEFAULT_MAXIMUM_MS = 9_900;

const LARGEST_ID = Number.MAX_SAFE_INTEGER;
const ID_RANGE = `from 1 to ${LARGEST_ID}`;
const TOO_LARGE = `is too large: task ids go ${ID_RANGE}`;

/** Which rule about task ids a value breaks. */
function taskIdRule({ input }: { readonly input: unknown }): string {
  if (typeof input === 'string' && /^0+$/.test(input)) return `must be ${ID_RANGE}: 0 means that no task was created`;
  if (typeof input === 'string' && /^\d+$/.test(input)) return TOO_LARGE;
  if (typeof input !== 'number' || !(Number.isInteger(input) || Math.abs(input) === Infinity)) {
    return `must be an integer ${ID_RANGE}, or a string of decimal digits`;
  }
  if (input < 1) return `must be ${ID_RANGE}: 0 and negative ids mean that no task was created`;
  return `must be ${ID_RANGE}; a number this large may have been rounded on its way: send long ids as a string of digits`;
}

export const TASK_NUMBER = v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(LARGEST_ID));

const TASK_ID = v.pipe(
  v.message(v.union([TASK_NUMBER, v.pipe(v.string(), v.regex(/^0*[1-9]\d{0,15}$/))]), taskIdRule),
  v.transform(Number),
  v.check((id) => id <= LARGEST_ID, TOO_LARGE),
  v.description('TaskId or FlowId of the change. Long ids as a string of digits: a JSON number may be rounded.'),
);

export const REGION = v.message(
  v.pipe(
    v.string(),
    v.maxLength(64),
    v.regex(/^[a-z]{2,}(-[a-z0-9]+)+$/),
    v.description('Region of the instance'),
    v.examples(['ap-guangzhou']),
  ),
  'must be a region such as "ap-guangzhou", in lower case, at most 64 characters',
);

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

/** The schema of the input: what is accepted, what it means, and what `schema/` says of it. */
export const INPUT = v.pipe(
  objectWith({
    /** The `TaskId`, or `FlowId`, that a change of an instance answered with. Long ids go as strings of digits. */
    taskId: TASK_ID,
    /** The region of the instance, such as `ap-guangzhou`. */
    region: REGION,
    /** How long to wait in all, 1 s to 30 days. @default "2h" */
    maxWait: v.optional(maxWait('How long to wait in all'), '2h'),
    /** How to space the polls. */
    polling: v.optional(POLLING, {}),
  }),
  v.transform(({ maxWait, polling, ...task }) => ({ ...task, maxWaitMs: maxWait, schedule: polling })),
);

/**
 * The input of `awaitRedisTask`: one JSON object. Unknown fields are refused.
 *
 * @interface
 *
 * @example
 * ```ts
 * const input: AwaitRedisTaskInput = {
 *   taskId: 18215,
 *   region: 'ap-guangzhou',
 *   maxWait: '4h',
 *   polling: { expectedDuration: '20m' },
 * };
 * ```
 */
export type AwaitRedisTaskInput = Readonly<v.InferInput<typeof INPUT>>;

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

/** An input that kept the rules, with its defaults filled in. */
export type WaitPlan = Readonly<v.InferOutput<typeof INPUT>>;

/** The task that a value names; null where that breaks a rule. */
export const NAMED_TASK = v.fallback(
  v.object({ taskId: v.fallback(v.nullable(TASK_ID), null), region: v.fallback(v.nullable(REGION), null) }),
  { taskId: null, region: null },
);

/** Said of an input, or of the state beside it, that breaks a rule. */
export const INVALID_INPUT = 'Invalid input: %. Nothing was asked of the API.';

/** Reads an input. @throws InvalidInputFailure that names a field that breaks a rule */
export function readInput(input: unknown): WaitPlan {
  return read(INPUT, input, 'input', INVALID_INPUT, v.parse(NAMED_TASK, input));
}

/** Whether a value has the form of a region. There is no fixed list of them. */
export function isRegion(value: unknown): value is string {
  return v.is(REGION, value);
}

/** The input of the same wait once more. What has passed of `expectedDuration` need not pass quietly again. */
export function inputToResume(
  { taskId, region, maxWaitMs, schedule }: WaitPlan,
  waitedMs: number,
): AwaitRedisTaskInput {
  return { taskId, region, maxWait: maxWaitMs, polling: pollingToResume(schedule, waitedMs) };
}

/** The pace of the same wait once more. */
export function pollingToResume(schedule: WaitPlan['schedule'], waitedMs: number): RedisTaskPolling {
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
