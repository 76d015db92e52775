import { ApplicationFailure, ApplicationFailureCategory } from '@temporalio/common';
import { POLL_FAILURE_TYPES, type PollError, type PollErrorClass } from '../contract/poll-error.js';
import { plain } from '../contract/text.js';
import type { TencentApiError } from '../tencent/errors.js';

/** The server keeps at most 4 KB of the failure of a call that it retries. */
const MESSAGE_MAX = 1_000;

/** Classes for which another attempt a second later may help. */
const RETRYABLE: readonly PollErrorClass[] = ['transient', 'throttled'];

/** Classes that do not end a wait. */
const EXPECTED: readonly PollErrorClass[] = [...RETRYABLE, 'unknownTask'];

/** The class for a wait: a clock that is refused even after its correction means unauthorized. */
export function pollErrorClassOf({ errorClass }: TencentApiError): PollErrorClass {
  return errorClass === 'clock' ? 'unauthorized' : errorClass;
}

/**
 * The failure of a call as Temporal carries it to the workflow.
 *
 * @param attempt - of the activity, from 1
 * @param random - from 0 to 1, spreads calls that were throttled together
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
    // Expected: no warning in the log, not counted as a failed activity.
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
