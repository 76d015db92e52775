// Cancelling from outside, with two worker processes: while the API is out, and while calls queue for their turn.
import { setTimeout as sleep } from 'node:timers/promises';
import type { Fault } from '../../src/testing/index.js';
import { endingOf } from '../support/kinds-of-waits.js';
import { eventually } from '../support/processes.js';
import { untilState } from '../support/waits.js';
import { type Cluster, type StartedWait, withCluster } from './cluster.js';

const RUNNING = { status: 'running' };

/** Longer than the longest pause between two attempts of a poll. */
const NEXT_ATTEMPT_MS = 5_000;

/** Within which a worker hears that a call was cancelled. */
const ABORT_MS = 2_000;

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

test('a wait is cancelled during every kind of outage, and asks no more', () =>
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
    for (const wait of waits) await cancelQuickly(wait);
    await eventually(() => cluster.simulator.calls.every(({ outcome }) => outcome !== 'pending'));
    const counts = callCounts(cluster, waits);
    await sleep(NEXT_ATTEMPT_MS);

    expect(callCounts(cluster, waits)).toEqual(counts);
    await cluster.endings();
  }));

test('calls that hang at either worker are aborted when their waits are cancelled', () =>
  withCluster(async (cluster) => {
    await Promise.all([cluster.readyWorker(), cluster.readyWorker()]);
    cluster.simulator.fault({ kind: 'hang' });
    const waits: StartedWait[] = [];
    for (let count = 0; count < 6; count += 1) {
      waits.push(await cluster.startWait('CANCELLED', { taskId: cluster.addTask(RUNNING) }));
    }
    await Promise.all(waits.map(({ taskId }) => cluster.untilCalled(taskId)));
    for (const wait of waits) await cancelQuickly(wait);
    await eventually(() => cluster.simulator.calls.every(({ aborted }) => aborted));

    // The client's own timeout of 10 s, which would look the same, has come for none of them.
    const [first] = cluster.simulator.calls;
    expect(Date.now() - (first?.at ?? 0)).toBeLessThan(10_000);
    expect(callCounts(cluster, waits)).toEqual(waits.map(() => 1));
    await cluster.endings();
  }));

test('a wait whose call queues behind others is cancelled at once, and its call is never made', () =>
  withCluster(async (cluster) => {
    const rate = { REDIS_TASK_API_RPS: '1' };
    await Promise.all([cluster.readyWorker(rate), cluster.readyWorker(rate)]);
    const polling = { initialInterval: '1h', maximumInterval: '1h' };
    const waits: StartedWait[] = [];
    for (let count = 0; count < 24; count += 1) {
      waits.push(await cluster.startWait('CANCELLED', { taskId: cluster.addTask(RUNNING), polling }));
    }
    // The queue has several partitions, so it is no queue in which the last comes last.
    const isQueued = ({ taskId }: StartedWait) => cluster.callsFor(taskId).length === 0;
    const queued = waits.filter(isQueued).slice(-8);
    for (const wait of queued) {
      await untilState(wait.handle, ({ nextPollAt }) => nextPollAt === null || !isQueued(wait));
    }
    for (const wait of queued) await cancelQuickly(wait);
    await Promise.all(waits.map(({ handle }) => handle.cancel()));
    await sleep(ABORT_MS);
    const counts = callCounts(cluster, waits);
    expect(queued.filter(isQueued).length).toBeGreaterThan(0);

    // Behind all those that were cancelled.
    await cluster.startWait('COMPLETED', { taskId: cluster.addTask({ status: 'succeed' }) });
    await cluster.endings();
    expect(callCounts(cluster, waits)).toEqual(counts);
  }));
