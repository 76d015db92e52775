import {
  type Client,
  WorkflowExecutionAlreadyStartedError,
  WorkflowNotFoundError,
  type WorkflowStartOptions,
} from '@temporalio/client';
import type { RedisTaskDuration } from '../contract/duration.js';
import { AWAIT_REDIS_TASK } from '../contract/ids.js';
import { chainOf, type WaitChain } from './wait-chain.js';

/** Starts a wait, or joins the one that runs under its id: that goes on for at least `maxWait` from now. */
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
      // It has ended since: the next one is ours to start.
      if (!(error instanceof WorkflowNotFoundError)) throw error;
    }
  }
}
