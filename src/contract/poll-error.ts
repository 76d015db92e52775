import * as v from 'valibot';
import { TEXT, TIME } from './api-fields.js';
import { formatDuration } from './duration.js';
import { requestNote } from './text.js';

export const POLL_ERROR = v.object({
  /**
   * The API's error code, or for what happened before the API could answer: `CredentialsUnavailable`,
   * `NoActivityWorker`, `QueueBacklog`, `NoCallSlot`, `Timeout`, `NetworkError.<errno>`, `ProxyStatus.<n>`,
   * `HttpStatus.<n>`, `InvalidResponse`, `WorkerLost`.
   */
  code: v.string(),
  message: v.string(),
  /** The API's id of the refused request; null when no answer carried one. */
  requestId: TEXT,
  at: TIME,
});

/**
 * Why a poll brought no task. Times are ISO-8601 UTC.
 *
 * @interface
 */
export type PollError = Readonly<v.InferOutput<typeof POLL_ERROR>>;

/** Reads our error from an activity failure; undefined if it is not ours. */
export function readPollError(details: unknown): PollError | undefined {
  return v.parse(v.fallback(v.optional(POLL_ERROR), undefined), details);
}

/** An error in one line. */
export function errorSentence({ code, message, requestId }: Omit<PollError, 'at'>): string {
  return `${code}: ${message}${requestNote(requestId)}`;
}

/**
 * What an error means for a wait.
 *
 * - `transient`: nothing is known about the task; ask again.
 * - `throttled`: the API's request rate is used up; ask again a little later.
 * - `unknownTask`: no such task, not yet visible, or forgotten with its instance. Final when it lasts.
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

export const POLL_ERROR_CLASS = v.picklist(Object.keys(POLL_FAILURE_TYPES) as PollErrorClass[]);

/** The class of a failed `describeTaskInfo` activity, by its failure type. A type that is not ours is transient. */
export function pollErrorClass(type: string | null | undefined): PollErrorClass {
  return POLL_ERROR_CLASS.options.find((each) => POLL_FAILURE_TYPES[each] === type) ?? 'transient';
}

/** Why a poll brought no answer of the API, as the wait itself finds out. */
export function unanswered(
  code: 'WorkerLost' | 'NoActivityWorker' | 'QueueBacklog' | 'InvalidResponse',
  apiQueue: string,
  at: string,
  queuedMs = 0,
): PollError {
  const queue = `task queue "${apiQueue}"`;
  const queued = formatDuration(queuedMs);
  const messages: Readonly<Record<typeof code, string>> = {
    WorkerLost: `The worker that took the call from ${queue} never answered: it was probably killed.`,
    NoActivityWorker: `No worker took the call from ${queue} within ${queued}: check that a worker runs for this queue and namespace.`,
    QueueBacklog: `The call has been in ${queue} for ${queued} behind those of other waits: there are more waits than the request rate allows.`,
    InvalidResponse: `A worker on ${queue} answered without a task: it does not run this package.`,
  };
  return { code, message: messages[code], requestId: null, at };
}

/** Whether another attempt a second later may help. */
export function isWorthRetrying(errorClass: PollErrorClass): boolean {
  return errorClass === 'transient' || errorClass === 'throttled';
}

/** The pause after an attempt that failed. @param random - from 0 to 1, spreads calls that were throttled together */
export function retryDelayMs(errorClass: PollErrorClass, attempt: number, random: number): number {
  return Math.round(1_000 * 2 ** (attempt - 1) + (errorClass === 'throttled' ? 1_000 * random : 0));
}
