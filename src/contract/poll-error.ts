import * as v from 'valibot';
import { formatDuration } from './duration.js';
import { TEXT, TIME } from './task.js';

export const POLL_ERROR = v.object({
  /**
   * The API's error code, or for what happened before the API could answer: `CredentialsUnavailable`,
   * `NoActivityWorker`, `QueueBacklog`, `NoCallSlot`, `Timeout`, `NetworkError.<errno>`, `HttpStatus.<n>`,
   * `InvalidResponse`, `WorkerLost`.
   */
  code: v.string(),
  message: v.string(),
  /** The API's id of the refused request; null when no answer carried one. */
  requestId: TEXT,
  at: TIME,
});

/** Why a poll brought no task. Times are ISO-8601 UTC. */
export type PollError = Readonly<v.InferOutput<typeof POLL_ERROR>>;

/** Reads our error from an activity failure; undefined if it is not ours. */
export function readPollError(details: unknown): PollError | undefined {
  return v.parse(v.fallback(v.optional(POLL_ERROR), undefined), details);
}

/**
 * What an error means for a wait.
 *
 * - `transient`: nothing is known about the task; ask again.
 * - `throttled`: the API's request rate is used up; ask again a little later.
 * - `unknownTask`: no such task, or not yet visible. Final only while no poll has ever seen the task.
 * - `unauthorized`: the credentials, or what they may do, are refused.
 * - `rejected`: the API will never answer this request.
 */
export type PollErrorClass = 'transient' | 'throttled' | 'unknownTask' | 'unauthorized' | 'rejected';

/** The `type` that a failed `describeTaskInfo` activity carries for each class. */
export const POLL_FAILURE_TYPES = {
  transient: 'TencentApi.Transient',
  throttled: 'TencentApi.Throttled',
  unknownTask: 'TencentApi.UnknownTask',
  unauthorized: 'TencentApi.Unauthorized',
  rejected: 'TencentApi.Rejected',
} as const satisfies Record<PollErrorClass, string>;

/** The class of a failed `describeTaskInfo` activity, by its failure type. A type that is not ours is transient. */
export function pollErrorClass(type: string | null | undefined): PollErrorClass {
  const classes = Object.keys(POLL_FAILURE_TYPES) as PollErrorClass[];
  return classes.find((each) => POLL_FAILURE_TYPES[each] === type) ?? 'transient';
}

/** A worker took the call and never answered. */
export function workerLost(apiQueue: string, at: string): PollError {
  const message = `The worker that took the call from task queue "${apiQueue}" never answered: it was probably killed.`;
  return { code: 'WorkerLost', message, requestId: null, at };
}

/** No worker takes calls from the queue. */
export function noActivityWorker(apiQueue: string, queuedMs: number, at: string): PollError {
  const message = `No worker took the call from task queue "${apiQueue}" within ${formatDuration(queuedMs)}: check that a worker runs for this queue and namespace.`;
  return { code: 'NoActivityWorker', message, requestId: null, at };
}

/** Workers take calls from the queue, but it is long. */
export function queueBacklog(apiQueue: string, queuedMs: number, at: string): PollError {
  const message = `The call has been in task queue "${apiQueue}" for ${formatDuration(queuedMs)} behind those of other waits: there are more waits than the request rate allows.`;
  return { code: 'QueueBacklog', message, requestId: null, at };
}

/** The answer holds no task. */
export function noTask(apiQueue: string, at: string): PollError {
  const message = `A worker on task queue "${apiQueue}" answered without a task: it does not run this package.`;
  return { code: 'InvalidResponse', message, requestId: null, at };
}
