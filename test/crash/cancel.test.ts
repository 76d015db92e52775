// Cancelling from outside, with two worker processes: while the API is out, and while calls queue for their turn.
import { setTimeout as sleep } from 'node:timers/promises';
import type { Fault } from '../../src/testing/index.js';
import { endingOf } from '../support/kinds-of-waits.js';
import { untilState } from '../support/waits.js';
import { eventually } from '../worker/worker-process.js';
import { type Cluster, type StartedWait, withCluster } from './cluster.js';

const RUNNING = { status: 'running' };

/** Longer than the longest pause between two attempts of a poll. */
const NEXT_ATTEMPT_MS = 5_000;

/** Cancels, and checks that the wait ends so within two seconds. */
async function cancelQuickly({ handle }: StartedWait): Promise<void> {
  const before = Date.now();
  await handle.cancel();
  await expect(endingOf(handle)).resolves.toBe('CANCELLED');
  expect(Date.now() - before).toBeLessThan(2_000);
}

/** How often the API was asked for each of these tasks. */
function callCounts(cluster: Cluster, waits: readonly StartedWait[]): number[] {
  return waits.map(({ taskId }) => cluster.callsFor(taskId).length);
}

test.concurrent('a wait is cancelled during every kind of outage, and asks no more', () =>
  withCluster(async (cluster) => {
    await Promise.all([cluster.readyWorker(), cluster.readyWorker()]);
    const outages: Fault[] = [
      { kind: 'html', httpStatus: 502 },
      { kind: 'reset' },
      { kind: 'throttled' },
      { kind: 'error', code: 'InternalError' },
    ];
    const waits: StartedWait[] = [];
    for (const fault of outages) {
      const taskId = cluster.addTask(RUNNING);
      cluster.simulator.fault(fault, { taskId });
      waits.push(await cluster.startWait('CANCELLED', { taskId }));
    }
    // In the retries of its first poll, and after a poll that failed as a whole.
    await Promise.all(waits.slice(0, 2).map(({ taskId }) => cluster.untilCalled(taskId, 2)));
    for (const { handle } of waits.slice(2)) await untilState(handle, ({ lastError }) => lastError !== undefined);
    await Promise.all(waits.map(cancelQuickly));
    await eventually(() => Promise.resolve(cluster.simulator.calls.every(({ outcome }) => outcome !== 'pending')));
    const counts = callCounts(cluster, waits);
    await sleep(NEXT_ATTEMPT_MS);

    expect(callCounts(cluster, waits)).toEqual(counts);
    await cluster.endings();
  }),
);

test.concurrent('calls that hang at either worker are aborted when their waits are cancelled', () =>
  withCluster(async (cluster) => {
    await Promise.all([cluster.readyWorker(), cluster.readyWorker()]);
    cluster.simulator.fault({ kind: 'hang' });
    const waits: StartedWait[] = [];
    for (let count = 0; count < 10; count += 1) {
      waits.push(await cluster.startWait('CANCELLED', { taskId: cluster.addTask(RUNNING) }));
    }
    await Promise.all(waits.map(({ taskId }) => cluster.untilCalled(taskId)));
    const cancelledAt = Date.now();
    await Promise.all(waits.map(cancelQuickly));
    await eventually(() => Promise.resolve(cluster.simulator.calls.every(({ aborted }) => aborted)));

    // The client's own timeout of 10 s, which would look the same, has come for none of them.
    const [first] = cluster.simulator.calls;
    expect(Date.now() - (first?.at ?? 0)).toBeLessThan(10_000);
    expect(Date.now() - cancelledAt).toBeLessThan(8_000);
    expect(callCounts(cluster, waits)).toEqual(waits.map(() => 1));
    await cluster.endings();
  }),
);

test.concurrent('a wait whose call queues behind others is cancelled at once, and its call is never made', () =>
  withCluster(async (cluster) => {
    const rate = { REDIS_TASK_API_RPS: '1' };
    await Promise.all([cluster.readyWorker(rate), cluster.readyWorker(rate)]);
    const others: StartedWait[] = [];
    const queued: StartedWait[] = [];
    for (let count = 0; count < 12; count += 1) {
      others.push(await cluster.startWait('COMPLETED', { taskId: cluster.addTask({ status: 'succeed' }) }));
    }
    for (const { handle } of others) await untilState(handle, ({ nextPollAt }) => nextPollAt === null);
    for (let count = 0; count < 6; count += 1) {
      queued.push(await cluster.startWait('CANCELLED', { taskId: cluster.addTask(RUNNING) }));
    }
    for (const { handle } of queued) await untilState(handle, ({ nextPollAt }) => nextPollAt === null);
    expect(cluster.simulator.calls.length).toBeLessThan(others.length);
    await Promise.all(queued.map(cancelQuickly));
    expect(cluster.simulator.calls.length).toBeLessThan(others.length);
    // Behind those that were cancelled.
    await cluster.startWait('COMPLETED', { taskId: cluster.addTask({ status: 'succeed' }) });
    await cluster.endings();

    expect(callCounts(cluster, queued)).toEqual(queued.map(() => 0));
    expect(callCounts(cluster, others)).toEqual(others.map(() => 1));
  }),
);
