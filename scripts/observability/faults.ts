import { randomUUID } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { DefaultLogger, Runtime, Worker } from '@temporalio/worker';
import { RedisApiSimulator, SIMULATOR_CREDENTIAL, type SimulatorOptions } from '../../src/testing/index.js';
import { freeAddress, type WorkerProcess } from '../../test/support/processes.js';
import type { Stage } from '../../test/support/stage.js';
import { fakeSts, stsError } from '../../test/tencent/credentials/fake-sts.js';

/** A queue with a worker and an API of its own, where something is wrong. */
export interface Fault {
  readonly queue: string;
  readonly alerts: readonly string[];
  readonly target: string;
  /** Undefined if it runs in this process. */
  readonly worker?: WorkerProcess;
  /** What goes wrong once somebody watches. */
  readonly begin?: () => void;
}

const RUNNING = { timeline: [{ status: 'running' }] };

/** Starts a worker for each way in which something can be wrong, and one where nothing is. */
export async function startFaults(stage: Stage): Promise<Fault[]> {
  const queues = new Queues(stage);
  const made: Fault[] = [];
  const add = (alerts: readonly string[], fault: Omit<Fault, 'alerts'>) => made.push({ ...fault, alerts });

  const good = await queues.open('redis-task');
  for (let task = 1; task <= 20; task += 1) {
    good.api.addTask(task, { timeline: [{ status: 'running', forPolls: 4 * task }, { status: 'succeed' }] });
    await good.wait(task);
  }
  add(['RedisTaskNoWorker'], good);

  const refused = await queues.open('refused');
  await refused.wait();
  refused.api.setCredentials([]);
  add(['RedisTaskCredentialsRefused'], refused);

  const unreachable = await queues.open('unreachable');
  await unreachable.wait();
  unreachable.api.fault({ kind: 'html', httpStatus: 502 });
  add(['RedisTaskNoGoodCall', 'RedisTaskApiFails'], unreachable);

  const throttled = await queues.open('throttled');
  throttled.api.fault({ kind: 'throttled' }, { probability: 0.3 });
  for (let wait = 0; wait < 3; wait += 1) await throttled.wait();
  add(['RedisTaskThrottled'], throttled);

  const saturated = await queues.open('saturated', { settings: { REDIS_TASK_API_RPS: '1' } });
  for (let wait = 0; wait < 40; wait += 1) await saturated.wait();
  add(['RedisTaskQueueDelay'], saturated);

  const skewed = await queues.open('skewed', { simulator: { clockOffsetMs: 120_000 } });
  await skewed.wait();
  add(['RedisTaskClockSkew'], skewed);

  const odd = await queues.open('odd');
  odd.api.addTask(1, { timeline: [{ status: 'archiving' }] });
  await odd.wait();
  add(['RedisTaskUnknownStatus'], odd);

  const sts = await fakeSts(Date.now);
  stage.onClose(() => Promise.resolve(sts.close()));
  sts.accepted = [SIMULATOR_CREDENTIAL];
  // The worker loads a new key a minute before the end.
  sts.lifeMs = 75_000;
  const keys = Array.from({ length: 100 }, (_, index) => index + 1);
  const credentials = keys.map((key) => ({
    secretId: `AKIDsts${key}`,
    secretKey: `stsSecretKey${key}`,
    token: `stsToken${key}`,
  }));
  const expiring = await queues.open('expiring', {
    simulator: { credentials },
    settings: { TENCENTCLOUD_ROLE_ARN: 'qcs::cam::uin/1:roleName/waiter', TENCENTCLOUD_STS_ENDPOINT: sts.url.origin },
  });
  await expiring.wait();
  add(['RedisTaskCredentialsExpire'], { ...expiring, begin: () => void (sts.instead = stsError('InternalError')) });

  const history = await queues.open('incompatible');
  const wait = await history.wait();
  await history.api.waitForCall(({ outcome }) => outcome === 'ok');
  await history.worker.kill();
  const target = await runIncompatible(stage, history.queue);
  // So that there is a workflow task, whatever the wait was doing.
  await wait.signal('pollNow');
  add(['RedisTaskWorkflowTaskFails'], { queue: history.queue, target });
  return made;
}

class Queues {
  constructor(private readonly stage: Stage) {}

  /** Starts a worker, and an API with one task that runs for ever. */
  async open(
    queue: string,
    { simulator, settings }: { simulator?: SimulatorOptions; settings?: Readonly<Record<string, string>> } = {},
  ) {
    const { stage } = this;
    const api = await RedisApiSimulator.start(simulator);
    stage.onClose(() => api.close());
    api.addTask(1, RUNNING);
    const target = await freeAddress();
    const own = { TENCENTCLOUD_REDIS_ENDPOINT: api.url, REDIS_TASK_QUEUE: queue, REDIS_TASK_HTTP: target };
    const worker = await stage.readyWorker({ ...own, ...settings });
    const wait = (taskId = 1) =>
      stage.client.workflow.start('awaitRedisTask', {
        taskQueue: queue,
        workflowId: randomUUID(),
        args: [{ taskId, region: 'ap-guangzhou', polling: { initialInterval: '1s', backoffCoefficient: 1 } }],
      });
    return { queue, target, worker, api, wait };
  }
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
