// Workers that are replaced one by one while waits go on, as a deployment does it.
import { setTimeout as sleep } from 'node:timers/promises';
import { eventNames, eventsOf } from '../support/histories.js';
import { withCluster } from './cluster.js';

/** The grace time of a worker that drains. */
const GRACE_MS = 11_000;

test.concurrent('workers are replaced one by one, and no wait loses a single call', () =>
  withCluster(async (cluster) => {
    cluster.simulator.fault({ kind: 'slow', delayMs: 400 });
    const workers = [await cluster.readyWorker(), await cluster.readyWorker()];
    for (let second = 1; second <= 12; second += 1) {
      const taskId = cluster.addTask({ status: 'running', forMs: second * 1_000 }, { status: 'succeed' });
      await cluster.startWait('COMPLETED', { taskId });
    }
    for (const old of [...workers]) {
      await cluster.readyWorker();
      await sleep(500);
      const before = Date.now();
      old.signal('SIGTERM');
      await expect(old.end).resolves.toEqual({ code: 0, signal: null });
      expect(Date.now() - before).toBeLessThan(GRACE_MS);
    }
    const handles = await cluster.endings();

    expect(cluster.simulator.stats()).toMatchObject({ aborted: 0 });
    for (const handle of handles) {
      const names = eventNames(await handle.fetchHistory());
      expect(names.filter((name) => /ACTIVITY_TASK_(TIMED_OUT|FAILED)/.test(name))).toEqual([]);
    }
  }),
);

test.concurrent('a call that gets no answer fails by its own timeout before its worker ends, and is made again', () =>
  withCluster(async (cluster) => {
    const old = await cluster.readyWorker();
    const taskId = cluster.addTask({ status: 'succeed' });
    cluster.simulator.fault({ kind: 'hang' }, { taskId, times: 1 });
    const { handle } = await cluster.startWait('COMPLETED', { taskId });
    await cluster.untilCalled(taskId);
    old.signal('SIGTERM');
    await cluster.readyWorker();
    await expect(old.end).resolves.toEqual({ code: 0, signal: null });
    await cluster.endings();

    expect(cluster.callsFor(taskId)).toHaveLength(2);
    const [started] = eventsOf(await handle.fetchHistory(), 'EVENT_TYPE_ACTIVITY_TASK_STARTED');
    // A worker that ended before its call would have left a timeout behind instead.
    expect(started?.activityTaskStartedEventAttributes).toMatchObject({
      attempt: 2,
      lastFailure: { applicationFailureInfo: { type: 'TencentApi.Transient' } },
    });
  }),
);
