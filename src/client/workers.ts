import { setTimeout } from 'node:timers/promises';
import type { Client, WorkflowExecutionDescription } from '@temporalio/client';
import pMap from 'p-map';
import { GRPC, grpcCode } from '../contract/grpc.js';
import { ACTIVITY_QUEUE, VERSIONED, WORKFLOW_QUEUE, WORKFLOW_TASK_SCHEDULED } from '../contract/temporal-enums.js';
import { RedisTaskNoWorkerError } from './error.js';
import { readerOf } from './readable.js';

type Service = Client['workflowService'];
type Request = Parameters<Service['describeTaskQueue']>[0];
type Answer = Awaited<ReturnType<Service['describeTaskQueue']>>;
type RawPoller = Answer['pollers'][number];

export type QueueType = NonNullable<Request['taskQueueType']>;

/** The kinds of work that a queue has. */
export const WORKFLOWS = WORKFLOW_QUEUE as unknown as QueueType;
export const ACTIVITIES = ACTIVITY_QUEUE as unknown as QueueType;

/** The first workflow task is scheduled with the start of the wait; a later one means that a worker took the first. */
const WITH_THE_START_MS = 100;

/** A worker on a queue. */
export interface Poller {
  /** The limit that it has set for the queue. */
  readonly ratePerSecond: number;
  /** `redis-task.v2`, when it is a version of a Worker Deployment to which the server gives no new work. */
  readonly idleVersion: string | undefined;
}

/** How soon a worker with time begins a wait, at most. */
export const BEGUN_WITHIN_MS = 5_000;

/** How long a poll may last that gets nothing, as those of an idle version do: the server tells when it began. */
const LONG_POLL_MS = 70_000;

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
    const { pollers, versioningInfo } = await client.workflowService.describeTaskQueue(request);
    return pollers.flatMap(({ ratePerSecond, deploymentOptions, lastAccessTime }): Poller[] => {
      const idleVersion = idleVersionOf(deploymentOptions, versioningInfo);
      const since = idleVersion === undefined ? sinceMs : sinceMs - LONG_POLL_MS;
      return msOf(lastAccessTime) > since ? [{ ratePerSecond: ratePerSecond ?? 0, idleVersion }] : [];
    });
  };
  const found = await pollersOf(queue);
  if (takersAmong(found).length > 0) return found;
  // That was the answer of one partition. The server's answer for all of them may be 5 s old (measured), so each is asked.
  const taskQueue = { name: queue };
  const partitions = await client.workflowService.listTaskQueuePartitions({ namespace, taskQueue });
  const keys = type === WORKFLOWS ? partitions.workflowTaskQueuePartitions : partitions.activityTaskQueuePartitions;
  const others = keys.flatMap(({ key }) => (key && key !== queue ? [key] : []));
  return [...found, ...(await pMap(others, pollersOf, { concurrency: 4 })).flat()];
}

/** Those to which the server gives new waits. Running ones of a pinned version may still belong to the others. */
export function takersAmong(pollers: readonly Poller[]): readonly Poller[] {
  return pollers.filter(({ idleVersion }) => idleVersion === undefined);
}

/** The server lists a version that is not the current one, or one that takes a share of the work, like any worker. */
function idleVersionOf(version: RawPoller['deploymentOptions'], routing: Answer['versioningInfo']): string | undefined {
  if (Number(version?.workerVersioningMode) !== VERSIONED) return undefined;
  const isOurs = (each: { readonly deploymentName?: string | null; readonly buildId?: string | null } | null = null) =>
    each?.deploymentName === version?.deploymentName && each?.buildId === version?.buildId;
  if (isOurs(routing?.currentDeploymentVersion) || isOurs(routing?.rampingDeploymentVersion)) return undefined;
  return `${version?.deploymentName ?? ''}.${version?.buildId ?? ''}`;
}

/** What to do about workers that are there and get nothing; empty when there are none. */
export function adviceOnVersions(pollers: readonly Poller[]): string {
  const versions = new Set(pollers.flatMap(({ idleVersion }) => idleVersion ?? []));
  if (versions.size === 0) return '';
  const polling = `Version ${[...versions].join(', ')} polls it, but gets nothing until it is the current version:`;
  return ` ${polling} temporal worker deployment set-current-version.`;
}

/**
 * Resolves once a worker has begun a wait. Busy workers are waited for beyond `giveUpAt`, a time of `performance`.
 *
 * @throws RedisTaskNoWorkerError
 */
export async function untilBegun(
  client: Client,
  workflowId: string,
  giveUpAt = performance.now() + BEGUN_WITHIN_MS,
): Promise<void> {
  for (let pauseMs = LOOK_AGAIN_MS; ; pauseMs = Math.min(2 * pauseMs, LOOK_AGAIN_AT_MOST_MS)) {
    const description = await readerOf(client).getHandle(workflowId).describe();
    const queuedAt = firstTaskQueuedAt(description);
    if (queuedAt === undefined) return;
    const { taskQueue } = description;
    const leftMs = giveUpAt - performance.now();
    if (leftMs <= 0) {
      const pollers = await pollersSince(client, taskQueue, WORKFLOWS, queuedAt);
      const isBusy = takersAmong(pollers).length > 0;
      if (!isBusy) throw new RedisTaskNoWorkerError(taskQueue, workflowId, adviceOnVersions(pollers));
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

/** The server cancels a call near its deadline. */
const UNANSWERED: readonly (number | undefined)[] = [GRPC.cancelled, GRPC.deadlineExceeded, GRPC.unavailable];

/** Whether Temporal, or the worker that it asked, did not answer in time. */
export function isUnanswered(error: unknown): boolean {
  return UNANSWERED.includes(grpcCode(error));
}
