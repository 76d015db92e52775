import { WorkflowNotFoundError } from '@temporalio/common';
import { getClient } from '@temporalio/nexus';
import type { RedisTaskDuration } from '../contract/duration.js';

/** Temporal's number of the event that starts a workflow. */
const WORKFLOW_EXECUTION_STARTED = 1;

/**
 * Lets a wait that ran already go on for at least `maxWait` from now. A wait that this request started gets no signal,
 * unless the server is too old to tell: then the signal changes nothing.
 */
export async function joinUnlessStartedBy(
  requestId: string,
  workflowId: string,
  maxWait: RedisTaskDuration,
): Promise<void> {
  const wait = getClient().workflow.getHandle(workflowId);
  try {
    const { raw } = await wait.describe();
    const event = raw.workflowExtendedInfo?.requestIdInfos?.[requestId]?.eventType;
    if (Number(event) !== WORKFLOW_EXECUTION_STARTED) await wait.signal('joinWait', { maxWait });
  } catch (error) {
    // It has ended since; this caller gets its outcome.
    if (!(error instanceof WorkflowNotFoundError)) throw error;
  }
}
