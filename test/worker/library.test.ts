// The worker as a function of the built package, in a process that has a runtime of its own.
import { randomUUID } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { Client } from '@temporalio/client';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { DefaultLogger, type LogEntry, Runtime, type WorkerPlugin } from '@temporalio/worker';
import { ConfigError, type RedisTaskWorkerOptions, runRedisTaskWorker } from '../../lib/worker/index.js';
import { RedisApiSimulator, SIMULATOR_CREDENTIAL } from '../../src/testing/index.js';
import { encryption, isEncrypted } from '../plugin/codec.js';
import { devServer, ownDevServer } from '../support/environments.js';
import { eventsOf } from '../support/histories.js';
import { eventually, freeAddress, statusOf } from '../support/processes.js';
import { IN_THIS_THREAD } from '../support/this-thread.js';

const INTERCEPTOR = fileURLToPath(new URL('intercepted.ts', import.meta.url));
const logged: LogEntry[] = [];

/**
 * For workers that need no thread for their workflows. One that the SDK refuses must have none: it would be left behind, and
 * with it the process of the tests would not end.
 */
const inThisThread: WorkerPlugin = {
  name: 'test.InThisThread',
  configureWorker: (options) => ({ ...options, ...IN_THIS_THREAD }),
};

let env: TestWorkflowEnvironment;
let api: RedisApiSimulator;

beforeAll(async () => {
  Runtime.install({ logger: new DefaultLogger('INFO', (entry) => logged.push(entry)), shutdownSignals: [] });
  [env, api] = await Promise.all([devServer(), RedisApiSimulator.start()]);
  api.addTask(1, { timeline: [{ status: 'succeed' }] });
});
afterAll(async () => {
  await api.close();
  await env.teardown();
});

/** A worker on a queue of its own, while `play` runs. */
async function withWorker(
  options: RedisTaskWorkerOptions,
  play: (taskQueue: string, http: string) => Promise<void>,
): Promise<void> {
  const [http, taskQueue, stop] = [await freeAddress(), `library-${randomUUID()}`, new AbortController()];
  const settings = {
    TEMPORAL_ADDRESS: env.address,
    TENCENTCLOUD_REDIS_ENDPOINT: api.url,
    REDIS_TASK_QUEUE: taskQueue,
    REDIS_TASK_HTTP: http,
  };
  const credentials = { getCredential: () => Promise.resolve(SIMULATOR_CREDENTIAL) };
  const end = runRedisTaskWorker({ env: settings, signal: stop.signal, credentials, ...options });
  try {
    await Promise.race([eventually(async () => (await statusOf(http, '/readyz')) === 200), end]);
    await play(taskQueue, http);
  } finally {
    stop.abort();
    await end;
  }
  await expect(statusOf(http, '/healthz')).resolves.toBe(0);
}

function startWait(client: Client, taskQueue: string) {
  const args = [{ taskId: 1, region: 'ap-guangzhou' }];
  return client.workflow.start('awaitRedisTask', { taskQueue, workflowId: randomUUID(), args });
}

test('a namespace with a payload codec needs no plugin: both workers encode', async () => {
  const dataConverter = { payloadCodecs: [encryption] };
  await withWorker({ dataConverter }, async (taskQueue) => {
    const handle = await startWait(new Client({ connection: env.connection, dataConverter }), taskQueue);

    await expect(handle.result()).resolves.toMatchObject({ taskId: 1, status: 'succeed' });
    const [answer] = eventsOf(await handle.fetchHistory(), 'EVENT_TYPE_ACTIVITY_TASK_COMPLETED');
    const payloads = answer?.activityTaskCompletedEventAttributes?.result?.payloads ?? [];
    expect(payloads.map(isEncrypted)).toEqual([true]);
  });
});

test('interceptors of workflows get into the bundle, and the ones of activities to the calls', async () => {
  const seen: string[] = [];
  const activity = ({ info }: { info: { activityType: string } }) => {
    seen.push(info.activityType);
    return {};
  };
  const interceptors = { workflowModules: [INTERCEPTOR], activity: [activity] };
  await withWorker({ interceptors, plugins: [inThisThread] }, async (taskQueue) => {
    const handle = await startWait(env.client, taskQueue);

    await expect(handle.result()).resolves.toMatchObject({ taskId: 1, taskType: 'seen by an interceptor' });
  });
  expect(seen).toEqual(['describeTaskInfo']);
  expect(logged.map(({ message }) => message)).toContain(
    'Bundled the workflow again: it has to contain workflowInterceptorModules',
  );
});

test("the application's connection, identity, tuner and runtime are used, and the connection stays open", async () => {
  const slots = { type: 'fixed-size', numSlots: 7 } as const;
  const options: RedisTaskWorkerOptions = {
    connection: env.nativeConnection,
    plugins: [inThisThread],
    identity: 'the application',
    tuner: {
      workflowTaskSlotSupplier: slots,
      activityTaskSlotSupplier: slots,
      localActivityTaskSlotSupplier: slots,
      nexusTaskSlotSupplier: slots,
    },
  };
  await withWorker(options, async (taskQueue, http) => {
    const handle = await startWait(env.client, taskQueue);
    await handle.result();

    const history = await handle.fetchHistory();
    const [task] = eventsOf(history, 'EVENT_TYPE_WORKFLOW_TASK_STARTED');
    const [call] = eventsOf(history, 'EVENT_TYPE_ACTIVITY_TASK_STARTED');
    expect(task?.workflowTaskStartedEventAttributes?.identity).toBe('the application');
    expect(call?.activityTaskStartedEventAttributes?.identity).toBe('the application');
    await expect(statusOf(http, '/metrics')).resolves.toBe(404);
  });
  await expect(env.nativeConnection.healthService.check({})).resolves.toBeDefined();
});

test('a second worker for the same queue on one connection is refused, and not tried again', async () => {
  const connection = env.nativeConnection;
  const plugins = [inThisThread];
  await withWorker({ connection, plugins }, async (taskQueue) => {
    const settings = { REDIS_TASK_QUEUE: taskQueue, REDIS_TASK_HTTP: 'off' };
    const credentials = { getCredential: () => Promise.resolve(SIMULATOR_CREDENTIAL) };
    const second = { env: settings, credentials, connection, plugins };

    await expect(runRedisTaskWorker(second)).rejects.toThrow(/takes tasks from .* already/);
  });
});

test('a namespace that is not there yet is waited for, and no attempt leaves a thread behind', async () => {
  // Each thread of workflows has a port to talk to it.
  const threads = () => process.getActiveResourcesInfo().filter((name) => name === 'MessagePort').length;
  const before = threads();
  const settings = { TEMPORAL_ADDRESS: env.address, TEMPORAL_NAMESPACE: 'absent', REDIS_TASK_HTTP: 'off' };
  const credentials = { getCredential: () => Promise.resolve(SIMULATOR_CREDENTIAL) };
  const stop = new AbortController();
  const end = runRedisTaskWorker({ env: settings, credentials, signal: stop.signal });
  const attempts = () => logged.filter(({ meta }) => meta?.['namespace'] === 'absent');
  await eventually(() => attempts().length >= 2);
  stop.abort();
  await end;

  expect(threads()).toBe(before);
  expect(attempts()[0]).toMatchObject({ level: 'WARN', meta: { reason: 'Namespace absent is not found.' } });
});

test('a bad setting rejects with one line that names it', async () => {
  const worker = runRedisTaskWorker({ env: { REDIS_TASK_API_RPS: '21' } });

  await expect(worker).rejects.toThrow(ConfigError);
  await expect(worker).rejects.toThrow(/^REDIS_TASK_API_RPS is "21", but it must be a number above 0, at most 20$/);
});

test('a worker that is told to stop before it has reached Temporal ends at once', async () => {
  const settings = { TEMPORAL_ADDRESS: await freeAddress(), REDIS_TASK_HTTP: 'off' };
  const credentials = { getCredential: () => Promise.resolve(SIMULATOR_CREDENTIAL) };

  await expect(
    runRedisTaskWorker({ env: settings, credentials, signal: AbortSignal.timeout(200) }),
  ).resolves.toBeUndefined();
});

test('search attributes that the namespace lacks are named with what registers them, and no wait stands still', async () => {
  const bare = await ownDevServer();
  try {
    const stop = new AbortController();
    const settings = { TEMPORAL_ADDRESS: bare.address, REDIS_TASK_HTTP: 'off', REDIS_TASK_SEARCH_ATTRIBUTES: 'true' };
    const credentials = { getCredential: () => Promise.resolve(SIMULATOR_CREDENTIAL) };
    const own = { ...settings, TENCENTCLOUD_REDIS_ENDPOINT: api.url };
    const plugins = [inThisThread];
    const end = runRedisTaskWorker({ env: own, credentials, signal: stop.signal, plugins });
    api.addTask(77_001, { timeline: [{ status: 'succeed' }] });
    const args = [{ taskId: 77_001, region: 'ap-guangzhou' }];
    const wait = { taskQueue: 'redis-task', workflowId: 'bare', args, workflowExecutionTimeout: '40s' } as const;
    const outcome: unknown = await bare.client.workflow.execute('awaitRedisTask', wait);
    stop.abort();
    await end;

    expect(outcome).toMatchObject({ status: 'succeed' });
    expect(logged.map(({ message }) => message)).toContainEqual(
      expect.stringMatching(/does not have the search attributes RedisTaskStatus, .*redis-task setup/),
    );
  } finally {
    await bare.teardown();
  }
});
