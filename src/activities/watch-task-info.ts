import { Context } from '@temporalio/activity';
import { ApplicationFailure, ApplicationFailureCategory } from '@temporalio/common';
import type { WaitPlan } from '../contract/input.js';
import { METRICS, pollLabels } from '../contract/metrics.js';
import { watchMessage } from '../contract/view.js';
import type { WaitState } from '../contract/wait-state.js';
import type { PollAnswer } from '../contract/wait.js';
import { readWatchMemory, type WatchReport, watchStep } from '../contract/watch.js';
import { TencentApiError, transientError } from '../tencent/errors.js';
import { recordOfProcess } from './api-metrics.js';
import { pollErrorClassOf, pollErrorOf } from './poll-failure.js';
import type { DescribedTask } from './redis-activities.js';

/** What a watch tells its wait, and what the worker adds to it. */
export type WatchAnswer = WatchReport & Partial<Pick<DescribedTask, 'queuedMs' | 'searchAttributes'>>;

/** The most by which a worker's clock is believed to be behind the server's: by then it is not the queue, but the clock. */
const QUEUED_MAX_MS = 30_000;

/** One attempt of a watch. @param call - asks the API, and keeps in its heartbeats what the watch remembers */
export async function watchTaskInfo(
  plan: WaitPlan,
  known: WaitState,
  call: (plan: WaitPlan, remembered: unknown) => Promise<DescribedTask>,
): Promise<WatchAnswer> {
  const context = Context.current();
  const memory = readWatchMemory(context.info.heartbeatDetails) ?? { state: known, tries: 0 };
  const [receivedAt, began] = [Date.now(), performance.now()];
  const { queuedMs, searchAttributes, answer } = await ask(() => call(plan, memory));
  // By the server's clock: this worker's may be wrong, but not about how long something takes.
  const { currentAttemptScheduledTimestampMs: scheduledAt } = context.info;
  const startedAt = scheduledAt + Math.min(Math.max(0, queuedMs ?? receivedAt - scheduledAt), QUEUED_MAX_MS);
  const now = Math.round(startedAt + performance.now() - began);
  // A server that was killed may give an attempt away twice, the second time before it is due: its time is then to come.
  const askedAt = Math.min(startedAt, receivedAt);

  const step = watchStep(plan, known, memory, answer, { askedAt, now, queuedMs: queuedMs ?? 0, random: Math.random() });
  if (step.isNews)
    return { ...answer, state: step.state, queuedMs: queuedMs ?? 0, ...(searchAttributes && { searchAttributes }) };

  if (step.memory.tries === 0) recordOfProcess(METRICS.polls, 1, pollLabels(answer));
  context.heartbeat(step.memory);
  const unchanged = ApplicationFailure.create({
    type: 'RedisTaskUnchanged',
    message: watchMessage(step.memory, answer.error, step.retryAfterMs),
    nextRetryDelay: step.retryAfterMs,
    category: ApplicationFailureCategory.BENIGN,
  });
  // Pending Activities of Temporal UI would show it large, and it says nothing.
  unchanged.stack = '';
  throw unchanged;
}

/** What no call should throw is a failed poll all the same: it must not be retried unseen. */
function unexpectedError(error: unknown): TencentApiError {
  return error instanceof Error ? transientError(error.name, error.message) : transientError('Unknown', String(error));
}

async function ask(call: () => Promise<DescribedTask>) {
  try {
    const { queuedMs, searchAttributes, ...observation } = await call();
    return { answer: { observation } satisfies PollAnswer, queuedMs, searchAttributes };
  } catch (error) {
    Context.current().cancellationSignal.throwIfAborted();
    const known = error instanceof TencentApiError ? error : unexpectedError(error);
    return { answer: { error: pollErrorOf(known), errorClass: pollErrorClassOf(known) } satisfies PollAnswer };
  }
}
