// The plugin in a user's own worker, on the dev server.
import { randomUUID } from 'node:crypto';
import { Client } from '@temporalio/client';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import type { Worker } from '@temporalio/worker';
import {
  DefaultLogger,
  type LogEntry,
  NativeConnection,
  Runtime,
  type WorkerOptions,
  type WorkerPlugin,
} from '@temporalio/worker';
import { runTogether } from '../../src/activities/run-workers.js';
import { RedisTaskPlugin } from '../../src/plugin/index.js';
import { RedisApiSimulator, SIMULATOR_CREDENTIAL, type TaskStep } from '../../src/testing/index.js';
import { notingCancelled } from '../support/cancelled-calls.js';
import { bundled, devServer, workflowBundle } from '../support/environments.js';
import { eventsOf, failedWorkflowTasks, followedHistories } from '../support/histories.js';
import { replay } from '../support/replays.js';
import { about, beside } from '../support/together.js';
import { REGION, stateOf, until } from '../support/waits.js';
import { encryption, isEncrypted } from './codec.js';
import { activityPollers, createOwnWorker, createPlugin, WORKFLOWS } from './own-worker.js';

/** The event that ends the first workflow task. */
const FIRST_WORKFLOW_TASK = 4 as never;

const RUNNING = { status: 'running' };
const SUCCEED = { status: 'succeed' };
const said: LogEntry[] = [];
// What goes wrong here on purpose would fill the screen.
const logger = new DefaultLogger('WARN', (entry) => said.push(entry));

let env: TestWorkflowEnvironment;
let simulator: RedisApiSimulator;
let bundle: Awaited<ReturnType<typeof bundled>>;
let lastTaskId = 31_000;

beforeAll(async () => {
  Runtime.install({ logger, telemetryOptions: { logging: { filter: 'ERROR' } }, shutdownSignals: [] });
  [env, simulator] = await Promise.all([devServer(), RedisApiSimulator.start({ requestsPerSecond: false })]);
  const { workflowInterceptorModules } = createPlugin(simulator).configureBundler({ workflowsPath: WORKFLOWS });
  bundle = await bundled(WORKFLOWS, workflowInterceptorModules);
});
afterAll(async () => {
  await simulator.close();
  await env.teardown();
});

function addTask(...timeline: TaskStep[]): number {
  const taskId = (lastTaskId += 1);
  simulator.addTask(taskId, { timeline });
  return taskId;
}

function start<Result>(client: Client, workflow: string, worker: Worker, taskId: number) {
  const { taskQueue } = worker.options;
  const input = { taskId, region: REGION, polling: { initialInterval: '1s' } };
  return client.workflow.start<(...args: unknown[]) => Promise<Result>>(workflow, {
    workflowId: `${workflow}-${randomUUID()}`,
    taskQueue,
    args: workflow === 'order' ? [input, taskQueue] : [input],
  });
}

/** A plugin of someone else that notes what the activities of a worker are called, and where. */
function watchingPlugin(seen: string[]): WorkerPlugin {
  const note = ({ info }: { info: { activityType: string; taskQueue: string } }) => {
    seen.push(`${info.activityType} on ${info.taskQueue}`);
    return {};
  };
  return {
    name: 'test.Watching',
    configureWorker: (options: WorkerOptions) => ({
      ...options,
      dataConverter: { payloadCodecs: [encryption] },
      interceptors: { ...options.interceptors, activity: [...(options.interceptors?.activity ?? []), note] },
    }),
  };
}

about('a worker with the plugin', () => {
  beside("serves waits as children and inline, beside the user's own workflows and activities", async () => {
    const worker = await createOwnWorker(env, { workflowBundle: bundle, plugins: [createPlugin(simulator)] });
    const { taskQueue } = worker.options;
    const [first, second] = [addTask({ ...RUNNING, forPolls: 1 }, SUCCEED), addTask(SUCCEED)];
    await worker.runUntil(async () => {
      const child = await start(env.client, 'order', worker, first);
      const inline = await start(env.client, 'inlineOrder', worker, second);

      await expect(child.result()).resolves.toMatchObject({ noted: 'noted: succeed', result: { taskId: first } });
      await expect(inline.result()).resolves.toMatchObject({ taskId: second });
    });

    expect([...worker.options.activities.keys()]).toEqual(['note']);
    expect(worker.options.taskQueue).toBe(taskQueue);
  });

  beside('holds the calls to the rate that it is told, and stops making them with its worker', async () => {
    const plugins = [createPlugin(simulator, { requestsPerSecond: 7 })];
    const worker = await createOwnWorker(env, { workflowBundle: bundle, plugins });
    const apiQueue = `${worker.options.taskQueue}-api`;
    const taskId = addTask(RUNNING);
    const held = await worker.runUntil(async () => {
      const handle = await start(env.client, 'awaitRedisTask', worker, taskId);
      await simulator.waitForCall((call) => call.taskId === String(taskId));
      const described = await until(
        () => activityPollers(env, apiQueue),
        ({ limit }) => limit?.requestsPerSecond === 7,
      );
      await handle.terminate();
      return described;
    });

    expect(held.pollers).toHaveLength(1);
    await expect(stoppedServing(apiQueue)).resolves.toBe(true);
  });

  beside('goes on without the search attributes that the namespace lacks, and says so', async () => {
    const plugins = [createPlugin(simulator, { searchAttributes: true })];
    const worker = await createOwnWorker(env, { workflowBundle: bundle, plugins });
    const taskId = addTask(SUCCEED);
    await worker.runUntil(async () => {
      const wait = await start(env.client, 'awaitRedisTask', worker, taskId);
      await expect(wait.result()).resolves.toMatchObject({ taskId });
    });

    expect(said.map(({ message }) => message)).toContainEqual(
      expect.stringMatching(
        /^Namespace default does not have the search attributes RedisTaskStatus, .*redis-task setup/,
      ),
    );
  });

  beside('cancels with its parent a wait that was reset', async () => {
    const worker = await createOwnWorker(env, { workflowBundle: bundle, plugins: [createPlugin(simulator)] });
    const { taskQueue } = worker.options;
    const taskId = addTask(RUNNING);
    await worker.runUntil(async () => {
      const parent = await start(env.client, 'order', worker, taskId);
      await simulator.waitForCall((call) => call.taskId === String(taskId));
      const wait = { workflowId: `${parent.workflowId}/${taskQueue}/${REGION}/${taskId}` };
      await env.client.workflowService.resetWorkflowExecution({
        namespace: 'default',
        workflowExecution: wait,
        workflowTaskFinishEventId: FIRST_WORKFLOW_TASK,
        requestId: randomUUID(),
      });
      await parent.cancel();

      await expect(parent.result()).rejects.toMatchObject({ cause: { name: 'CancelledFailure' } });
      const { status } = await env.client.workflow.getHandle(wait.workflowId).describe();
      expect(status.name).toBe('CANCELLED');
    });
  });

  beside('takes a shared wait to its watch, though its worker has no activities', async () => {
    const plugins = [createPlugin(simulator)];
    const worker = await createOwnWorker(env, { workflowBundle: bundle, activities: {}, plugins });
    const taskId = addTask(RUNNING);
    const history = await worker.runUntil(async () => {
      const handle = await env.client.workflow.start('awaitRedisTask', {
        workflowId: randomUUID(),
        taskQueue: worker.options.taskQueue,
        args: [{ taskId, region: REGION, polling: { pacing: 'shared' } }],
      });
      await until(
        () => stateOf(handle),
        ({ watch }) => typeof watch?.since === 'string',
      );
      await handle.terminate();
      return handle.fetchHistory();
    });

    expect(eventsOf(history, 'EVENT_TYPE_ACTIVITY_TASK_TIMED_OUT')).toEqual([]);
    const asked = eventsOf(history, 'EVENT_TYPE_ACTIVITY_TASK_SCHEDULED').map(
      ({ activityTaskScheduledEventAttributes: scheduled }) => scheduled?.taskQueue?.name,
    );
    expect(asked).toContain(`${worker.options.taskQueue}-watch`);
  });

  beside('aborts a call under way when its wait is cancelled', async () => {
    const cancelled: unknown[] = [];
    const worker = await createOwnWorker(env, {
      workflowBundle: bundle,
      plugins: [createPlugin(simulator)],
      interceptors: { activity: [notingCancelled(cancelled)] },
    });
    const taskId = addTask(RUNNING);
    simulator.fault({ kind: 'hang' }, { taskId });
    await worker.runUntil(async () => {
      const handle = await start(env.client, 'awaitRedisTask', worker, taskId);
      await simulator.waitForCall((call) => call.taskId === String(taskId));
      await handle.cancel();
      await simulator.waitForCall((call) => call.taskId === String(taskId) && call.aborted);
    });

    // The SDK's own throttle would let the call hear of it after half a minute: its timeout of 10 s would end it before.
    expect(cancelled).toEqual([taskId]);
  });

  beside('leaves the histories of its waits as they are without it, also when nothing is cached', async () => {
    const plugins = [createPlugin(simulator)];
    const worker = await createOwnWorker(env, { workflowBundle: bundle, plugins, maxCachedWorkflows: 0 });
    const taskId = addTask({ ...RUNNING, forPolls: 1 }, SUCCEED);
    const { workflowId, firstExecutionRunId: runId } = await worker.runUntil(async () => {
      const handle = await start(env.client, 'order', worker, taskId);
      await handle.result();
      return handle;
    });
    const histories = await followedHistories(env.client, [{ workflowId, runId }]);

    expect(histories).toHaveLength(2);
    expect(histories.flatMap(({ history }) => failedWorkflowTasks(history))).toEqual([]);
    for (const code of [bundle, workflowBundle()]) {
      const replays = await replay({ workflowBundle: code }, histories);
      expect(replays.map(({ error }) => error)).toEqual([undefined, undefined]);
    }
  });
});

about('the worker that makes the calls', () => {
  beside("inherits what the user's other plugins set, once, also when all are given to the connection", async () => {
    const seen: string[] = [];
    const address = process.env['TEST_DEV_SERVER_ADDRESS'] ?? '';
    const plugin = createPlugin(simulator);
    const connection = await NativeConnection.connect({ address, plugins: [plugin, watchingPlugin(seen)] });
    // The plugin is given twice; one of the two goes without effect.
    const worker = await createOwnWorker(env, { connection, workflowBundle: bundle, plugins: [plugin] });
    const { taskQueue } = worker.options;
    const client = new Client({ connection: env.connection, dataConverter: { payloadCodecs: [encryption] } });
    const taskId = addTask(SUCCEED);
    const history = await worker.runUntil(async () => {
      const handle = await start(client, 'awaitRedisTask', worker, taskId);

      await expect(handle.result()).resolves.toMatchObject({ taskId });
      return handle.fetchHistory();
    });
    await connection.close();

    expect(seen).toEqual([`describeTaskInfo on ${taskQueue}-api`]);
    const [scheduled] = eventsOf(history, 'EVENT_TYPE_ACTIVITY_TASK_SCHEDULED');
    const [completed] = eventsOf(history, 'EVENT_TYPE_ACTIVITY_TASK_COMPLETED');
    const inputs = scheduled?.activityTaskScheduledEventAttributes?.input?.payloads ?? [];
    const results = completed?.activityTaskCompletedEventAttributes?.result?.payloads ?? [];
    expect([...inputs, ...results].map((payload) => isEncrypted(payload))).toEqual([true, true]);
    const { pollers } = await activityPollers(env, `${taskQueue}-api-api`);
    expect(pollers).toEqual([]);
  });

  beside('stops when its worker fails, and the error is that of the worker', async () => {
    const breaking: WorkerPlugin = {
      name: 'test.Breaking',
      async runWorker(worker, next) {
        await Promise.all([next(worker), untilRunning(worker).then(() => worker.shutdown())]);
        throw new Error('the worker broke');
      },
    };
    const worker = await createOwnWorker(env, {
      workflowBundle: bundle,
      plugins: [createPlugin(simulator), breaking],
    });

    await expect(worker.run()).rejects.toThrow('the worker broke');
    await expect(stoppedServing(`${worker.options.taskQueue}-api`)).resolves.toBe(true);
  });

  beside('stops its worker when it fails for good', async () => {
    const [outer, inner] = [await createOwnWorker(env, {}), await createOwnWorker(env, {})];
    // A worker that has run before refuses to run again, at once.
    await inner.runUntil(Promise.resolve());

    await expect(runTogether([outer, inner])).rejects.toThrow('already started');
    expect(outer.getState()).toBe('STOPPED');
  });
});

about('one plugin on a connection', () => {
  const connect = () =>
    NativeConnection.connect({
      address: process.env['TEST_DEV_SERVER_ADDRESS'] ?? '',
      plugins: [createPlugin(simulator)],
    });
  const newQueues = () => Array.from({ length: 7 }, () => `shared-${randomUUID()}`);
  const create = (connection: NativeConnection, taskQueue: string) =>
    createOwnWorker(env, { connection, taskQueue, workflowBundle: bundle, activities: {} });
  /** How long a wait of a task that has succeeded needs for its first poll. */
  const waitedMs = async ({ options: { taskQueue } }: Worker): Promise<number> => {
    const args = [{ taskId: addTask(SUCCEED), region: REGION }];
    const options = { workflowId: randomUUID(), taskQueue, args };
    return ((await env.client.workflow.execute('awaitRedisTask', options)) as { waitedMs: number }).waitedMs;
  };
  // A poll that waits for another queue's idle long poll to end takes a minute.
  const PROMPT_MS = 30_000;

  beside('serves as many queues at once as there are, though all workers are idle', async () => {
    const connection = await connect();
    const workers = await Promise.all(newQueues().map((taskQueue) => create(connection, taskQueue)));
    const runs = workers.map((worker) => worker.run());
    for (const { options } of workers) {
      await until(
        () => activityPollers(env, `${options.taskQueue}-api`),
        ({ pollers }) => pollers.length > 0,
      );
    }
    const waited = await Promise.all(workers.map(waitedMs));
    for (const worker of workers) worker.shutdown();
    await Promise.all(runs);
    await connection.close();

    expect(Math.max(...waited)).toBeLessThan(PROMPT_MS);
  });

  beside('serves one worker after the other, however many have ended before', async () => {
    const connection = await connect();
    const waited: number[] = [];
    for (const taskQueue of newQueues()) {
      const worker = await create(connection, taskQueue);
      waited.push(await worker.runUntil(() => waitedMs(worker)));
    }
    await connection.close();

    expect(Math.max(...waited)).toBeLessThan(PROMPT_MS);
  });
});

// By itself: the variables are those of the whole process.
test('a worker with the plugin makes its calls where the variables say that hold its key', async () => {
  const variables = {
    TENCENTCLOUD_SECRET_ID: SIMULATOR_CREDENTIAL.secretId,
    TENCENTCLOUD_SECRET_KEY: SIMULATOR_CREDENTIAL.secretKey,
    TENCENTCLOUD_REDIS_ENDPOINT: simulator.url,
  };
  const before = { ...process.env };
  Object.assign(process.env, variables);
  const worker = await createOwnWorker(env, { workflowBundle: bundle, plugins: [new RedisTaskPlugin()] });
  const outcome = await worker.runUntil(async () => {
    const wait = await start(env.client, 'awaitRedisTask', worker, addTask(SUCCEED));
    return wait.result();
  });
  process.env = before;

  expect(outcome).toMatchObject({ status: 'succeed' });
});

describe('the log of a worker with the plugin', () => {
  const start = async (taskQueue: string) => {
    said.length = 0;
    const worker = await createOwnWorker(env, { taskQueue, plugins: [createPlugin(simulator)] });
    await worker.runUntil(untilRunning(worker));
    return said.filter(({ level }) => level === 'WARN').map(({ message }) => message);
  };

  test('warns that child helpers must be told a queue of its own', async () => {
    const taskQueue = `orders-${randomUUID()}`;
    const warnings = await start(taskQueue);

    expect(warnings).toContainEqual(expect.stringContaining(`{ taskQueue: '${taskQueue}' }`));
  });

  test('does not warn on the queue that they take by themselves', async () => {
    expect((await start('redis-task')).filter((message) => message.includes('taskQueue'))).toEqual([]);
  });
});

about('a mistake is an error that says what to do:', () => {
  beside('an activity of the same name', async () => {
    const activities = { describeTaskInfo: () => Promise.resolve('mine') };

    await expect(createOwnWorker(env, { activities, plugins: [createPlugin(simulator)] })).rejects.toThrow(
      'The worker has an activity describeTaskInfo, which RedisTaskPlugin brings: rename yours',
    );
  });

  beside('an activity of the same name that a later plugin brings', async () => {
    const late: WorkerPlugin = {
      name: 'test.Late',
      configureWorker: (options) => ({ ...options, activities: { describeTaskInfo: () => Promise.resolve('mine') } }),
    };
    const worker = await createOwnWorker(env, { plugins: [createPlugin(simulator), late] });

    await expect(worker.run()).rejects.toThrow('which RedisTaskPlugin brings: rename yours');
    expect(worker.getState()).toBe('STOPPED');
  });

  beside('a second worker of this process with the plugin on one queue', async () => {
    const taskQueue = `twice-${randomUUID()}`;
    const plugins = [createPlugin(simulator)];
    const workflowsOnly = await createOwnWorker(env, {
      taskQueue,
      workflowBundle: bundle,
      activities: {},
      plugins: [createPlugin(simulator)],
    });
    const running = workflowsOnly.run();
    await untilRunning(workflowsOnly);
    const activitiesOnly = await createOwnWorker(env, { taskQueue, plugins });

    await expect(activitiesOnly.run()).rejects.toThrow(
      `takes tasks from ${taskQueue}-api already: serve the waits of a task queue once per process`,
    );
    expect(activitiesOnly.getState()).toBe('STOPPED');
    // The first is not disturbed.
    const handle = await start(env.client, 'awaitRedisTask', workflowsOnly, addTask(SUCCEED));
    await expect(handle.result()).resolves.toMatchObject({ status: 'succeed' });
    workflowsOnly.shutdown();
    await running;
  });

  test('a mistake is an error that says what to do: a rate beyond what the API takes', () => {
    expect(() => new RedisTaskPlugin({ requestsPerSecond: 21 })).toThrow('must be more than 0 and at most 20');
    expect(() => new RedisTaskPlugin({ requestsPerSecond: NaN })).toThrow('must be more than 0 and at most 20');
  });
});

async function untilRunning(worker: Worker): Promise<void> {
  await until(
    () => Promise.resolve(worker.getState()),
    (state) => state === 'RUNNING',
  );
}

/** A queue that nobody serves: another worker of this process may, which the SDK refuses while one does. */
async function stoppedServing(taskQueue: string): Promise<boolean> {
  const worker = await createOwnWorker(env, { taskQueue });
  await worker.runUntil(Promise.resolve());
  return true;
}
