import * as v from 'valibot';
import { TEXT, TIME } from '../api-fields.js';

export const OBSERVATION = v.object({
  /** `preparing`, `running`, `succeed`, `failed` or `error` (`Error` on the international site), or a newer one. */
  status: v.pipe(v.string(), v.description("The API's text, unchanged")),
  /** A display text in the API's language, such as `redis cache clearing process`: not for branching. */
  taskType: TEXT,
  instanceId: TEXT,
  /** Such as `2018-11-01 17:25:14`. The API documents no zone for it. */
  startTime: TEXT,
  /** `TaskMessage`: the error text of a task that failed. On success it may be empty or `ok`. */
  message: TEXT,
  requestId: TEXT,
  /** When the answer arrived at the worker, ISO-8601 UTC. */
  at: TIME,
});

export const STATUS_AND_TEXTS = v.object({ ...v.omit(OBSERVATION, ['at']).entries, status: TEXT });

/**
 * What `DescribeTaskInfo` said about a task at one moment. The texts are the API's own, unchanged.
 *
 * @interface
 */
export type RedisTaskObservation = Readonly<v.InferOutput<typeof OBSERVATION>>;

/** What results and failures say of a task. What no poll has seen is null. */
export interface TaskFacts extends Omit<RedisTaskObservation, 'status' | 'at'> {
  readonly taskId: number;
  readonly region: string;
  /** The API's own text of the last observation; null when no poll ever saw the task. */
  readonly status: string | null;
  /** How many polls returned a task: failed polls, and retries within one, are not counted. */
  readonly polls: number;
  readonly waitedMs: number;
}

/** The status and the texts that an observation has; null where it has none. */
export function readTexts(observation: Partial<RedisTaskObservation>) {
  return v.parse(STATUS_AND_TEXTS, observation);
}

/**
 * The task in the answer of a `describeTaskInfo` activity, or undefined: the worker that answered may be older, newer or
 * not of this package. Other fields are dropped, because the state of a wait carries the answer.
 */
export function readObservation(answer: unknown, now: string): RedisTaskObservation | undefined {
  const observation = v.object({ ...OBSERVATION.entries, at: v.fallback(TIME, now) });
  return v.parse(v.fallback(v.optional(observation), undefined), answer);
}

/** Where a task stands. `unknown` is a status outside the documented set: it is shown, and waited on. */
export type RedisTaskPhase = 'pending' | 'unknown' | 'succeeded' | 'failed' | 'errored';

const PHASES = new Map<string, RedisTaskPhase>([
  ['preparing', 'pending'],
  ['running', 'pending'],
  ['succeed', 'succeeded'],
  ['failed', 'failed'],
  ['error', 'errored'],
]);

/**
 * Where a task with this status stands. Compared without case: the Chinese document says `error`, the international
 * one `Error`.
 *
 * @example
 * ```ts
 * phaseOf('Error'); // 'errored'
 * ```
 */
export function phaseOf(status: string): RedisTaskPhase {
  return PHASES.get(status.toLowerCase()) ?? 'unknown';
}

/** Whether a task with this status is waited for: it goes on, or its status is not documented. */
export function isUnfinished(status: string): boolean {
  return ['pending', 'unknown'].includes(phaseOf(status));
}
