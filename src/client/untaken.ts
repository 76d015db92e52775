import { setTimeout } from 'node:timers/promises';
import type { Client, WorkflowExecutionDescription } from '@temporalio/client';
import { RedisTaskNoWorkerError } from './error.js';
import { instantMs } from './instant.js';
import { pollersSince, WORKFLOWS } from './queue-pollers.js';

/** Temporal's number for a workflow task that no worker has taken. */
const SCHEDULED = 1;

/** The first workflow task of a workflow is scheduled with its start; one that comes later had a worker before. */
const WITH_THE_START_MS = 100;

const LOOK_AGAIN_MS = 50;
const LOOK_AGAIN_AT_LATEST_MS = 2_000;

/** A workflow task that waits for a worker. */
export interface UntakenTask {
  /** Since when, by the server's clock. */
  readonly sinceMs: number;
  /** The wait has not begun: no worker has ever taken a workflow task of it. */
  readonly isFirst: boolean;
}

/** The workflow task of a wait that no worker has taken so far, if there is one. */
export function untakenTask({ raw, runId }: WorkflowExecutionDescription): UntakenTask | undefined {
  const { pendingWorkflowTask: task, workflowExecutionInfo: run } = raw;
  if (Number(task?.state) !== SCHEDULED) return undefined;
  const afterStartMs = instantMs(task?.originalScheduledTime) - instantMs(run?.startTime);
  const isFirst = task?.attempt === 1 && afterStartMs < WITH_THE_START_MS && (run?.firstRunId || runId) === runId;
  return { sinceMs: instantMs(task?.scheduledTime), isFirst };
}

/**
 * Whether a worker has asked for work since a workflow task was put into the queue: then it is busy with others before
 * this one. A worker with nothing to do would have been given it at once, however long ago it last asked.
 */
export async function isBusy(client: Client, queue: string, { sinceMs }: UntakenTask): Promise<boolean> {
  return (await pollersSince(client, queue, WORKFLOWS, sinceMs)).length > 0;
}

/**
 * Resolves once a worker has begun a wait.
 *
 * @param giveUpAt - of the `performance` clock: from then on, a queue that no worker asks for work has none
 * @throws RedisTaskNoWorkerError
 */
export async function untilBegun(client: Client, workflowId: string, giveUpAt: number): Promise<void> {
  for (let pauseMs = LOOK_AGAIN_MS; ; pauseMs = Math.min(2 * pauseMs, LOOK_AGAIN_AT_LATEST_MS)) {
    const description = await client.workflow.getHandle(workflowId).describe();
    const task = untakenTask(description);
    if (!task?.isFirst) return;
    const leftMs = giveUpAt - performance.now();
    const { taskQueue } = description;
    if (leftMs <= 0 && !(await isBusy(client, taskQueue, task)))
      throw new RedisTaskNoWorkerError(taskQueue, workflowId);
    await setTimeout(leftMs > 0 ? Math.min(pauseMs, leftMs) : pauseMs);
  }
}
