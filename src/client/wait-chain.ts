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
import type { RedisTaskResult } from '../contract/outcome.js';
import { RedisTaskError, RedisTaskWaitCancelledError, waitError } from './error.js';

/** A wait as a client sees it: a chain of runs under one workflow id, since a long wait continues as new. */
export interface WaitChain {
  readonly workflowId: string;
  /** The newest run when the wait was found. Older runs may have left the namespace already. */
  readonly runId: string;
  /** Tells this wait from a later one of the same id. Older servers do not report it. */
  readonly firstRunId: string | undefined;
}

/** The wait that a described run belongs to. */
export function chainOf({ workflowId, runId, raw }: WorkflowExecutionDescription): WaitChain {
  return { workflowId, runId, firstRunId: raw.workflowExecutionInfo?.firstRunId || undefined };
}

/** A handle that follows the wait through all its runs and never acts on a later wait of the same id. */
export function handleTo(client: Client, { workflowId, runId, firstRunId }: WaitChain): WorkflowHandle {
  const options = firstRunId === undefined ? {} : { firstExecutionRunId: firstRunId };
  const handle = client.workflow.getHandle(workflowId, undefined, options);
  // The SDK would start at the first run.
  return { ...handle, result: () => client.workflow.result(workflowId, runId) };
}

/** Starts a wait, or joins the one that runs under its id, which then lasts at least `maxWait` from now. */
export async function startOrJoin(
  client: Client,
  options: WorkflowStartOptions,
  maxWait: RedisTaskDuration,
): Promise<WaitChain> {
  const { workflowId } = options;
  for (;;) {
    try {
      const started = await client.workflow.start(AWAIT_REDIS_TASK, { ...options, workflowIdConflictPolicy: 'FAIL' });
      const { firstExecutionRunId: runId } = started;
      return { workflowId, runId, firstRunId: runId };
    } catch (error) {
      if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
    }
    try {
      const running = client.workflow.getHandle(workflowId);
      await running.signal('joinWait', { maxWait });
      return chainOf(await running.describe());
    } catch (error) {
      // The wait has just ended: start a new one.
      if (!(error instanceof WorkflowNotFoundError)) throw error;
    }
  }
}

/** Waits for the end. @throws as `RedisTaskClient.await` */
export async function resultOf(client: Client, { workflowId, runId }: WaitChain): Promise<RedisTaskResult> {
  try {
    return await client.workflow.result<() => Promise<RedisTaskResult>>(workflowId, runId);
  } catch (error) {
    throw waitError(error, error instanceof WorkflowFailedError && error.cause instanceof CancelledFailure);
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

export async function cancelWait(client: Client, wait: WaitChain): Promise<RedisTaskCancellation> {
  const tooLong = AbortSignal.timeout(CONFIRMED_WITHIN_MS);
  try {
    await handleTo(client, wait).cancel();
    await client.withAbortSignal(tooLong, () => resultOf(client, wait));
    return 'ended';
  } catch (error) {
    if (error instanceof RedisTaskWaitCancelledError) return 'cancelled';
    const ended = [RedisTaskError, WorkflowFailedError, WorkflowNotFoundError];
    if (ended.some((type) => error instanceof type)) return 'ended';
    if (tooLong.aborted) return 'requested';
    throw error;
  }
}
