import {
  ActivityFailure,
  type ActivityInterfaceFor,
  ApplicationFailure,
  CancellationScope,
  isCancellation,
  proxyActivities,
  TimeoutFailure,
} from '@temporalio/workflow';
import type { DescribedTask, RedisActivities } from '../../activities/index.js';
import { type PollError, pollErrorClass, readPollError, unanswered } from '../../contract/poll-error.js';
import type { WrittenAttributes } from '../../contract/search-attributes.js';
import type { WaitPlan } from '../../contract/task/input.js';
import { readObservation, type RedisTaskObservation } from '../../contract/task/observation.js';
import { ATTEMPT_TIMEOUT_MS, type CallLimits } from '../../contract/wait/call-limits.js';
import type { PollAnswer } from '../../contract/wait/polls.js';

/** A poll's answer, and what the worker adds to it. */
export type Polled<O = RedisTaskObservation> = PollAnswer<O> & {
  /** Which search attributes the wait has; undefined where no worker has answered. */
  readonly searchAttributes?: WrittenAttributes;
  /** How long the call was in the task queue, by the worker's clock. */
  readonly queuedMs?: number;
  /** The least time between the polls that a shared wait makes by itself. */
  readonly seldomMs?: number;
};

/** A poll under way: one activity, retried by Temporal only. */
export class PollUnderWay<O> {
  /** Undefined until the poll is over. */
  answer: Polled<O> | undefined;
  private error: Error | undefined;
  private readonly scope = new CancellationScope();
  private readonly settled: Promise<unknown>;

  constructor(call: () => Promise<Polled<O>>) {
    this.settled = this.scope.run(call).then(
      (answer) => (this.answer = answer),
      (error: unknown) => (this.error = error as Error),
    );
  }

  /** @throws an error that no poll should throw: a bug in this package */
  get isOver(): boolean {
    if (this.error && !isCancellation(this.error)) throw this.error;
    return this.answer !== undefined;
  }

  /** Cancels the call. Resolves with its answer if that came at the same moment. */
  async giveUp(): Promise<Polled<O> | undefined> {
    this.scope.cancel();
    await this.settled;
    return this.answer;
  }
}

/** A poll that brought nothing. */
type FailedPoll = Polled<never> & { readonly error: PollError };

/** How to reach the API: the queue of the calls, and what Temporal UI says of this one. */
export interface Call {
  readonly apiQueue: string;
  readonly limits: CallLimits;
  readonly summary: string;
  /** How long the call may be in the queue. @default no limit */
  readonly queueLimitMs?: number;
}

/** One poll of a task. */
export function describeTask({ taskId, region }: WaitPlan, call: Call): Promise<Polled> {
  return pollBy(
    call,
    ({ describeTaskInfo }) => describeTaskInfo({ taskId, region }),
    (told) => readObservation(told, new Date().toISOString()),
  );
}

/**
 * One poll of anything.
 *
 * @param ask - makes the call
 * @param read - reads what came back; undefined if that is not ours
 */
export async function pollBy<O>(
  call: Call,
  ask: (activities: ActivityInterfaceFor<RedisActivities>) => Promise<unknown>,
  read: (told: unknown) => O | undefined,
): Promise<Polled<O>> {
  const { apiQueue } = call;
  const activities = proxyActivities<RedisActivities>({
    taskQueue: apiQueue,
    summary: call.summary,
    startToCloseTimeout: ATTEMPT_TIMEOUT_MS,
    ...(call.queueLimitMs !== undefined && { scheduleToStartTimeout: call.queueLimitMs }),
    priority: { priorityKey: call.limits.priorityKey },
    // Cancelling does not wait for the call. With another type the wait would end as failed.
    cancellationType: 'TRY_CANCEL',
    retry: { initialInterval: '1s', backoffCoefficient: 2, maximumAttempts: call.limits.maximumAttempts },
  });
  try {
    const told = await ask(activities);
    const observation = read(told);
    return observation ? { observation, ...workerFacts(told) } : invalidAnswer(apiQueue);
  } catch (error) {
    return failedCall(error, call);
  }
}

function workerFacts(told: unknown): Pick<Polled, 'searchAttributes' | 'queuedMs' | 'seldomMs'> {
  const { searchAttributes, queuedMs, seldomMs } = told as Partial<DescribedTask>;
  return {
    searchAttributes: searchAttributes === true || searchAttributes === 'withoutOutcome' ? searchAttributes : false,
    ...(typeof queuedMs === 'number' && { queuedMs }),
    ...(typeof seldomMs === 'number' && { seldomMs }),
  };
}

function invalidAnswer(apiQueue: string): FailedPoll {
  return { error: unanswered('InvalidResponse', apiQueue, new Date().toISOString()), errorClass: 'transient' };
}

function failedCall(error: unknown, call: Call): FailedPoll {
  if (isCancellation(error) && CancellationScope.current().consideredCancelled) throw error;
  if (!(error instanceof ActivityFailure)) throw error;
  return failedPoll(error.cause, call);
}

function failedPoll(cause: Error | undefined, { apiQueue, queueLimitMs }: Call): FailedPoll {
  const at = new Date().toISOString();
  if (cause instanceof TimeoutFailure) {
    const code = cause.timeoutType === 'SCHEDULE_TO_START' ? 'NoActivityWorker' : 'WorkerLost';
    return { error: unanswered(code, apiQueue, at, queueLimitMs), errorClass: 'transient' };
  }
  if (cause instanceof ApplicationFailure) {
    const error = readPollError(cause.details?.[0]) ?? unexpected(cause.type, cause.message, at);
    return { error, errorClass: pollErrorClass(cause.type), ...workerFacts(cause.details?.[1] ?? {}) };
  }
  return { error: unexpected(cause?.name, cause?.message, at), errorClass: 'transient' };
}

function unexpected(code: string | null | undefined, message: string | undefined, at: string): PollError {
  return { code: code ?? 'Unknown', message: message ?? '', requestId: null, at };
}
