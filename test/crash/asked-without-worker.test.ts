// Someone looks at waits in Temporal UI, or with `redis-task status`, while their worker is away.
import { setTimeout as sleep } from 'node:timers/promises';
import { withCluster } from './cluster.js';

test('waits that are asked for their state while no worker runs go on with the next worker, and the one after', async () => {
  await withCluster(async (cluster) => {
    const first = await cluster.readyWorker();
    const polling = { initialInterval: '20s', maximumInterval: '20s', jitter: 0 };
    const waits = await Promise.all(
      Array.from({ length: 10 }, () => {
        const taskId = cluster.addTask({ status: 'running', forMs: 50_000 }, { status: 'succeed' });
        return cluster.startWait('COMPLETED', { taskId, polling });
      }),
    );
    await Promise.all(waits.map(({ taskId }) => cluster.untilCalled(taskId)));
    await sleep(1_000);
    await first.kill();
    // Past the 10 s for which the server sends queries to the worker that knew the wait.
    await sleep(12_000);
    const asked = Promise.allSettled(waits.map(({ handle }) => handle.query('getState')));
    // The pauses end while the queries wait for a worker.
    await sleep(10_000);
    const second = await cluster.readyWorker();
    await asked;
    await Promise.all(waits.map(({ taskId }) => cluster.untilCalled(taskId, 2)));
    await second.kill();
    await cluster.readyWorker();
    await cluster.endings();
  });
});
