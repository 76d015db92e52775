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
