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

/**
 * The task that a `describeTaskInfo` activity answered with, undefined when the answer is none: the worker that made it
 * may be older, newer, or somebody else's. Fields beyond these are left out, as the state of a wait carries the answer.
 */
export function readObservation(answer: unknown, now: string): RedisTaskObservation | undefined {
  if (typeof answer !== 'object' || answer === null) return undefined;
  const fields = answer as Readonly<Record<string, unknown>>;
  const text = (name: string): string | null => (typeof fields[name] === 'string' ? fields[name] : null);
  const status = text('status');
  if (status === null) return undefined;
  return {
    status,
    taskType: text('taskType'),
    instanceId: text('instanceId'),
    startTime: text('startTime'),
    message: text('message'),
    requestId: text('requestId'),
    at: text('at') ?? now,
  };
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
