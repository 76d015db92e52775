// kill -9 of a Temporal server that keeps its state in a file, alone and with the worker; and one that is away or late.
import { setTimeout as sleep } from 'node:timers/promises';
import { withCluster } from './cluster.js';

/** Shorter than what operators see; whatever is away for minutes goes the same way, as measured. */
const AWAY_MS = 20_000;

describe('a server that is killed', () => {
  test.concurrent('during calls and between them loses no wait, and none ends otherwise than it must', () =>
    withCluster(async (cluster) => {
      await cluster.readyWorker();
      await cluster.startFleet(12_000);
      const taskId = cluster.addTask({ status: 'succeed' });
      cluster.simulator.fault({ kind: 'slow', delayMs: 3_000 }, { taskId });
      await cluster.startWait('COMPLETED', { taskId });
      await cluster.untilCalled(taskId);
      for (const afterMs of [0, 3_000]) {
        await sleep(afterMs);
        await cluster.killServer();
        await cluster.startServer();
      }
      await cluster.endings();
    }),
  );

  test.concurrent('together with the worker loses no wait either', () =>
    withCluster(async (cluster) => {
      const worker = await cluster.readyWorker();
      await cluster.startFleet(12_000);
      const taskId = cluster.addTask({ status: 'succeed' });
      cluster.simulator.fault({ kind: 'hang' }, { taskId, times: 1 });
      await cluster.startWait('COMPLETED', { taskId });
      await cluster.untilCalled(taskId);
      await Promise.all([worker.kill(), cluster.killServer()]);
      cluster.startWorker();
      await cluster.startServer();
      await cluster.endings();
    }),
  );

  test.concurrent('and is away longer than calls and deadlines last is waited for by the same worker', () =>
    withCluster(async (cluster) => {
      const worker = await cluster.readyWorker();
      await cluster.startFleet(AWAY_MS);
      await sleep(1_500);
      await cluster.killServer();
      await sleep(AWAY_MS);
      await cluster.startServer();
      await cluster.endings();
      worker.signal('SIGTERM');

      await expect(worker.end).resolves.toEqual({ code: 0, signal: null });
    }),
  );
});

test.concurrent('a server that is not there yet is waited for, and serves waits once it is', () =>
  withCluster(
    async (cluster) => {
      await cluster.startWorker().prints('Temporal is not there yet');
      await cluster.startServer();
      await cluster.startFleet(2_000);
      await cluster.endings();
    },
    { server: false },
  ),
);
