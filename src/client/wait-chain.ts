import {
  CancelledFailure,
  type Client,
  type WorkflowExecutionDescription,
  WorkflowFailedError,
  type WorkflowHandle,
} from '@temporalio/client';
import type { RedisTaskResult } from '../contract/outcome.js';
import { waitError } from './error.js';

/** A wait from outside: a chain of runs under one workflow id, since a long wait continues as new. */
export interface WaitChain {
  readonly workflowId: string;
  /** Its newest run when it was found, from where its end is followed: older ones may have left the namespace already. */
  readonly runId: string;
  /** Its first run, which tells it from a later wait of the same id. Older servers do not say it. */
  readonly firstRunId: string | undefined;
}

/** The wait of a run that the server describes. */
export function chainOf({ workflowId, runId, raw }: WorkflowExecutionDescription): WaitChain {
  return { workflowId, runId, firstRunId: raw.workflowExecutionInfo?.firstRunId || undefined };
}

/** A handle that stays with its wait through all of its runs, and touches no later wait of the same id. */
export function handleTo(client: Client, { workflowId, runId, firstRunId }: WaitChain): WorkflowHandle {
  const options = firstRunId === undefined ? {} : { firstExecutionRunId: firstRunId };
  const handle = client.workflow.getHandle(workflowId, undefined, options);
  // The SDK's own would begin at the first run.
  return { ...handle, result: () => client.workflow.result(workflowId, runId) };
}

/** How a wait ends. @throws as `RedisTaskClient.await` */
export async function resultOf(client: Client, { workflowId, runId }: WaitChain): Promise<RedisTaskResult> {
  try {
    return await client.workflow.result<() => Promise<RedisTaskResult>>(workflowId, runId);
  } catch (error) {
    throw waitError(error, error instanceof WorkflowFailedError && error.cause instanceof CancelledFailure);
  }
}
