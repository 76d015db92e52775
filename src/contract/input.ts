import { formatDuration, type RedisTaskDuration } from './duration.js';
import { type Bounds, durationBetween, numberBetween, objectWith, refuse } from './rules.js';
import type { PollSchedule } from './schedule.js';

const SECOND = 1_000;
const HOUR = 3_600 * SECOND;

/** The fields of an input, and those of its `polling`. */
export const INPUT_FIELDS = ['taskId', 'region', 'maxWait', 'polling'] as const;
export const POLLING_FIELDS = [
  'initialInterval',
  'backoffCoefficient',
  'maximumInterval',
  'jitter',
  'expectedDuration',
] as const;

/** What the fields may be: checked by the readers below, and written into the JSON Schema. Durations in milliseconds. */
export const INPUT_BOUNDS = {
  taskId: { min: 1, max: Number.MAX_SAFE_INTEGER },
  maxWait: { min: SECOND, max: 30 * 24 * HOUR },
  initialInterval: { min: SECOND, max: HOUR },
  backoffCoefficient: { min: 1, max: 10 },
  maximumInterval: { min: SECOND, max: HOUR },
  jitter: { min: 0, max: 0.5 },
  expectedDuration: { min: 0, max: Infinity },
} as const satisfies Record<string, Bounds>;

export const REGION_PATTERN = /^[a-z]{2,}(-[a-z0-9]+)+$/;
export const REGION_MAX_LENGTH = 64;

export const DEFAULT_MAX_WAIT = '2h';
export const DEFAULT_JITTER = 0.1;
/**
 * Chosen by measurement, next to Terraform's waiter (docs/schedule.md): with these, calls and lateness are at or below
 * its own, within 3 %, for tasks of 9 s to 30 min.
 */
const DEFAULT_INITIAL_MS = 2 * SECOND;
export const DEFAULT_COEFFICIENT = 1.64;
const DEFAULT_MAXIMUM_MS = 9_900;

/** How to space the polls. Leave a field out to have its default. */
export interface RedisTaskPolling {
  /** The first interval between polls, 1 s to 1 h. @default "2s", or `maximumInterval` if that is shorter */
  readonly initialInterval?: RedisTaskDuration;
  /** What each interval is multiplied by to get the next one, 1 to 10. @default 1.64 */
  readonly backoffCoefficient?: number;
  /** The longest interval, at most 1 h. @default "9.9s", or `initialInterval` if that is longer */
  readonly maximumInterval?: RedisTaskDuration;
  /** The share by which each interval varies, 0 to 0.5, so that equal waits spread out. @default 0.1 */
  readonly jitter?: number;
  /**
   * What this kind of task usually takes. After the first poll, which comes at once, the wait is quiet for 0.8 of it,
   * then polls from `initialInterval` again.
   */
  readonly expectedDuration?: RedisTaskDuration;
}

/** The input of `awaitRedisTask`: one JSON object. Unknown fields are refused. */
export interface AwaitRedisTaskInput {
  /** The `TaskId`, or `FlowId`, that a change of an instance answered with. Long ids go as strings of digits. */
  readonly taskId: number | string;
  /** The region of the instance, such as `ap-guangzhou`. */
  readonly region: string;
  /** How long to wait in all, 1 s to 30 days. @default "2h" */
  readonly maxWait?: RedisTaskDuration;
  readonly polling?: RedisTaskPolling;
}

/** An input that kept the rules, with its defaults filled in. */
export interface WaitPlan {
  readonly taskId: number;
  readonly region: string;
  readonly maxWaitMs: number;
  readonly schedule: PollSchedule;
}

/** Reads an input. Throws an `InvalidFieldError` that names the first field that breaks a rule. */
export function readInput(input: unknown): WaitPlan {
  const fields = objectWith('input', input, INPUT_FIELDS);
  const { maxWait = DEFAULT_MAX_WAIT, polling = {} } = fields;
  return {
    taskId: readTaskId(fields.taskId),
    region: readRegion(fields.region),
    maxWaitMs: readMaxWait(maxWait),
    schedule: readPolling(polling),
  };
}

/** What an input says of its task, as far as that keeps the rules: for the failure that refuses it. */
export function identityOf(input: unknown): { taskId: number | null; region: string | null } {
  const { taskId, region } = (typeof input === 'object' && input !== null ? input : {}) as Record<string, unknown>;
  return { taskId: orNull(() => readTaskId(taskId)), region: orNull(() => readRegion(region)) };
}

function orNull<T>(read: () => T): T | null {
  try {
    return read();
  } catch {
    return null;
  }
}

/** Reads the argument of the `extendWait` update: the deadline that the new total of `maxWait` means. */
export function readDeadline(argument: unknown, startedAt: number, now: number): number {
  const { maxWait } = objectWith('extendWait', argument, ['maxWait']);
  const deadline = startedAt + readMaxWait(maxWait);
  if (deadline <= now) {
    refuse('maxWait', maxWait, `must end after now: this wait has lasted ${formatDuration(now - startedAt)} already`);
  }
  return deadline;
}

/** The deadline after the `joinWait` signal. An argument that breaks a rule leaves it as it is. */
export function joinedDeadline(argument: unknown, deadline: number, now: number): number {
  return Math.max(deadline, orNull(() => readDeadline(argument, now, now)) ?? deadline);
}

function readTaskId(value: unknown): number {
  const { min, max } = INPUT_BOUNDS.taskId;
  const range = `from ${min} to ${max}`;
  if (typeof value === 'string') {
    if (!/^\d+$/.test(value)) refuse('taskId', value, `must be an integer ${range}, or a string of decimal digits`);
    const digits = value.replace(/^0+(?=\d)/, '');
    // The length first: a text of a million digits is refused without being computed with.
    if (digits.length > String(max).length || BigInt(digits) > BigInt(max)) {
      refuse('taskId', value, `is too large: task ids go ${range}`);
    }
    if (digits === '0') refuse('taskId', value, `must be ${range}: 0 means that no task was created`);
    return Number(digits);
  }
  if (typeof value !== 'number' || !(Number.isInteger(value) || Math.abs(value) === Infinity)) {
    refuse('taskId', value, `must be an integer ${range}, or a string of decimal digits`);
  }
  if (value > max) {
    const advice = 'a number this large may have been rounded on its way: send long ids as a string of digits';
    refuse('taskId', value, `must be ${range}; ${advice}`);
  }
  if (value < min) refuse('taskId', value, `must be ${range}: 0 and negative ids mean that no task was created`);
  return value;
}

/** Whether a value has the form of a region. There is no fixed list of them. */
export function isRegion(value: unknown): value is string {
  return typeof value === 'string' && value.length <= REGION_MAX_LENGTH && REGION_PATTERN.test(value);
}

function readRegion(value: unknown): string {
  if (!isRegion(value)) {
    const rule = `must be a region such as "ap-guangzhou", in lower case, at most ${REGION_MAX_LENGTH} characters`;
    refuse('region', value, rule);
  }
  return value;
}

function readMaxWait(value: unknown): number {
  return durationBetween('maxWait', value, INPUT_BOUNDS.maxWait);
}

function readPolling(value: unknown): PollSchedule {
  const fields = objectWith('polling', value, POLLING_FIELDS);
  const { backoffCoefficient = DEFAULT_COEFFICIENT, jitter = DEFAULT_JITTER, expectedDuration } = fields;
  const { initialIntervalMs, maximumIntervalMs } = readIntervals(fields);
  return {
    initialIntervalMs,
    backoffCoefficient: numberBetween(
      'polling.backoffCoefficient',
      backoffCoefficient,
      INPUT_BOUNDS.backoffCoefficient,
    ),
    maximumIntervalMs,
    jitter: numberBetween('polling.jitter', jitter, INPUT_BOUNDS.jitter),
    ...(expectedDuration !== undefined && { expectedDurationMs: readExpectedDuration(expectedDuration) }),
  };
}

/** The two intervals. The default of the one that is left out gives way to the one that is given. */
function readIntervals({ initialInterval, maximumInterval }: { initialInterval?: unknown; maximumInterval?: unknown }) {
  const read = (field: 'initialInterval' | 'maximumInterval', value: unknown): number | undefined =>
    value === undefined ? undefined : durationBetween(`polling.${field}`, value, INPUT_BOUNDS[field]);
  const initialMs = read('initialInterval', initialInterval);
  const maximumMs = read('maximumInterval', maximumInterval);
  if (initialMs !== undefined && maximumMs !== undefined && maximumMs < initialMs) {
    refuse('polling.maximumInterval', maximumInterval, 'must not be shorter than polling.initialInterval');
  }
  return {
    initialIntervalMs: initialMs ?? Math.min(DEFAULT_INITIAL_MS, maximumMs ?? Infinity),
    maximumIntervalMs: maximumMs ?? Math.max(DEFAULT_MAXIMUM_MS, initialMs ?? 0),
  };
}

/** Any duration is a rule-abiding expectation; one beyond the longest wait means the same as the longest wait. */
function readExpectedDuration(value: unknown): number {
  return Math.min(
    durationBetween('polling.expectedDuration', value, INPUT_BOUNDS.expectedDuration),
    2 * INPUT_BOUNDS.maxWait.max,
  );
}
