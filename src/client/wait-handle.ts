import {
  CancelledFailure,
  type Client,
  type WorkflowExecutionDescription,
  WorkflowExecutionAlreadyStartedError,
  WorkflowFailedError,
  type WorkflowHandle,
  WorkflowNotFoundError,
  type WorkflowStartOptions,
} from '@temporalio/client';
import type { RedisTaskDuration } from '../contract/duration.js';
import { AWAIT_REDIS_TASK } from '../contract/ids.js';
import type { RedisTaskResult } from '../contract/task/outcome.js';
import { RedisTaskError, RedisTaskIdTakenError, RedisTaskWaitCancelledError, waitError } from './error.js';
import { isUnreadable, readerOf } from './readable.js';

/**
 * A handle that follows a wait through all its runs, since a long wait continues as new, and never acts on a later wait of
 * the same id.
 */
export function handleTo(client: Client, { workflowId, runId, raw }: WorkflowExecutionDescription): WorkflowHandle {
  // Older servers do not report the first run.
  const firstExecutionRunId = raw.workflowExecutionInfo?.firstRunId;
  const handle = client.workflow.getHandle(workflowId, undefined, firstExecutionRunId ? { firstExecutionRunId } : {});
  // The SDK would start at the first run, which may have left the namespace already.
  return { ...handle, result: () => client.workflow.result(workflowId, runId) };
}

/**
 * Starts a wait, or joins the one that runs under its id, which then lasts at least `maxWait` from now.
 *
 * @throws RedisTaskIdTakenError
 */
export async function startOrJoin(
  client: Client,
  options: WorkflowStartOptions,
  maxWait: RedisTaskDuration,
): Promise<WorkflowHandle> {
  const { workflowId } = options;
  for (;;) {
    try {
      return await client.workflow.start(AWAIT_REDIS_TASK, { ...options, workflowIdConflictPolicy: 'FAIL' });
    } catch (error) {
      if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
    }
    try {
      const running = await readerOf(client).getHandle(workflowId).describe();
      if (running.closeTime !== undefined) continue;
      // The server compares ids alone, and takes a signal for any workflow.
      if (running.type !== AWAIT_REDIS_TASK) throw new RedisTaskIdTakenError(workflowId, running.type);
      await client.workflow.getHandle(workflowId, running.runId).signal('joinWait', { maxWait });
      return handleTo(client, running);
    } catch (error) {
      // The wait has just ended, or continued in another run: start or join once more.
      if (!(error instanceof WorkflowNotFoundError)) throw error;
    }
  }
}

/** Waits for the end. @throws as `RedisTaskClient.await` */
export async function resultOf(handle: WorkflowHandle): Promise<RedisTaskResult> {
  try {
    return (await handle.result()) as RedisTaskResult;
  } catch (error) {
    const isCancelled = error instanceof WorkflowFailedError && error.cause instanceof CancelledFailure;
    throw isCancelled
      ? new RedisTaskWaitCancelledError('The wait was cancelled; the task itself goes on.', { cause: error })
      : waitError(error);
  }
}

/**
 * What has become of a wait that was to be cancelled:
 *
 * - `cancelled`: it has ended as cancelled.
 * - `ended`: it had ended already, or ended otherwise at that moment.
 * - `requested`: the server has the request, but no worker has acted on it within 5 s. The wait ends as cancelled once a
 *   worker does.
 */
export type RedisTaskCancellation = 'cancelled' | 'ended' | 'requested';

/** A worker needs at most 2 s. */
const CONFIRMED_WITHIN_MS = 5_000;

export async function cancelWait(client: Client, handle: WorkflowHandle): Promise<RedisTaskCancellation> {
  const tooLong = AbortSignal.timeout(CONFIRMED_WITHIN_MS);
  const inTime = <T>(ask: () => Promise<T>) => client.withAbortSignal(tooLong, ask);
  let isRequested = false;
  try {
    await inTime(() => handle.cancel());
    isRequested = true;
    await inTime(() => resultOf(handle));
    return 'ended';
  } catch (error) {
    if (error instanceof RedisTaskWaitCancelledError) return 'cancelled';
    const ended = [RedisTaskError, WorkflowFailedError, WorkflowNotFoundError];
    if (isUnreadable(error) || ended.some((type) => error instanceof type)) return 'ended';
    if (isRequested && tooLong.aborted) return 'requested';
    throw error;
  }
}
