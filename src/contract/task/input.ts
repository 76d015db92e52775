import * as v from 'valibot';
import { objectWith, read } from '../fields.js';
import { INVALID_INPUT } from '../invalid-input.js';
import { REGION } from '../region.js';
import { maxWait, POLLING, pollingToResume } from '../wait/polling.js';

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

/** An input that kept the rules, with its defaults filled in. */
export type WaitPlan = Readonly<v.InferOutput<typeof INPUT>>;

/** The task that a value names; null where that breaks a rule. */
export const NAMED_TASK = v.fallback(
  v.object({ taskId: v.fallback(v.nullable(TASK_ID), null), region: v.fallback(v.nullable(REGION), null) }),
  { taskId: null, region: null },
);

/** Reads an input. @throws InvalidInputFailure that names a field that breaks a rule */
export function readInput(input: unknown): WaitPlan {
  return read(INPUT, input, 'input', INVALID_INPUT, v.parse(NAMED_TASK, input));
}

/** The input of the same wait once more. What has passed of `expectedDuration` need not pass quietly again. */
export function inputToResume(
  { taskId, region, maxWaitMs, schedule }: WaitPlan,
  waitedMs: number,
): AwaitRedisTaskInput {
  return { taskId, region, maxWait: maxWaitMs, polling: pollingToResume(schedule, waitedMs) };
}
