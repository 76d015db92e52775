import * as v from 'valibot';
import { type FieldsOf, TIME } from './fields.js';

/** What `DescribeTaskInfo` said about a task at one moment. The texts are the API's own, unchanged. */
export interface RedisTaskObservation {
  /** `preparing`, `running`, `succeed`, `failed` or `error` (`Error` on the international site), or a newer one. */
  readonly status: string;
  /** A display text in the API's language, such as `redis cache clearing process`: not for branching. */
  readonly taskType: string | null;
  readonly instanceId: string | null;
  /** Such as `2018-11-01 17:25:14`. The API documents no zone for it. */
  readonly startTime: string | null;
  /** `TaskMessage`: the error text of a task that failed. On success it may be empty or `ok`. */
  readonly message: string | null;
  readonly requestId: string | null;
  /** When the answer arrived at the worker, ISO-8601 UTC. */
  readonly at: string;
}

/** A text of the API, null when it has another form. */
const TEXT = v.fallback(v.nullable(v.string()), null);
const TEXTS = { taskType: TEXT, instanceId: TEXT, startTime: TEXT, message: TEXT, requestId: TEXT };
export const STATUS_AND_TEXTS = v.object({ status: TEXT, ...TEXTS });

export const OBSERVATION = v.object({
  status: v.pipe(v.string(), v.description("The API's text, unchanged")),
  ...TEXTS,
  at: TIME,
} satisfies FieldsOf<RedisTaskObservation>);

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
  const { success, output } = v.safeParse(v.object({ ...OBSERVATION.entries, at: v.fallback(TIME, now) }), answer);
  return success ? output : undefined;
}

/** Where a task stands. `unknown` is a status outside the documented set: it is shown, and waited on. */
export type RedisTaskPhase = 'pending' | 'unknown' | 'succeeded' | 'failed' | 'errored';

const PHASES: Readonly<Record<string, RedisTaskPhase>> = {
  preparing: 'pending',
  running: 'pending',
  succeed: 'succeeded',
  failed: 'failed',
  error: 'errored',
};

/**
 * Where a task with this status stands. Compared without case: the Chinese document says `error`, the international
 * one `Error`.
 */
export function phaseOf(status: string): RedisTaskPhase {
  const known = status.toLowerCase();
  return Object.hasOwn(PHASES, known) ? (PHASES[known] ?? 'unknown') : 'unknown';
}
