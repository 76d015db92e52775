import { randomUUID } from 'node:crypto';
import { ApplicationFailure, type Client, ServiceError, WorkflowFailedError } from '@temporalio/client';
import { isBusy, untakenTask } from '../client/untaken.js';
import { untilEnded } from '../client/until-ended.js';
import type { WaitChain } from '../client/wait-chain.js';
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
export const TAKEN_WITHIN_MS = 2_000;

/**
 * Puts a wait into the queue that ends at once, since its input is invalid on purpose. The server's list of workers
 * still has those that left a minute ago; this has not. It is deleted afterwards.
 *
 * @param signal - cuts it short
 */
export async function probeWaits(temporal: Temporal, signal?: AbortSignal): Promise<Verdict> {
  const { client, taskQueue } = temporal.waits;
  const workflowId = `${taskQueue}/doctor/${randomUUID()}`;
  let runId: string;
  try {
    const started = await client.workflow.start(AWAIT_REDIS_TASK, {
      taskQueue,
      workflowId,
      staticSummary: 'A probe of redis-task: is there a worker?',
      // Should this process not live to delete it.
      workflowExecutionTimeout: '1m',
      args: [{}],
    });
    runId = started.firstExecutionRunId;
  } catch (error) {
    if (error instanceof ServiceError && !isOutOfReach(error)) return 'unknown';
    throw error;
  }
  const probe = { workflowId, runId, firstRunId: runId };
  try {
    const ended = await untilEnded(client, probe, TAKEN_WITHIN_MS, signal);
    return await (ended ? verdictOnEnd(client, probe) : verdictOnWork(client, probe));
  } finally {
    await client.workflow
      .getHandle(workflowId)
      .terminate()
      .catch(() => undefined);
    const request = { namespace: temporal.namespace, workflowExecution: { workflowId } };
    await client.workflowService.deleteWorkflowExecution(request).catch(() => undefined);
  }
}

async function verdictOnEnd(client: Client, { workflowId, runId }: WaitChain): Promise<Verdict> {
  const error: unknown = await client.workflow.result(workflowId, runId).catch((reason: unknown) => reason);
  return error instanceof WorkflowFailedError && isRefusal(error.cause) ? 'done' : 'undone';
}

async function verdictOnWork(client: Client, { workflowId }: WaitChain): Promise<Verdict> {
  const description = await client.workflow.getHandle(workflowId).describe();
  // Taken, failed and put into the queue again.
  if ((description.raw.pendingWorkflowTask?.attempt ?? 1) > 1) return 'undone';
  const task = untakenTask(description);
  return task && !(await isBusy(client, description.taskQueue, task)) ? 'untaken' : 'busy';
}

/** What every version of the workflow and the activity says to no input at all. */
export function isRefusal(error: unknown): boolean {
  return error instanceof ApplicationFailure && error.type === 'RedisTaskInvalidInput';
}
