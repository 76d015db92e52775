import {
  ActivityFailure,
  ApplicationFailure,
  CancellationScope,
  isCancellation,
  proxyActivities,
  TimeoutFailure,
} from '@temporalio/workflow';
import type { DescribedTask, RedisActivities } from '../activities/index.js';
import { ATTEMPT_TIMEOUT_MS, type CallLimits } from '../contract/call-limits.js';
import type { WaitPlan } from '../contract/input.js';
import { noAnswer, noTask, type PollError, pollErrorClass, readPollError } from '../contract/poll-error.js';
import { readObservation } from '../contract/task.js';
import type { PollAnswer } from '../contract/wait.js';

/** A poll's answer, with what the worker that made it says beside the task. */
export type Polled = PollAnswer & {
  /** The namespace has the search attributes of a wait. */
  readonly searchAttributes?: boolean;
  /** How long the call was in the task queue, by the worker's clock. */
  readonly queuedMs?: number;
};

/**
 * Makes one poll: one activity, with Temporal's retries, which are the only ones there are.
 *
 * @throws only when the scope it runs in is cancelled
 */
export async function poll(plan: WaitPlan, apiQueue: string, limits: CallLimits, summary: string): Promise<Polled> {
  const { describeTaskInfo } = proxyActivities<RedisActivities>({
    taskQueue: apiQueue,
    summary,
    startToCloseTimeout: ATTEMPT_TIMEOUT_MS,
    scheduleToCloseTimeout: limits.scheduleToCloseMs,
    retry: { initialInterval: '1s', backoffCoefficient: 2, maximumAttempts: limits.maximumAttempts },
    // Cancelling does not wait for the call. Said explicitly: another type would end the wait as failed.
    cancellationType: 'TRY_CANCEL',
  });
  try {
    const described: unknown = await describeTaskInfo({ taskId: plan.taskId, region: plan.region });
    const at = new Date().toISOString();
    const observation = readObservation(described, at);
    if (!observation) return { error: noTask(apiQueue, at), errorClass: 'transient' };
    const { searchAttributes, queuedMs } = described as Partial<DescribedTask>;
    return {
      observation,
      searchAttributes: searchAttributes === true,
      ...(typeof queuedMs === 'number' && { queuedMs }),
    };
  } catch (error) {
    if (isCancellation(error) && CancellationScope.current().consideredCancelled) throw error;
    if (!(error instanceof ActivityFailure)) throw error;
    return failedPoll(error.cause, apiQueue, limits);
  }
}

function failedPoll(cause: Error | undefined, apiQueue: string, limits: CallLimits): PollAnswer {
  const at = new Date().toISOString();
  if (cause instanceof TimeoutFailure) {
    const error = noAnswer(passedLimit(cause), apiQueue, limits.scheduleToCloseMs, at);
    return { error, errorClass: 'transient' };
  }
  if (cause instanceof ApplicationFailure) {
    const error = readPollError(cause.details?.[0]) ?? unexpected(cause.type, cause.message, at);
    return { error, errorClass: pollErrorClass(cause.type) };
  }
  return { error: unexpected(cause?.name, cause?.message, at), errorClass: 'transient' };
}

/**
 * The limit that was passed, as measured: a poll that was never taken passes that of the queue. A first attempt that
 * was taken and lost where no other fits before the deadline passes that of the whole poll, without a cause; with one,
 * which the SDK shows only in the raw failure, a later attempt was not taken.
 */
function passedLimit({ timeoutType, failure }: TimeoutFailure): string {
  if (timeoutType === 'SCHEDULE_TO_CLOSE' && !failure?.cause) return 'START_TO_CLOSE';
  return timeoutType ?? '';
}

function unexpected(code: string | null | undefined, message: string | undefined, at: string): PollError {
  return { code: code ?? 'Unknown', message: message ?? '', requestId: null, at };
}
