// Waits that are cancelled leave the tasks of their polls in the task queue, where the server drops them when a worker polls.
import { setTimeout } from 'node:timers/promises';
import type { WaitHandle } from '../support/waits.js';
import { withCluster } from './cluster.js';

/** At 2 calls a second. */
const CANCELLED_WAITS = 300;

/** The server lets each of the four partitions of the queue have a quarter of the rate, and all may be in one of them. */
const slowestMs = (freshWaits: number) => freshWaits * 2_000 + 4_000;

/** The server takes a backlog for one when it is 5 s old. */
const BACKLOG_MS = 10_000;

test.each([1, 6])(
  '%d new waits are polled soon after 300 were cancelled at 2 calls a second',
  async (freshWaits) => {
    await withCluster(async (cluster) => {
      await cluster.readyWorker({ REDIS_TASK_API_RPS: '2' });
      const polling = { initialInterval: '1h', maximumInterval: '1h' };
      const cancelled = await Promise.all(
        Array.from({ length: CANCELLED_WAITS }, () =>
          cluster.startWait('CANCELLED', { taskId: cluster.addTask({ status: 'running' }), polling }),
        ),
      );
      await setTimeout(BACKLOG_MS);
      await Promise.all(cancelled.map(({ handle }) => handle.cancel()));
      await Promise.all(cancelled.map(({ handle }) => handle.result().catch(() => undefined)));

      const fresh = await Promise.all(
        Array.from({ length: freshWaits }, () =>
          cluster.startWait('COMPLETED', { taskId: cluster.addTask({ status: 'succeed' }) }),
        ),
      );
      await cluster.endings();
      const queuedMs = await Promise.all(fresh.map(({ handle }) => firstPollQueuedMs(handle)));

      // One poll for each partition made it half a minute and more: see findings/cancelled-tasks-cost-tokens.sh.
      expect(Math.max(...queuedMs)).toBeLessThan(slowestMs(freshWaits));
    });
  },
  240_000,
);

/** How long the first poll was in the task queue, by the server's clock. */
async function firstPollQueuedMs(handle: WaitHandle): Promise<number> {
  const { events } = await handle.fetchHistory();
  const timeOf = (
    attributes: 'activityTaskScheduledEventAttributes' | 'activityTaskStartedEventAttributes',
  ): number => {
    const time = events?.find((event) => event[attributes])?.eventTime;
    return Number(time?.seconds) * 1_000 + Number(time?.nanos) / 1_000_000;
  };
  return timeOf('activityTaskStartedEventAttributes') - timeOf('activityTaskScheduledEventAttributes');
}
