import { randomUUID } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { DefaultLogger, Runtime, Worker } from '@temporalio/worker';
import { watchWorkflowId } from '../../src/contract/ids.js';
import type { AwaitRedisTaskInput } from '../../src/contract/task/input.js';
import type { RedisTaskPolling } from '../../src/contract/wait/polling.js';
import { RedisApiSimulator, SIMULATOR_CREDENTIAL, type SimulatorOptions } from '../../src/testing/index.js';
import { freeAddress, type WorkerProcess } from '../../test/support/processes.js';
import type { Stage } from '../../test/support/stage.js';
import { fakeSts, stsError } from '../../test/tencent/credentials/fake-sts.js';

const REGION = 'ap-guangzhou';
const SHARED = { pacing: 'shared' } as const;

/** A queue with a worker and an API of its own, where something is wrong. */
export interface Fault {
  readonly queue: string;
  /** Where the metrics of its worker are. */
  readonly target: string;
  /** Undefined if it runs in this process. */
  readonly worker?: WorkerProcess;
  /** What goes wrong only once Prometheus watches. */
  readonly begin?: () => void;
}

interface QueueOptions {
  readonly simulator?: SimulatorOptions;
  readonly settings?: Readonly<Record<string, string>>;
}

/** Starts a worker for a queue, and an API whose task 1 runs for ever. */
async function openQueue(stage: Stage, queue: string, { simulator, settings }: QueueOptions = {}) {
  const api = await RedisApiSimulator.start(simulator);
  stage.onClose(() => api.close());
  api.addTask(1, { timeline: [{ status: 'running' }] });
  const target = await freeAddress();
  const own = { TENCENTCLOUD_REDIS_ENDPOINT: api.url, REDIS_TASK_QUEUE: queue, REDIS_TASK_HTTP: target };
  const worker = await stage.readyWorker({ ...own, ...settings });
  const wait = (taskId = 1, polling: RedisTaskPolling = {}, more: Partial<AwaitRedisTaskInput> = {}) =>
    stage.client.workflow.start('awaitRedisTask', {
      taskQueue: queue,
      workflowId: randomUUID(),
      args: [
        { taskId, region: REGION, ...more, polling: { initialInterval: '1s', backoffCoefficient: 1, ...polling } },
      ],
    });
  return { queue, target, worker, api, wait };
}

/** A worker with nothing wrong, whose tasks end one after the other once Prometheus watches. */
export async function startHealthy(
  stage: Stage,
): Promise<Omit<Fault, 'begin'> & { readonly begin: () => Promise<void> }> {
  const good = await openQueue(stage, 'redis-task');
  const begin = async (): Promise<void> => {
    for (let task = 1; task <= 25; task += 1) {
      good.api.addTask(task, { timeline: [{ status: 'running', forMs: 10_000 * task }, { status: 'succeed' }] });
      await good.wait(task, task > 20 ? SHARED : {});
    }
  };
  return { ...good, begin };
}

/** What makes alerts fire, by their names. */
export const FAULTS: Readonly<Record<string, (stage: Stage) => Promise<Fault>>> = {
  async RedisTaskCredentialsRefused(stage) {
    const refused = await openQueue(stage, 'refused');
    await refused.wait();
    refused.api.setCredentials([]);
    return refused;
  },

  async RedisTaskCredentialsExpire(stage) {
    const sts = await fakeSts(Date.now);
    stage.onClose(() => {
      sts.close();
      return Promise.resolve();
    });
    sts.accepted = [SIMULATOR_CREDENTIAL];
    // The worker loads a new key a minute before the end of the old one.
    sts.lifeMs = 75_000;
    const keys = Array.from({ length: 100 }, (_, index) => ({
      secretId: `AKIDsts${index + 1}`,
      secretKey: `stsSecretKey${index + 1}`,
      token: `stsToken${index + 1}`,
    }));
    const role = {
      TENCENTCLOUD_ROLE_ARN: 'qcs::cam::uin/1:roleName/waiter',
      TENCENTCLOUD_STS_ENDPOINT: sts.url.origin,
    };
    const expiring = await openQueue(stage, 'expiring', { simulator: { credentials: keys }, settings: role });
    await expiring.wait();
    return { ...expiring, begin: () => void (sts.instead = stsError('InternalError')) };
  },

  RedisTaskNoGoodCall: (stage) => unreachable(stage, 'unreachable', 1),
  RedisTaskApiFails: (stage) => unreachable(stage, 'half-unreachable', 0.7),

  async RedisTaskQueueDelay(stage) {
    const saturated = await openQueue(stage, 'saturated', { settings: { REDIS_TASK_API_RPS: '1' } });
    for (let wait = 0; wait < 40; wait += 1) await saturated.wait();
    return saturated;
  },

  async RedisTaskWatchStopped(stage) {
    const unswept = await openQueue(stage, 'unswept');
    // For the dashboard: the list does not show a task that runs.
    unswept.api.addTask(2, { timeline: [{ status: 'running' }] });
    unswept.api.fault({ kind: 'listHidden' }, { taskId: 2 });
    for (const task of [1, 2]) await unswept.wait(task, SHARED);
    await unswept.api.waitForCall(({ action }) => action === 'DescribeTaskList');
    // As somebody may do in Temporal UI.
    const { options, workflowService } = stage.client;
    await workflowService.pauseActivity({
      namespace: options.namespace,
      execution: { workflowId: watchWorkflowId(unswept.queue, REGION) },
      type: 'sweepRedisTasks',
    });
    return unswept;
  },

  async RedisTaskThrottled(stage) {
    const throttled = await openQueue(stage, 'throttled');
    throttled.api.fault({ kind: 'throttled' }, { probability: 0.3 });
    for (let wait = 0; wait < 3; wait += 1) await throttled.wait();
    return throttled;
  },

  async RedisTaskClockSkew(stage) {
    const skewed = await openQueue(stage, 'skewed', { simulator: { clockOffsetMs: 120_000 } });
    await skewed.wait();
    return skewed;
  },

  async RedisTaskWorkflowTaskFails(stage) {
    const { queue, api, wait, worker } = await openQueue(stage, 'incompatible');
    const handle = await wait();
    await api.waitForCall(({ outcome }) => outcome === 'ok');
    await worker.kill();
    const target = await runIncompatible(stage, queue);
    // So that there is a workflow task, whatever the wait was doing.
    await handle.signal('pollNow');
    return { queue, target };
  },

  async RedisTaskWaitFailed(stage) {
    const failing = await openQueue(stage, 'failing');
    failing.api.addTask(1, { timeline: [{ status: 'failed', message: 'disk full' }] });
    await failing.wait();
    return failing;
  },

  async RedisTaskWaitTimedOut(stage) {
    const late = await openQueue(stage, 'late');
    await late.wait(1, {}, { maxWait: '2s' });
    return late;
  },

  async RedisTaskWaitRunsOut(stage) {
    const short = await openQueue(stage, 'short-of-time');
    await short.wait(1, { initialInterval: '1h' }, { maxWait: '1h' });
    return short;
  },

  async RedisTaskUncertainSubmit(stage) {
    const settings = { REDIS_TASK_ACTIONS: 'ClearInstance' };
    const lossy = await openQueue(stage, 'lossy', { settings });
    lossy.api.fault({ kind: 'lostAnswer' }, { action: 'ClearInstance' });
    const params = { InstanceId: 'crs-09u2u96z' };
    await stage.client.workflow.start('runRedisAction', {
      taskQueue: lossy.queue,
      workflowId: randomUUID(),
      args: [{ action: 'ClearInstance', region: REGION, params }],
    });
    return lossy;
  },

  async RedisTaskUnknownStatus(stage) {
    const odd = await openQueue(stage, 'odd');
    odd.api.addTask(1, { timeline: [{ status: 'archiving' }] });
    await odd.wait();
    return odd;
  },
};

async function unreachable(stage: Stage, queue: string, probability: number): Promise<Fault> {
  const opened = await openQueue(stage, queue);
  for (let wait = 0; wait < 3; wait += 1) await opened.wait();
  await opened.api.waitForCall(({ outcome }) => outcome === 'ok');
  opened.api.fault({ kind: 'html', httpStatus: 502 }, { probability });
  return opened;
}

/** Serves a queue in this process, with workflow code that does not fit its histories. */
async function runIncompatible(stage: Stage, taskQueue: string): Promise<string> {
  const bindAddress = await freeAddress();
  const prometheus = { bindAddress, countersTotalSuffix: true, unitSuffix: true, useSecondsForDurations: true };
  const logger = new DefaultLogger('ERROR', () => undefined);
  Runtime.install({ logger, telemetryOptions: { metrics: { prometheus }, logging: { filter: 'OFF', forward: {} } } });
  const workflowsPath = fileURLToPath(new URL('../../test/replay/incompatible-workflows.ts', import.meta.url));
  await stage.runWorker((connection) => Worker.create({ connection, taskQueue, workflowsPath }));
  return bindAddress;
}
