import {
  type Client,
  WorkflowExecutionAlreadyStartedError,
  type WorkflowHandle,
  WorkflowNotFoundError,
  type WorkflowStartOptions,
} from '@temporalio/client';
import type { RedisTaskDuration } from '../contract/duration.js';
import { AWAIT_REDIS_TASK } from '../contract/ids.js';

/** Starts a wait, or joins the one that runs under its id: that goes on for at least `maxWait` from now. */
export async function startOrJoin(
  client: Client,
  options: WorkflowStartOptions,
  maxWait: RedisTaskDuration,
): Promise<WorkflowHandle> {
  for (;;) {
    try {
      return await client.workflow.start(AWAIT_REDIS_TASK, { ...options, workflowIdConflictPolicy: 'FAIL' });
    } catch (error) {
      if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
    }
    const running = client.workflow.getHandle(options.workflowId);
    try {
      await running.signal('joinWait', { maxWait });
      return running;
    } catch (error) {
      // It has ended since: the next one is ours to start.
      if (!(error instanceof WorkflowNotFoundError)) throw error;
    }
  }
}
