// kill -9 of worker processes, during calls and between them.
import { setTimeout as sleep } from 'node:timers/promises';
import { eventsOf } from '../support/histories.js';
import { untilState } from '../support/waits.js';
import { withCluster } from './cluster.js';

const RUNNING = { status: 'running' };
const SUCCEED = { status: 'succeed' };

describe('a worker that is killed', () => {
  test.concurrent('during a call is noticed within 15 s, and the next one makes the call again', () =>
    withCluster(async (cluster) => {
      const killed = await cluster.readyWorker();
      const taskId = cluster.addTask(SUCCEED);
      cluster.simulator.fault({ kind: 'hang' }, { taskId, times: 1 });
      const { handle } = await cluster.startWait('COMPLETED', { taskId });
      await cluster.untilCalled(taskId);
      await killed.kill();
      await cluster.readyWorker();
      await cluster.endings();

      const [lost, again, ...others] = cluster.callsFor(taskId);
      expect(lost).toMatchObject({ aborted: true });
      expect(others).toEqual([]);
      // The 15 s from the start of the attempt, and the second until the next.
      const noticedAfterMs = (again?.at ?? Infinity) - (lost?.at ?? 0);
      expect(noticedAfterMs).toBeGreaterThanOrEqual(15_000);
      expect(noticedAfterMs).toBeLessThan(20_000);
      const started = eventsOf(await handle.fetchHistory(), 'EVENT_TYPE_ACTIVITY_TASK_STARTED');
      expect(started.map((event) => event.activityTaskStartedEventAttributes?.attempt)).toEqual([2]);
    }),
  );

  test.concurrent('again and again, at any moment, loses no wait, and none ends otherwise than it must', () =>
    withCluster(async (cluster) => {
      let worker = await cluster.readyWorker();
      await cluster.startFleet(12_000);
      for (const afterMs of [700, 2_300, 3_100, 150]) {
        await sleep(afterMs);
        await worker.kill();
        worker = await cluster.readyWorker();
      }
      await cluster.endings();
    }),
  );

  test.concurrent('leaves its waits to another one that is there', () =>
    withCluster(async (cluster) => {
      const [first, second] = await Promise.all([cluster.readyWorker(), cluster.readyWorker()]);
      await cluster.startFleet(8_000);
      await sleep(2_000);
      await first.kill();
      await cluster.endings();
      second.signal('SIGTERM');

      await expect(second.end).resolves.toEqual({ code: 0, signal: null });
    }),
  );

  test.concurrent('while nobody is there loses no message: they reach the wait at the next worker', () =>
    withCluster(async (cluster) => {
      const killed = await cluster.readyWorker();
      const polling = { initialInterval: '1h', maximumInterval: '1h' };
      const polled = await cluster.startWait('COMPLETED', { taskId: cluster.addTask(RUNNING), polling });
      const cancelled = await cluster.startWait('CANCELLED', { taskId: cluster.addTask(RUNNING), polling });
      for (const { handle } of [polled, cancelled]) await untilState(handle, ({ nextPollAt }) => nextPollAt !== null);
      await killed.kill();
      cluster.simulator.setTask(polled.taskId, SUCCEED);
      await Promise.all([polled.handle.signal('pollNow'), cancelled.handle.cancel()]);
      await cluster.readyWorker();
      await cluster.endings();

      expect(cluster.callsFor(polled.taskId)).toHaveLength(2);
      expect(cluster.callsFor(cancelled.taskId)).toHaveLength(1);
    }),
  );
});
