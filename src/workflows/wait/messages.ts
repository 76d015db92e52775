// The messages to any wait.
import { defineSignal } from '@temporalio/workflow';

/**
 * Polls at once, for example because you know that the task has ended. The pace goes on unchanged.
 *
 * @example
 * ```ts
 * await client.workflow.getHandle(workflowId).signal(pollNow);
 * ```
 */
export const pollNow = defineSignal('pollNow');
