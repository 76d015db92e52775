import { Context } from '@temporalio/activity';
import type { Client } from '@temporalio/client';
import { decodeArrayFromPayloads } from '@temporalio/common/lib/internal-non-workflow/index.js';
import { tsToMs } from '@temporalio/common/lib/time.js';
import type { WorkerOptions } from '@temporalio/worker';
import { watchTaskQueue } from '../contract/ids.js';
import { ACTIVITY_QUEUE, ACTIVITY_STARTED } from '../contract/temporal-enums.js';

/** What waits ask Temporal's server about itself. */
export interface WatchActivities {
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
 * The options of a worker that answers what waits ask about the server. It is one of its own: that of the waits may be a
 * user's, with activities of theirs or none, and that of the calls is held to the API's rate.
 */
export function watchWorkerOptions(apiQueue: string): WorkerOptions & { readonly taskQueue: string } {
  return {
    taskQueue: watchTaskQueue(apiQueue),
    activities: createWatchActivities(),
    // A wait asks seldom.
    activityTaskPollerBehavior: { type: 'simple-maximum', maximum: 2 },
  };
}

function createWatchActivities(): WatchActivities {
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
