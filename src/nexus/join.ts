import { WorkflowNotFoundError } from '@temporalio/common';
import { getClient } from '@temporalio/nexus';
import type { RedisTaskDuration } from '../contract/duration.js';

/** Temporal's number for the event with which a workflow begins. */
const WORKFLOW_EXECUTION_STARTED = 1;

/**
 * Lets a wait that ran already go on for at least `maxWait` from now. One that this very request has started is left as
 * it is, as far as the server says so: older ones do not, and then a signal that changes nothing is sent.
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
    // It has ended since, and its outcome is on its way to this caller.
    if (!(error instanceof WorkflowNotFoundError)) throw error;
  }
}
