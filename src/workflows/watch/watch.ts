import { proxyActivities, upsertMemo } from '@temporalio/workflow';
import type { WatchActivities } from '../../activities/watch-worker.js';
import { watchTaskQueue } from '../../contract/ids.js';
import type { WaitPlan } from '../../contract/task/input.js';
import type { TaskWaitState } from '../../contract/task/state.js';
import { WATCH_MEMO, watchedTask } from '../../contract/watch/watch.js';

/**
 * Tells the watch of this wait. The memo stays in the server's list of open workflows, where a watch that has lost its
 * register, or a new one, finds it.
 *
 * @throws ActivityFailure when no worker takes it there within half a minute
 */
export async function joinWatch(plan: WaitPlan, state: TaskWaitState, apiQueue: string): Promise<void> {
  const task = watchedTask(plan, state, Date.now());
  const { joinRedisTaskWatch } = proxyActivities<WatchActivities>({
    taskQueue: watchTaskQueue(apiQueue),
    summary: 'joins the watch of shared waits',
    scheduleToCloseTimeout: '30s',
    startToCloseTimeout: '10s',
    retry: { initialInterval: '1s', maximumInterval: '10s' },
    cancellationType: 'TRY_CANCEL',
  });
  upsertMemo({ [WATCH_MEMO]: task });
  await joinRedisTaskWatch(task);
}

/** Nobody finds this wait as one of the watch any more. */
export function leaveWatch(): void {
  upsertMemo({ [WATCH_MEMO]: null });
}
