import { Context } from '@temporalio/activity';
import type { Client } from '@temporalio/client';
import { decodeArrayFromPayloads } from '@temporalio/common/lib/internal-non-workflow/index.js';
import { tsToMs } from '@temporalio/common/lib/time.js';
import { ACTIVITY_QUEUE, ACTIVITY_STARTED } from '../contract/temporal-enums.js';

/** The activities of a worker that runs waits, on the waits' own queue. */
export interface QueueActivities {
  /** Whether a worker took an activity task from this queue within about the last 30 s. */
  isRedisTaskQueueServed(taskQueue: string): Promise<boolean>;
  /** How a pending activity of the calling workflow stands: what its heartbeat said, and when its next attempt is due. */
  describeRedisTaskWatch(activityId: string): Promise<PendingWatch | null>;
}

/** A watch between two of its calls, or in one. */
export interface PendingWatch {
  readonly remembered: unknown;
  /** Unix time in milliseconds by the server's clock; null while an attempt runs or is in the task queue. */
  readonly nextAttemptAt: number | null;
  /** A worker has taken the call of an attempt. Otherwise one is due, or in the task queue. */
  readonly isCalling: boolean;
}

type QueueType = NonNullable<Parameters<Client['workflowService']['describeTaskQueue']>[0]['taskQueueType']>;

const CALLS = ACTIVITY_QUEUE as unknown as QueueType;

/**
 * Creates the activity by which a wait asks its own worker whether the queue of its calls is long or has no workers. A wait
 * asks when its last poll has been queued for 30 s. Without an answer it assumes that there are workers if a call was
 * answered in the last 90 s.
 *
 * @example
 * ```ts
 * const waits = await Worker.create({ connection, taskQueue: 'redis-task', workflowsPath, activities: createQueueActivities() });
 * ```
 */
export function createQueueActivities(): QueueActivities {
  return {
    async isRedisTaskQueueServed(taskQueue) {
      const { connection, options } = Context.current().client;
      const { stats } = await connection.workflowService.describeTaskQueue({
        namespace: options.namespace,
        taskQueue: { name: taskQueue },
        taskQueueType: CALLS,
        reportStats: true,
      });
      return (stats?.tasksDispatchRate ?? 0) > 0;
    },

    async describeRedisTaskWatch(activityId) {
      const { client, info } = Context.current();
      const { workflowId, runId } = info.workflowExecution ?? {};
      if (workflowId === undefined) return null;
      const { raw } = await client.workflow.getHandle(workflowId, runId).describe();
      const pending = raw.pendingActivities?.find((each) => each.activityId === activityId);
      if (!pending) return null;
      const { heartbeatDetails, nextAttemptScheduleTime, state } = pending;
      const isCalling = Number(state) === ACTIVITY_STARTED;
      const [remembered] = await decodeArrayFromPayloads(
        client.options.loadedDataConverter,
        heartbeatDetails?.payloads,
      );
      return {
        remembered,
        nextAttemptAt: isCalling || !nextAttemptScheduleTime ? null : tsToMs(nextAttemptScheduleTime),
        isCalling,
      };
    },
  };
}
