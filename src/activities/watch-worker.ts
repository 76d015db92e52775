import { Context } from '@temporalio/activity';
import type { Client } from '@temporalio/client';
import type { WorkerOptions, WorkerPlugin } from '@temporalio/worker';
import { queueOfWaits, watchTaskQueue } from '../contract/ids.js';
import { ACTIVITY_QUEUE } from '../contract/temporal-enums.js';
import { OpenWaitsList } from '../parents/open-waits.js';
import type { ApiAccount } from './api/account.js';
import { HEALTHY_START } from './healthy-start.js';
import { keepWatches } from './watch/revival.js';
import { createSharedWaitActivities, type SharedWaitActivities } from './watch/watch-activities.js';
import { Watches } from './watch/watches.js';

/** What waits ask Temporal's server about itself, and the watch of shared waits. */
export interface WatchActivities extends SharedWaitActivities {
  /** Whether a worker took an activity task from this queue within about the last 30 s. */
  isRedisTaskQueueServed(taskQueue: string): Promise<boolean>;
}

type QueueType = NonNullable<Parameters<Client['workflowService']['describeTaskQueue']>[0]['taskQueueType']>;

const CALLS = ACTIVITY_QUEUE as unknown as QueueType;

/**
 * The options of a worker that answers what waits ask about the server, and that watches the shared ones. It is one of its
 * own: that of the waits may be a user's, with activities of theirs or none, and that of the calls is held to the API's rate.
 *
 * @param lookEveryMs - how often to look for watches that are gone
 */
export function watchWorkerOptions(
  account: ApiAccount,
  apiQueue: string,
  lookEveryMs?: number,
): WorkerOptions & { readonly taskQueue: string } {
  const taskQueue = queueOfWaits(apiQueue);
  const api = account.openListApi();
  const keepingWatches: WorkerPlugin = {
    name: 'temporal-tencent-redis.Watches',
    async runWorker(worker, next) {
      const { client } = worker;
      const stop =
        client && keepWatches(OpenWaitsList.of(client, taskQueue), new Watches(client, taskQueue), lookEveryMs);
      try {
        await next(worker);
      } finally {
        stop?.();
        api.close();
      }
    },
  };
  return {
    taskQueue: watchTaskQueue(apiQueue),
    activities: { isRedisTaskQueueServed, ...createSharedWaitActivities(api, taskQueue) },
    // A wait asks seldom, but thousands may join at once.
    activityTaskPollerBehavior: { type: 'autoscaling', minimum: 2, initial: 4, maximum: 20 },
    // A sweep learns by its heartbeats that its watch continues as new, or is gone.
    maxHeartbeatThrottleInterval: '2s',
    plugins: [keepingWatches, HEALTHY_START],
  };
}

async function isRedisTaskQueueServed(taskQueue: string): Promise<boolean> {
  const { connection, options } = Context.current().client;
  const { stats } = await connection.workflowService.describeTaskQueue({
    namespace: options.namespace,
    taskQueue: { name: taskQueue },
    taskQueueType: CALLS,
    reportStats: true,
  });
  return (stats?.tasksDispatchRate ?? 0) > 0;
}
