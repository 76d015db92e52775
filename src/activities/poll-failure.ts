import { ApplicationFailure, ApplicationFailureCategory } from '@temporalio/common';
import { POLL_FAILURE_TYPES, type PollError, type PollErrorClass } from '../contract/poll-error.js';
import { plain } from '../contract/text.js';
import type { TencentApiError } from '../tencent/errors.js';

/** Where a failure's message is cut: the server keeps no more than 4 KB of the failure of a call it retries. */
const MESSAGE_MAX = 1_000;

/** Classes that another attempt a second later may cure. For the others the workflow decides what comes next. */
const RETRYABLE: readonly PollErrorClass[] = ['transient', 'throttled'];

/** Classes that a wait rides out. */
const EXPECTED: readonly PollErrorClass[] = [...RETRYABLE, 'unknownTask'];

/** The class as a wait sees it: a time that is refused even after its correction is a refused authorization. */
export function pollErrorClassOf({ errorClass }: TencentApiError): PollErrorClass {
  return errorClass === 'clock' ? 'unauthorized' : errorClass;
}

/**
 * The failure of a call as Temporal carries it to the workflow.
 *
 * @param attempt - of the activity, from 1
 * @param random - from 0 to 1, spreads the calls that were throttled together
 */
export function pollFailure(error: TencentApiError, attempt: number, random: number): ApplicationFailure {
  const errorClass = pollErrorClassOf(error);
  const message = plain(error.message, MESSAGE_MAX);
  const requestId = error.requestId === null ? null : plain(error.requestId, 100);
  const details: PollError = {
    code: plain(error.code, 200),
    message: error.errorClass === 'clock' ? clockMessage(message, error.clockSkewMs) : message,
    requestId,
    at: new Date().toISOString(),
  };
  return ApplicationFailure.create({
    type: POLL_FAILURE_TYPES[errorClass],
    message: `${details.code}: ${details.message}${requestId ? ` (RequestId ${requestId})` : ''}`,
    details: [details],
    nonRetryable: !RETRYABLE.includes(errorClass),
    ...(errorClass === 'throttled' && { nextRetryDelay: throttledDelayMs(attempt, random) }),
    // An expected hiccup that is handled: no warning in the log, no count among the failed activities.
    ...(EXPECTED.includes(errorClass) && { category: ApplicationFailureCategory.BENIGN }),
  });
}

function throttledDelayMs(attempt: number, random: number): number {
  return Math.round(1_000 * 2 ** (attempt - 1) + 1_000 * random);
}

function clockMessage(message: string, clockSkewMs: number | null): string {
  const by =
    clockSkewMs === null
      ? 'and the answer had no Date to correct it by'
      : `the API's clock is ${Math.round(clockSkewMs / 1000)} s ahead of it`;
  return `${message} The worker's clock is refused, ${by}: set it right.`;
}
