import { isCancellation, proxyActivities } from '@temporalio/workflow';
import type { QueueActivities } from '../activities/queue.js';

/**
 * Asks the server, by way of the worker that runs this workflow, whether calls were taken from a task queue lately.
 *
 * Undefined where that cannot be told: the worker of a workflow that waits inline may not have the activity. That is
 * also why it is no local one: the SDK decides by what is registered whether to record one, and a replay elsewhere would
 * find another history than its own.
 */
export async function isQueueServed(apiQueue: string): Promise<boolean | undefined> {
  const { isRedisTaskQueueServed } = proxyActivities<QueueActivities>({
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
