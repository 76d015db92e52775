// kill -9 of workers and of the server while the server polls for waits with compact pacing.
import { setTimeout as sleep } from 'node:timers/promises';
import { eventsOf } from '../support/histories.js';
import { type Cluster, withCluster } from './cluster.js';

const RUNNING = { status: 'running' };
const SUCCEED = { status: 'succeed' };
const EVERY_2_S = {
  pacing: 'compact',
  initialInterval: '2s',
  backoffCoefficient: 1,
  maximumInterval: '2s',
  jitter: 0,
} as const;

/** How many polls returned a task, by the API's own log. */
function pollsOf(cluster: Cluster, taskId: number): number {
  return cluster.callsFor(taskId).filter(({ outcome }) => outcome === 'ok').length;
}

describe('a worker that is killed', () => {
  test.concurrent('in a call of a watch is noticed within 15 s, and the next one makes the call again', () =>
    withCluster(async (cluster) => {
      const killed = await cluster.readyWorker();
      const taskId = cluster.addTask(RUNNING);
      const { handle } = await cluster.startWait('COMPLETED', { taskId, polling: EVERY_2_S });
      await cluster.untilCalled(taskId, 3);
      cluster.simulator.fault({ kind: 'hang' }, { taskId, times: 1 });
      await cluster.untilCalled(taskId, 4);
      await killed.kill();
      await cluster.readyWorker();
      await cluster.untilCalled(taskId, 6);
      cluster.simulator.setTask(taskId, SUCCEED);
      await cluster.endings();

      const lost = cluster.callsFor(taskId)[3];
      const again = cluster.callsFor(taskId)[4];
      expect(lost).toMatchObject({ aborted: true });
      // The 15 s from the start of the attempt, and the second until the next.
      const noticedAfterMs = (again?.at ?? Infinity) - (lost?.at ?? 0);
      expect(noticedAfterMs).toBeGreaterThanOrEqual(15_000);
      expect(noticedAfterMs).toBeLessThan(20_000);
      await expect(handle.result()).resolves.toMatchObject({ polls: pollsOf(cluster, taskId) });
      const started = eventsOf(await handle.fetchHistory(), 'EVENT_TYPE_ACTIVITY_TASK_STARTED');
      expect(started).toHaveLength(2);
    }),
  );

  test.concurrent('between two calls of a watch changes nothing: the next one polls in time, and forgets no poll', () =>
    withCluster(async (cluster) => {
      const killed = await cluster.readyWorker();
      const taskId = cluster.addTask(RUNNING);
      const polling = { ...EVERY_2_S, initialInterval: '10s', maximumInterval: '10s' };
      const { handle } = await cluster.startWait('COMPLETED', { taskId, polling });
      await cluster.untilCalled(taskId, 3);
      await sleep(1_000);
      await killed.kill();
      await cluster.readyWorker();
      await cluster.untilCalled(taskId, 4);
      cluster.simulator.setTask(taskId, SUCCEED);
      await cluster.endings();

      const [, , before, after] = cluster.callsFor(taskId);
      const gapMs = (after?.at ?? Infinity) - (before?.at ?? 0);
      expect(gapMs).toBeGreaterThanOrEqual(9_900);
      expect(gapMs).toBeLessThan(12_000);
      await expect(handle.result()).resolves.toMatchObject({ polls: pollsOf(cluster, taskId) });
    }),
  );

  test.concurrent('again and again loses no wait, and none ends otherwise than it must', () =>
    withCluster(async (cluster) => {
      let worker = await cluster.readyWorker();
      await cluster.startFleet(16_000, 'compact');
      for (const afterMs of [2_700, 2_300, 3_100, 1_150]) {
        await sleep(afterMs);
        await worker.kill();
        worker = await cluster.readyWorker();
      }
      await cluster.endings();
    }),
  );
});

describe('a server that is killed', () => {
  test.concurrent('between two calls of a watch makes the next one after its start, and forgets no poll', () =>
    withCluster(async (cluster) => {
      await cluster.readyWorker();
      const taskId = cluster.addTask(RUNNING);
      const polling = { ...EVERY_2_S, initialInterval: '5s', maximumInterval: '5s' };
      const { handle } = await cluster.startWait('COMPLETED', { taskId, polling });
      await cluster.untilCalled(taskId, 3);
      await sleep(1_000);
      await cluster.killServer();
      await sleep(1_000);
      await cluster.startServer();
      await cluster.untilCalled(taskId, 5);
      cluster.simulator.setTask(taskId, SUCCEED);
      await cluster.endings();

      await expect(handle.result()).resolves.toMatchObject({ polls: pollsOf(cluster, taskId) });
    }),
  );

  test.concurrent('in a call of a watch loses no wait', () =>
    withCluster(async (cluster) => {
      await cluster.readyWorker();
      const taskId = cluster.addTask(RUNNING);
      await cluster.startWait('COMPLETED', { taskId, polling: EVERY_2_S });
      await cluster.untilCalled(taskId, 2);
      cluster.simulator.fault({ kind: 'slow', delayMs: 3_000 }, { taskId, times: 1 });
      await cluster.untilCalled(taskId, 3);
      await cluster.killServer();
      await cluster.startServer();
      await cluster.untilCalled(taskId, 5);
      cluster.simulator.setTask(taskId, SUCCEED);
      await cluster.endings();
    }),
  );

  test.concurrent('together with the worker loses no wait, and none ends otherwise than it must', () =>
    withCluster(async (cluster) => {
      const worker = await cluster.readyWorker();
      await cluster.startFleet(16_000, 'compact');
      await sleep(6_000);
      await Promise.all([worker.kill(), cluster.killServer()]);
      await sleep(2_000);
      cluster.startWorker();
      await cluster.startServer();
      await cluster.endings();
    }),
  );
});

test.concurrent('waits with compact pacing are cancelled within two seconds while the API is out', () =>
  withCluster(async (cluster) => {
    await Promise.all([cluster.readyWorker(), cluster.readyWorker()]);
    const hanging = cluster.addTask(RUNNING);
    const failing = cluster.addTask(RUNNING);
    const waits = [];
    for (const taskId of [hanging, failing]) {
      waits.push(await cluster.startWait('CANCELLED', { taskId, polling: EVERY_2_S }));
      await cluster.untilCalled(taskId, 3);
    }
    cluster.simulator.fault({ kind: 'hang' }, { taskId: hanging });
    cluster.simulator.fault({ kind: 'html', httpStatus: 502 }, { taskId: failing });
    const [callsBefore, failedBefore] = [cluster.callsFor(hanging).length, cluster.callsFor(failing).length];
    await cluster.untilCalled(hanging, callsBefore + 1);
    await cluster.untilCalled(failing, failedBefore + 2);
    for (const { handle } of waits) {
      const before = Date.now();
      await handle.cancel();
      await expect(handle.result()).rejects.toMatchObject({ cause: { name: 'CancelledFailure' } });
      expect(Date.now() - before).toBeLessThan(2_000);
    }
    await sleep(2_000);
    const counts = [hanging, failing].map((taskId) => cluster.callsFor(taskId).length);
    await sleep(5_000);

    expect([hanging, failing].map((taskId) => cluster.callsFor(taskId).length)).toEqual(counts);
    await cluster.endings();
  }),
);
