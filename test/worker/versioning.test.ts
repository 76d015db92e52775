// Two builds of the worker as one deployment on the dev server, moved forth and back while waits are open.
import { randomUUID } from 'node:crypto';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { RedisApiSimulator } from '../../src/testing/index.js';
import { devServer } from '../support/environments.js';
import { eventsOf, failedWorkflowTasks } from '../support/histories.js';
import { eventually, freeAddress, GOOD_SETTINGS, statusOf, WorkerProcess } from '../support/processes.js';

const SLOW = { initialInterval: '1h' };
const FAST = { initialInterval: '1s', maximumInterval: '1s' };

let env: TestWorkflowEnvironment;
let api: RedisApiSimulator;
const workers: WorkerProcess[] = [];
let lastTaskId = 500;

beforeAll(async () => {
  [env, api] = [await devServer(), await RedisApiSimulator.start({ requestsPerSecond: false })];
});
afterAll(async () => {
  await Promise.all(workers.map((worker) => worker.kill()));
  await api.close();
  await env.teardown();
});

/** A deployment on a queue of its own, as an operator of it works. */
function newDeployment() {
  const name = `redis-task-${randomUUID()}`;
  return {
    /** Resolves once the build takes work. */
    async start(buildId: string | undefined): Promise<WorkerProcess> {
      const http = await freeAddress();
      const worker = new WorkerProcess({
        ...GOOD_SETTINGS,
        ...(buildId !== undefined && { TEMPORAL_DEPLOYMENT_NAME: name, TEMPORAL_WORKER_BUILD_ID: buildId }),
        TEMPORAL_ADDRESS: env.address,
        TENCENTCLOUD_REDIS_ENDPOINT: api.url,
        REDIS_TASK_QUEUE: name,
        REDIS_TASK_HTTP: http,
      });
      workers.push(worker);
      await eventually(async () => (await statusOf(http, '/readyz')) === 200);
      return worker;
    },
    /** What `temporal worker deployment set-current-version` does. */
    async setCurrent(buildId: string): Promise<void> {
      const version = { namespace: 'default', deploymentName: name, buildId, identity: 'an operator' };
      const set = () => env.client.workflowService.setWorkerDeploymentCurrentVersion(version);
      // The server learns of a build by its first polls.
      await eventually(() => set().then(Boolean, () => false));
    },
    async startWait(input: { taskId: number; polling: object }) {
      const args = [{ region: 'ap-guangzhou', ...input }];
      return env.client.workflow.start('awaitRedisTask', { taskQueue: name, workflowId: randomUUID(), args });
    },
  };
}

type Wait = Awaited<ReturnType<ReturnType<typeof newDeployment>['startWait']>>;

/** The build that a wait runs on, and by which rule it moves; undefined before it is versioned. */
async function versionOf(wait: Wait) {
  const { versioningInfo } = (await wait.describe()).raw.workflowExecutionInfo ?? {};
  return { buildId: versioningInfo?.deploymentVersion?.buildId, behavior: versioningInfo?.behavior };
}

/** The processes that made the calls of a wait, in order. */
async function callers(wait: Wait): Promise<(string | null | undefined)[]> {
  const started = eventsOf(await wait.fetchHistory(), 'EVENT_TYPE_ACTIVITY_TASK_STARTED');
  return started.map(({ activityTaskStartedEventAttributes: each }) => each?.identity?.split('@')[0]);
}

/** `VERSIONING_BEHAVIOR_AUTO_UPGRADE` of Temporal's API. */
const AUTO_UPGRADE = 2;

function addTask(forPolls: number): number {
  const taskId = (lastTaskId += 1);
  api.addTask(taskId, { timeline: [{ status: 'running', forPolls }, { status: 'succeed' }] });
  return taskId;
}

const callsFor = (taskId: number) => api.calls.filter((call) => call.taskId === String(taskId)).length;

async function stop(worker: WorkerProcess): Promise<void> {
  worker.signal('SIGTERM');
  await expect(worker.end).resolves.toEqual({ code: 0, signal: null });
}

describe('two builds of a worker', () => {
  test.concurrent('both live: an open wait moves to the new build when that is made the current one, with its next poll', async () => {
    const deployment = newDeployment();
    const blue = await deployment.start('blue');
    await deployment.setCurrent('blue');
    const taskId = addTask(2);
    const wait = await deployment.startWait({ taskId, polling: SLOW });
    await eventually(() => callsFor(taskId) === 1);
    expect(await versionOf(wait)).toEqual({ buildId: 'blue', behavior: AUTO_UPGRADE });

    // Rainbow: both are live, and the new one gets nothing before it is the current one.
    const green = await deployment.start('green');
    await wait.signal('pollNow');
    await eventually(() => callsFor(taskId) === 2);
    await deployment.setCurrent('green');
    await wait.signal('pollNow');

    await expect(wait.result()).resolves.toMatchObject({ status: 'succeed', polls: 3 });
    expect(await versionOf(wait)).toEqual({ buildId: 'green', behavior: AUTO_UPGRADE });
    expect(await callers(wait)).toEqual([blue.pid, blue.pid, green.pid].map(String));
    await stop(blue);
    await stop(green);
  });

  test.concurrent.each(['timers', 'compact'])(
    'a rollback takes waits with pacing %s from a build that is gone, and none of them fails',
    async (pacing) => {
      const deployment = newDeployment();
      await deployment.start('good');
      await deployment.setCurrent('good');
      const taskId = addTask(8);
      const wait = await deployment.startWait({ taskId, polling: { ...FAST, pacing } });
      const bad = await deployment.start('bad');
      await eventually(() => callsFor(taskId) >= 2);
      await deployment.setCurrent('bad');
      await eventually(async () => (await versionOf(wait)).buildId === 'bad');
      await deployment.setCurrent('good');
      await stop(bad);

      await expect(wait.result()).resolves.toMatchObject({ status: 'succeed' });
      expect(await versionOf(wait)).toEqual({ buildId: 'good', behavior: AUTO_UPGRADE });
      expect(failedWorkflowTasks(await wait.fetchHistory())).toEqual([]);
    },
  );

  test.concurrent('a wait from before versioning goes on with the first current version', async () => {
    const deployment = newDeployment();
    const unversioned = await deployment.start(undefined);
    const taskId = addTask(1);
    const wait = await deployment.startWait({ taskId, polling: SLOW });
    await eventually(() => callsFor(taskId) === 1);
    const versioned = await deployment.start('first');
    await deployment.setCurrent('first');
    await stop(unversioned);
    await wait.signal('pollNow');

    await expect(wait.result()).resolves.toMatchObject({ status: 'succeed', polls: 2 });
    expect((await versionOf(wait)).buildId).toBe('first');
    expect((await callers(wait)).at(-1)).toBe(String(versioned.pid));
  });
});
