import { isCancellation, proxyActivities } from '@temporalio/workflow';
import type { WatchActivities } from '../../activities/watch-worker.js';
import { watchTaskQueue } from '../../contract/ids.js';

/**
 * Asks the server whether workers took calls from a task queue lately. Undefined if nobody answers.
 *
 * Not a local activity: whether the SDK records one depends on what is registered, so a replay on another worker could
 * differ. Nor one on the queue of the workflow: that may be a user's, whose worker may have no activities.
 */
export async function isQueueServed(apiQueue: string): Promise<boolean | undefined> {
  const { isRedisTaskQueueServed } = proxyActivities<WatchActivities>({
    taskQueue: watchTaskQueue(apiQueue),
    summary: `does a worker serve ${apiQueue}?`,
    scheduleToCloseTimeout: '5s',
    retry: { maximumAttempts: 1 },
    cancellationType: 'TRY_CANCEL',
  });
  try {
    const answer: unknown = await isRedisTaskQueueServed(apiQueue);
    return answer === true;
  } catch (error) {
    if (isCancellation(error)) throw error;
    return undefined;
  }
}
