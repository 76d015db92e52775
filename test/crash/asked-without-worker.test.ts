// Someone looks at waits in Temporal UI, or with `redis-task status`, while their worker is away.
import { setTimeout as sleep } from 'node:timers/promises';
import { withCluster } from './cluster.js';

test('waits that are asked for their state while no worker runs go on, or end as cancelled, with the next worker', async () => {
  await withCluster(async (cluster) => {
    const first = await cluster.readyWorker();
    const start = (ending: string, interval: string) => {
      const taskId = cluster.addTask({ status: 'running', forMs: 50_000 }, { status: 'succeed' });
      return cluster.startWait(ending, {
        taskId,
        polling: { initialInterval: interval, maximumInterval: interval, jitter: 0 },
      });
    };
    const waits = await Promise.all(Array.from({ length: 10 }, () => start('COMPLETED', '20s')));
    const cancelled = await Promise.all(Array.from({ length: 6 }, () => start('CANCELLED', '5m')));
    const all = [...waits, ...cancelled];
    await Promise.all(all.map(({ taskId }) => cluster.untilCalled(taskId)));
    await sleep(1_000);
    await first.kill();
    // Past the 10 s for which the server sends queries to the worker that knew the wait.
    await sleep(12_000);
    const asked = Promise.allSettled(all.map(({ handle }) => handle.query('getState')));
    await sleep(1_000);
    await Promise.all(cancelled.map(({ handle }) => handle.cancel()));
    // The pauses end while the queries wait for a worker.
    await sleep(10_000);
    const second = await cluster.readyWorker();
    await asked;
    await Promise.all(waits.map(({ taskId }) => cluster.untilCalled(taskId, 2)));
    expect(second.isRunning).toBe(true);
    await second.kill();
    await cluster.readyWorker();
    await cluster.endings();
  });
});
