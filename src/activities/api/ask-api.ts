import { Context } from '@temporalio/activity';
import type { CallTime } from '../../tencent/call-time.js';
import { TencentApiError } from '../../tencent/errors.js';
import type { ApiAccount } from './account.js';
import type { ApiMetrics } from './metrics.js';
import { pollFailure } from './poll-failure.js';

/** A call learns of a cancellation by its heartbeats. */
const HEARTBEAT_MS = 500;

/** Two clocks that differ by less may be the same: an answer tells whole seconds, and is on its way for a while. */
const CLOCK_BLUR_MS = 3_000;

/** The rest of an attempt's time, for its answer to the server. */
const ANSWER_MS = 1_000;

/** What an activity asks the API in one attempt: the time and the signal are for all of its calls together. */
type Question<T> = (options: CallTime) => Promise<T>;

/** What came back, and how long the call was in the task queue: by this worker's clock, corrected by the API's. */
interface Told<T> {
  readonly answer: T;
  readonly queuedMs: number;
}

/**
 * Asks the API for the activity that runs: counted, aborted with the activity, and told to the watch over the key.
 *
 * @param facts - what the worker tells of itself when the call fails
 * @throws ApplicationFailure with a type of `POLL_FAILURE_TYPES`, a `PollError` as `details[0]` and the facts as `details[1]`
 */
export async function askApi<T>(
  { metrics, access }: ApiAccount,
  question: Question<T>,
  facts?: object,
): Promise<Told<T>> {
  const context = Context.current();
  const receivedAt = Date.now();
  const counted: Question<T> = async (options) => {
    try {
      const answer = await question(options);
      metrics.succeeded();
      return answer;
    } catch (error) {
      if (error instanceof TencentApiError) metrics.failed(error);
      throw error;
    }
  };
  try {
    const answer = await whileBeating(context, (options) =>
      access.watch(
        () => counted(options),
        () => counted({}),
      ),
    );
    const { currentAttemptScheduledTimestampMs } = context.info;
    return { answer, queuedMs: receivedAt - currentAttemptScheduledTimestampMs - clockAheadMs(metrics.clockSkewMs) };
  } catch (error) {
    if (!(error instanceof TencentApiError)) throw error;
    throw pollFailure(error, context.info.attempt, Math.random(), facts);
  }
}

/** Makes calls that learn of the activity's cancellation, and that end in time for its answer. */
export async function whileBeating<T>(context: Context, question: Question<T>): Promise<T> {
  const timeoutMs = Math.max(ANSWER_MS, context.info.startToCloseTimeoutMs - ANSWER_MS);
  const beats = setInterval(() => context.heartbeat(), HEARTBEAT_MS);
  try {
    return await question({ signal: context.cancellationSignal, timeoutMs });
  } finally {
    clearInterval(beats);
  }
}

/** The time by the API's clock, or later: an answer that was long on its way makes this clock look ahead. */
export function apiNow({ clockSkewMs }: Pick<ApiMetrics, 'clockSkewMs'>): number {
  return Date.now() + (clockSkewMs > CLOCK_BLUR_MS ? clockSkewMs : 0);
}

/** How far this machine's clock is ahead, which would look like time in the task queue. */
function clockAheadMs(skewMs: number): number {
  return skewMs < -CLOCK_BLUR_MS ? -skewMs : 0;
}
