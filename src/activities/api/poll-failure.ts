import { ApplicationFailure, ApplicationFailureCategory } from '@temporalio/common';
import {
  errorSentence,
  isWorthRetrying,
  POLL_FAILURE_TYPES,
  type PollError,
  type PollErrorClass,
  retryDelayMs,
} from '../../contract/poll-error.js';
import { cut, plain } from '../../contract/text.js';
import type { TencentApiError } from '../../tencent/errors.js';

/**
 * The server shows the failure of a call that it retries only if it has at most 4 kB, and instead of a larger one "Failure
 * exceeds size limit." The message is in it twice, with the code and the request id.
 */
const MESSAGE_BYTES_MAX = 1_300;
const CODE_BYTES_MAX = 200;
const REQUEST_ID_BYTES_MAX = 100;

/** The class for a wait: a clock that is refused even after its correction means unauthorized. */
export function pollErrorClassOf({ errorClass }: TencentApiError): PollErrorClass {
  return errorClass === 'clock' ? 'unauthorized' : errorClass;
}

/** What a wait is told of a call that brought no task. */
export function pollErrorOf(error: TencentApiError): PollError {
  const message = plainBytes(error.message, MESSAGE_BYTES_MAX);
  return {
    code: plainBytes(error.code, CODE_BYTES_MAX),
    message: error.errorClass === 'clock' ? clockMessage(message, error.clockSkewMs) : message,
    requestId: error.requestId === null ? null : plainBytes(error.requestId, REQUEST_ID_BYTES_MAX),
    at: new Date().toISOString(),
  };
}

/**
 * The failure of a call as Temporal carries it to the workflow.
 *
 * @param attempt - of the activity, from 1
 * @param random - from 0 to 1, spreads calls that were throttled together
 * @param facts - what the worker tells of itself
 */
export function pollFailure(
  error: TencentApiError,
  attempt: number,
  random: number,
  facts?: object,
): ApplicationFailure {
  const errorClass = pollErrorClassOf(error);
  const details = pollErrorOf(error);
  const failure = ApplicationFailure.create({
    type: POLL_FAILURE_TYPES[errorClass],
    message: errorSentence(details),
    details: facts ? [details, facts] : [details],
    nonRetryable: !isWorthRetrying(errorClass),
    ...(errorClass === 'throttled' && { nextRetryDelay: retryDelayMs(errorClass, attempt, random) }),
    // The wait says what becomes of it: the SDK would log a warning for each poll of each wait.
    category: ApplicationFailureCategory.BENIGN,
  });
  // It would repeat the message, and says nothing else.
  failure.stack = '';
  return failure;
}

function clockMessage(message: string, clockSkewMs: number | null): string {
  const by =
    clockSkewMs === null
      ? 'and the answer had no Date to correct it by'
      : `the API's clock is ${Math.round(clockSkewMs / 1000)} s ahead of it`;
  return `${message} The worker's clock is refused, ${by}: set it right.`;
}

/** A text on one line that is no longer than so many bytes as JSON. A Chinese character has three of them. */
function plainBytes(text: string, maxBytes: number): string {
  let line = plain(text, maxBytes);
  while (Buffer.byteLength(JSON.stringify(line)) > maxBytes)
    line = cut(line, Math.floor(Array.from(line).length * 0.9));
  return line;
}
