import { isCancellation, proxyActivities } from '@temporalio/workflow';
import type { QueueActivities } from '../activities/queue.js';
import { readWatchMemory, type WatchMemory } from '../contract/watch.js';

/**
 * Asks the server, through the worker that runs this workflow, whether workers took calls from a task queue lately.
 *
 * Undefined if that worker does not have the activity, which a workflow that waits inline does not need. Not a local
 * activity: whether the SDK records one depends on what is registered, so a replay on another worker could differ.
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

/** How a watch of this workflow stands. */
export interface WatchStanding {
  /** What it knows; undefined until its first call has ended. */
  readonly memory: WatchMemory | undefined;
  /** When it calls next, if that is not yet due. */
  readonly nextAttemptAt: number | null;
  readonly isCalling: boolean;
}

/** Asks the server how a watch of this workflow stands. Undefined if nobody knows. */
export async function describeWatch(activityId: string): Promise<WatchStanding | undefined> {
  const { describeRedisTaskWatch } = proxyActivities<QueueActivities>({
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
