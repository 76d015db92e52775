import { ApplicationFailure, ApplicationFailureCategory } from '@temporalio/common';
import { errorSentence, POLL_FAILURE_TYPES, type PollError, type PollErrorClass } from '../contract/poll-error.js';
import { plain } from '../contract/text.js';
import { isWorthRetrying, retryDelayMs } from '../contract/watch.js';
import type { TencentApiError } from '../tencent/errors.js';

/**
 * The server keeps nothing of the failure of a call that it retries when it is above 4 kB in all, and a message stands in
 * it twice. A codec adds some more.
 */
const MESSAGE_MAX_BYTES = 1_200;
const NAME_MAX_BYTES = 120;

/** The class for a wait: a clock that is refused even after its correction means unauthorized. */
export function pollErrorClassOf({ errorClass }: TencentApiError): PollErrorClass {
  return errorClass === 'clock' ? 'unauthorized' : errorClass;
}

/** What a wait is told of a call that brought no task. */
export function pollErrorOf(error: TencentApiError): PollError {
  const message = bounded(error.message, MESSAGE_MAX_BYTES);
  return {
    code: bounded(error.code, NAME_MAX_BYTES),
    message: error.errorClass === 'clock' ? clockMessage(message, error.clockSkewMs) : message,
    requestId: error.requestId === null ? null : bounded(error.requestId, NAME_MAX_BYTES),
    at: new Date().toISOString(),
  };
}

/**
 * The failure of a call as Temporal carries it to the workflow.
 *
 * @param attempt - of the activity, from 1
 * @param random - from 0 to 1, spreads calls that were throttled together
 */
export function pollFailure(error: TencentApiError, attempt: number, random: number): ApplicationFailure {
  const errorClass = pollErrorClassOf(error);
  const details = pollErrorOf(error);
  const failure = ApplicationFailure.create({
    type: POLL_FAILURE_TYPES[errorClass],
    message: errorSentence(details),
    details: [details],
    nonRetryable: !isWorthRetrying(errorClass),
    ...(errorClass === 'throttled' && { nextRetryDelay: retryDelayMs(errorClass, attempt, random) }),
    // The wait says what becomes of it: the SDK would log a warning for each poll of each wait.
    category: ApplicationFailureCategory.BENIGN,
  });
  // It would repeat the message, and says nothing: every poll fails at the same place.
  failure.stack = '';
  return failure;
}

/** A text on one line, of at most so many bytes as JSON: Chinese has three for a character, a control character six. */
function bounded(text: string, maxBytes: number): string {
  for (let max = maxBytes; ; max = Math.floor(max * 0.9)) {
    const shown = plain(text, max);
    if (Buffer.byteLength(JSON.stringify(shown)) - '""'.length <= maxBytes) return shown;
  }
}

function clockMessage(message: string, clockSkewMs: number | null): string {
  const by =
    clockSkewMs === null
      ? 'and the answer had no Date to correct it by'
      : `the API's clock is ${Math.round(clockSkewMs / 1000)} s ahead of it`;
  return `${message} The worker's clock is refused, ${by}: set it right.`;
}
