import { isCancellation, proxyActivities } from '@temporalio/workflow';
import type { WatchActivities } from '../activities/watch-worker.js';
import { watchTaskQueue } from '../contract/ids.js';
import { readWatchMemory, type WatchMemory } from '../contract/watch.js';

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

/** How a watch of this workflow stands. */
export interface WatchStanding {
  /** What it knows; undefined until its first call has ended. */
  readonly memory: WatchMemory | undefined;
  /** When it calls next, if that is not yet due. */
  readonly nextAttemptAt: number | null;
  readonly isCalling: boolean;
}

/** Asks the server how a watch of this workflow stands. Undefined if nobody knows. */
export async function describeWatch(activityId: string, apiQueue: string): Promise<WatchStanding | undefined> {
  const { describeRedisTaskWatch } = proxyActivities<WatchActivities>({
    taskQueue: watchTaskQueue(apiQueue),
    summary: 'where do the polls stand?',
    scheduleToCloseTimeout: '5s',
    retry: { maximumAttempts: 1 },
    cancellationType: 'TRY_CANCEL',
  });
  try {
    const pending = await describeRedisTaskWatch(activityId);
    if (!pending) return undefined;
    const { remembered, ...standing } = pending;
    return { ...standing, memory: readWatchMemory(remembered) };
  } catch (error) {
    if (isCancellation(error)) throw error;
    return undefined;
  }
}
