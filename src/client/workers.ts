import { setTimeout } from 'node:timers/promises';
import { type Client, isGrpcServiceError, ServiceError, type WorkflowExecutionDescription } from '@temporalio/client';
import pMap from 'p-map';
import { ACTIVITY_QUEUE, WORKFLOW_QUEUE, WORKFLOW_TASK_SCHEDULED } from '../contract/temporal-enums.js';
import { RedisTaskNoWorkerError } from './error.js';
import { readerOf } from './readable.js';

type Service = Client['workflowService'];
type Request = Parameters<Service['describeTaskQueue']>[0];
type Poller = Awaited<ReturnType<Service['describeTaskQueue']>>['pollers'][number];

export type QueueType = NonNullable<Request['taskQueueType']>;

/** The kinds of work that a queue has. */
export const WORKFLOWS = WORKFLOW_QUEUE as unknown as QueueType;
export const ACTIVITIES = ACTIVITY_QUEUE as unknown as QueueType;

/** The first workflow task is scheduled with the start of the wait; a later one means that a worker took the first. */
const WITH_THE_START_MS = 100;

const LOOK_AGAIN_MS = 50;
const LOOK_AGAIN_AT_MOST_MS = 2_000;

/**
 * The workers that have polled a queue since a time of the server's clock. An idle worker waits in a long poll and gets
 * new work at once, so when work is not taken and nobody has polled since, there is no worker.
 */
export async function pollersSince(
  client: Client,
  queue: string,
  type: QueueType,
  sinceMs: number,
): Promise<readonly Poller[]> {
  const { namespace } = client.options;
  const pollersOf = async (name: string) => {
    const request = { namespace, taskQueue: { name }, taskQueueType: type };
    const { pollers } = await client.workflowService.describeTaskQueue(request);
    return pollers.filter((each) => msOf(each.lastAccessTime) > sinceMs);
  };
  const found = await pollersOf(queue);
  if (found.length > 0) return found;
  // That was the answer of one partition. The server's answer for all of them may be 5 s old (measured), so each is asked.
  const taskQueue = { name: queue };
  const partitions = await client.workflowService.listTaskQueuePartitions({ namespace, taskQueue });
  const keys = type === WORKFLOWS ? partitions.workflowTaskQueuePartitions : partitions.activityTaskQueuePartitions;
  const others = keys.flatMap(({ key }) => (key && key !== queue ? [key] : []));
  return (await pMap(others, pollersOf, { concurrency: 4 })).flat();
}

/**
 * Resolves once a worker has begun a wait. Busy workers are waited for beyond `giveUpAt`, a time of `performance`.
 *
 * @throws RedisTaskNoWorkerError
 */
export async function untilBegun(client: Client, workflowId: string, giveUpAt: number): Promise<void> {
  for (let pauseMs = LOOK_AGAIN_MS; ; pauseMs = Math.min(2 * pauseMs, LOOK_AGAIN_AT_MOST_MS)) {
    const description = await readerOf(client).getHandle(workflowId).describe();
    const queuedAt = firstTaskQueuedAt(description);
    if (queuedAt === undefined) return;
    const { taskQueue } = description;
    const leftMs = giveUpAt - performance.now();
    if (leftMs <= 0 && (await pollersSince(client, taskQueue, WORKFLOWS, queuedAt)).length === 0) {
      throw new RedisTaskNoWorkerError(taskQueue, workflowId);
    }
    await setTimeout(leftMs > 0 ? Math.min(pauseMs, leftMs) : pauseMs);
  }
}

/** Undefined once a worker has taken the first workflow task. */
function firstTaskQueuedAt({ raw, runId }: WorkflowExecutionDescription): number | undefined {
  const { pendingWorkflowTask: task, workflowExecutionInfo: run } = raw;
  if (Number(task?.state) !== WORKFLOW_TASK_SCHEDULED || task?.attempt !== 1 || (run?.firstRunId || runId) !== runId)
    return undefined;
  const afterStartMs = msOf(task.originalScheduledTime) - msOf(run?.startTime);
  return afterStartMs < WITH_THE_START_MS ? msOf(task.scheduledTime) : undefined;
}

/** A time of Temporal's API as Unix time in milliseconds. */
export function msOf(time: { readonly seconds?: unknown; readonly nanos?: number | null } | null | undefined): number {
  return Number(time?.seconds ?? 0) * 1_000 + (time?.nanos ?? 0) / 1_000_000;
}

/** The gRPC status with which the server, or the connection, refused a call. */
export function grpcCode(error: unknown): number | undefined {
  const cause = error instanceof ServiceError ? error.cause : error;
  return isGrpcServiceError(cause) ? cause.code : undefined;
}

/** CANCELLED (by the server, near the deadline), DEADLINE_EXCEEDED and UNAVAILABLE. */
const UNANSWERED: readonly (number | undefined)[] = [1, 4, 14];

/** Whether Temporal, or the worker that it asked, did not answer in time. */
export function isUnanswered(error: unknown): boolean {
  return UNANSWERED.includes(grpcCode(error));
}
