// Far more waits than the rate allows for: they get slower, and none ends wrongly.
import { setTimeout } from 'node:timers/promises';
import { withCluster } from './cluster.js';

const WAITS_IN_FRONT = 130;

test('a task that ends before the deadline is seen to, though 130 waits are in front at 2 calls a second', async () => {
  await withCluster(async (cluster) => {
    await cluster.readyWorker({ REDIS_TASK_API_RPS: '2' });
    const inFront = await Promise.all(
      Array.from({ length: WAITS_IN_FRONT }, () =>
        cluster.startWait('CANCELLED', { taskId: cluster.addTask({ status: 'running' }), maxWait: '30m' }),
      ),
    );
    // Past the first calls, when most waits have asked for another.
    await setTimeout(WAITS_IN_FRONT * 500);

    const taskId = cluster.addTask({ status: 'running', forMs: 25_000 }, { status: 'succeed' });
    const { handle } = await cluster.startWait('COMPLETED', { taskId, maxWait: '30s' });
    await expect(handle.result()).resolves.toMatchObject({ status: 'succeed', polls: 2 });

    await Promise.all(inFront.map((wait) => wait.handle.cancel()));
    await cluster.endings();
  });
}, 240_000);
