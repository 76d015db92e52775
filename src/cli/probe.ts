import { randomUUID } from 'node:crypto';
import { ApplicationFailure, ServiceError, WorkflowFailedError, type WorkflowHandle } from '@temporalio/client';
import { isBusy, untakenTask } from '../client/untaken.js';
import { AWAIT_REDIS_TASK } from '../contract/ids.js';
import { isOutOfReach, type Temporal } from './temporal.js';

/** What became of work that was put into a queue to see who takes it. */
export type Verdict =
  /** A worker did it. */
  | 'done'
  /** Nobody took it, and no worker has asked for any since. */
  | 'untaken'
  /** No worker is through with it yet, for want of time. */
  | 'busy'
  /** A worker took it, and did something else with it. */
  | 'undone'
  /** The server did not let it be put there. */
  | 'unknown';

/** How long work may be in a queue: a worker that has time takes it at once. */
export const TAKEN_WITHIN_MS = 2_500;

/**
 * Puts a wait into the queue that ends at once, since its input is invalid on purpose. The server's list of workers
 * still has those that left a minute ago; this has not. It is deleted afterwards.
 *
 * @param signal - cuts it short
 */
export async function probeWaits(
  temporal: Temporal,
  signal: AbortSignal = new AbortController().signal,
): Promise<Verdict> {
  const { client, taskQueue } = temporal.waits;
  let probe: WorkflowHandle;
  try {
    probe = await client.workflow.start(AWAIT_REDIS_TASK, {
      taskQueue,
      workflowId: `${taskQueue}/doctor/${randomUUID()}`,
      staticSummary: 'A probe of redis-task: is there a worker?',
      // Should this process not live to delete it.
      workflowExecutionTimeout: '1m',
      args: [{}],
    });
  } catch (error) {
    if (error instanceof ServiceError && !isOutOfReach(error)) return 'unknown';
    throw error;
  }
  try {
    return await client.withAbortSignal(signal, () => verdictOn(temporal, probe));
  } finally {
    await probe.terminate().catch(() => undefined);
    const { workflowId } = probe;
    const request = { namespace: temporal.namespace, workflowExecution: { workflowId } };
    await client.workflowService.deleteWorkflowExecution(request).catch(() => undefined);
  }
}

async function verdictOn({ waits: { client, taskQueue } }: Temporal, probe: WorkflowHandle): Promise<Verdict> {
  try {
    await client.withDeadline(Date.now() + TAKEN_WITHIN_MS, () => probe.result());
    return 'undone';
  } catch (error) {
    if (error instanceof WorkflowFailedError) return isRefusal(error.cause) ? 'done' : 'undone';
    if (!isOutOfReach(error)) throw error;
  }
  const description = await probe.describe();
  // Taken, failed and put into the queue again.
  if ((description.raw.pendingWorkflowTask?.attempt ?? 1) > 1) return 'undone';
  const task = untakenTask(description);
  return task && !(await isBusy(client, taskQueue, task)) ? 'untaken' : 'busy';
}

/** What every version of the workflow and the activity says to no input at all. */
export function isRefusal(error: unknown): boolean {
  return error instanceof ApplicationFailure && error.type === 'RedisTaskInvalidInput';
}
