// Two builds of the worker as versions of one deployment, moved forth and back while waits are open.
import proto from '@temporalio/proto';
import { eventsOf } from '../support/histories.js';
import { eventually, type WorkerProcess } from '../support/processes.js';
import type { WaitHandle } from '../support/waits.js';
import { type Cluster, withCluster } from './cluster.js';

const { VERSIONING_BEHAVIOR_AUTO_UPGRADE } = proto.temporal.api.enums.v1.VersioningBehavior;

const DEPLOYMENT = 'redis-task';
const SLOW = { initialInterval: '1h' };

function startBuild(cluster: Cluster, buildId: string): Promise<WorkerProcess> {
  return cluster.readyWorker({ TEMPORAL_DEPLOYMENT_NAME: DEPLOYMENT, TEMPORAL_WORKER_BUILD_ID: buildId });
}

/** What `temporal worker deployment set-current-version` does, once the server knows both queues of the build. */
async function setCurrent({ client }: Cluster, buildId: string): Promise<void> {
  const version = { namespace: 'default', deploymentName: DEPLOYMENT, buildId, identity: 'an operator' };
  await eventually(() =>
    client.workflowService.setWorkerDeploymentCurrentVersion(version).then(
      () => true,
      () => false,
    ),
  );
}

/** The build that a wait runs on, and the rule by which it moves. */
async function versionOf(handle: WaitHandle) {
  const { versioningInfo } = (await handle.describe()).raw.workflowExecutionInfo ?? {};
  return { buildId: versioningInfo?.deploymentVersion?.buildId, behavior: versioningInfo?.behavior };
}

/** The processes that made the calls of a wait, in order. */
async function callers(handle: WaitHandle): Promise<number[]> {
  const started = eventsOf(await handle.fetchHistory(), 'EVENT_TYPE_ACTIVITY_TASK_STARTED');
  return started.map(({ activityTaskStartedEventAttributes: each }) => parseInt(each?.identity ?? '', 10));
}

async function drain(worker: WorkerProcess): Promise<void> {
  worker.signal('SIGTERM');
  await expect(worker.end).resolves.toEqual({ code: 0, signal: null });
}

test.concurrent('while two builds are live, an open wait moves to the current one with its next event', () =>
  withCluster(async (cluster) => {
    const blue = await startBuild(cluster, 'blue');
    await setCurrent(cluster, 'blue');
    const taskId = cluster.addTask({ status: 'running', forPolls: 2 }, { status: 'succeed' });
    const { handle } = await cluster.startWait('COMPLETED', { taskId, polling: SLOW });
    await cluster.untilCalled(taskId);
    const green = await startBuild(cluster, 'green');
    await handle.signal('pollNow');
    await cluster.untilCalled(taskId, 2);
    expect(await versionOf(handle)).toEqual({ buildId: 'blue', behavior: VERSIONING_BEHAVIOR_AUTO_UPGRADE });

    await setCurrent(cluster, 'green');
    await handle.signal('pollNow');
    await cluster.endings();

    expect(await versionOf(handle)).toEqual({ buildId: 'green', behavior: VERSIONING_BEHAVIOR_AUTO_UPGRADE });
    expect(await callers(handle)).toEqual([blue.pid, blue.pid, green.pid]);
  }),
);

test.concurrent.each(['timers', 'shared'] as const)(
  'rolled out and back, waits with pacing "%s" go on and end as they must',
  (pacing) =>
    withCluster(async (cluster) => {
      const good = await startBuild(cluster, 'good');
      await setCurrent(cluster, 'good');
      await cluster.startFleet(40_000, pacing);
      const task = { status: 'running', forPolls: 1_000 };
      const { handle } = await cluster.startWait('CANCELLED', {
        taskId: cluster.addTask(task),
        polling: { initialInterval: '1s', maximumInterval: '1s', pacing },
      });
      const bad = await startBuild(cluster, 'bad');
      await setCurrent(cluster, 'bad');
      await drain(good);
      // A wait moves with its next event, and a shared one has none while nothing changes.
      await handle.signal('pollNow');
      await eventually(async () => (await versionOf(handle)).buildId === 'bad');

      await startBuild(cluster, 'good');
      await setCurrent(cluster, 'good');
      await drain(bad);
      await handle.signal('pollNow');
      await eventually(async () => (await versionOf(handle)).buildId === 'good');
      await handle.cancel();
      await cluster.endings();
    }),
);

test.concurrent('a wait from before versioning goes on with the first current version', () =>
  withCluster(async (cluster) => {
    const unversioned = await cluster.readyWorker();
    const taskId = cluster.addTask({ status: 'running', forPolls: 1 }, { status: 'succeed' });
    const { handle } = await cluster.startWait('COMPLETED', { taskId, polling: SLOW });
    await cluster.untilCalled(taskId);
    const first = await startBuild(cluster, 'first');
    await setCurrent(cluster, 'first');
    await drain(unversioned);
    await handle.signal('pollNow');
    await cluster.endings();

    expect((await versionOf(handle)).buildId).toBe('first');
    expect(await callers(handle)).toEqual([unversioned.pid, first.pid]);
  }),
);
