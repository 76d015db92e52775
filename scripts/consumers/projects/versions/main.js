// Waits in every way, with the versions of Node, the SDK and the server that are here. Prints what came of each as JSON.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { Client, Connection } from '@temporalio/client';
import { DefaultLogger, NativeConnection, Runtime, Worker } from '@temporalio/worker';
import { RedisTaskClient } from 'temporal-tencent-redis/client';
import { RedisTaskPlugin } from 'temporal-tencent-redis/plugin';
import { RedisApiSimulator, SIMULATOR_CREDENTIAL } from 'temporal-tencent-redis/testing';

for (const name of process.argv.slice(2)) await import(name);
Runtime.install({ logger: new DefaultLogger('ERROR') });
const simulator = await RedisApiSimulator.start();
const address = process.env.TEMPORAL_ADDRESS;
const client = new Client({ connection: await Connection.connect({ address }) });
const taskQueue = `versions-${process.pid}`;
const worker = await Worker.create({
  connection: await NativeConnection.connect({ address }),
  taskQueue,
  workflowsPath: fileURLToPath(new URL('workflows.js', import.meta.url)),
  plugins: [
    new RedisTaskPlugin({ endpoint: simulator.url, credentials: { getCredential: async () => SIMULATOR_CREDENTIAL } }),
  ],
});
const waits = new RedisTaskClient(client, { taskQueue });
const region = 'ap-guangzhou';
const EVERY_SECOND = { initialInterval: '1s', maximumInterval: '1s' };
const HOURLY = { initialInterval: '1h', maximumInterval: '1h' };
let taskId = 0;

function task(timeline) {
  taskId += 1;
  simulator.addTask(taskId, { timeline });
  return taskId;
}

async function untilPolled(wait, polls) {
  for await (const state of waits.progress(wait)) if (state.polls >= polls) return state;
}

async function timers() {
  const id = task([{ status: 'running', forPolls: 3 }, { status: 'succeed' }]);
  const { status, polls } = await waits.await({ taskId: id, region, polling: EVERY_SECOND });
  return `${status} after ${polls} polls`;
}

/** The task ends once the watch has the wait, which polls by itself only after minutes. */
async function shared() {
  const id = task([{ status: 'running' }]);
  const wait = { taskId: id, region };
  await waits.start({ ...wait, polling: { pacing: 'shared' } });
  for await (const { watch } of waits.progress(wait)) if (watch?.since) break;
  simulator.setTask(id, { status: 'succeed' });
  return (await waits.result(wait)).status;
}

async function failed() {
  const id = task([{ status: 'failed', message: 'no quota' }]);
  const args = [{ taskId: id, region }, taskQueue];
  return client.workflow.execute('pipeline', { taskQueue, workflowId: `pipeline-${id}`, args });
}

async function steered() {
  const id = task([{ status: 'running' }]);
  await waits.start({ taskId: id, region, maxWait: '2h', polling: HOURLY });
  const wait = { taskId: id, region };
  const { deadline } = await untilPolled(wait, 1);
  const moved = await waits.extendWait(wait, '3h');
  await waits.pollNow(wait);
  await untilPolled(wait, 2);
  return `moved by ${(Date.parse(moved.deadline) - Date.parse(deadline)) / 3_600_000} h, ${await waits.cancel(wait)}`;
}

/** A wait in the worker process of the package, on a queue of its own. */
async function inWorkerProcess() {
  const queue = `${taskQueue}-process`;
  const env = {
    ...process.env,
    REDIS_TASK_QUEUE: queue,
    REDIS_TASK_HTTP: 'off',
    TENCENTCLOUD_REDIS_ENDPOINT: simulator.url,
    TENCENTCLOUD_SECRET_ID: SIMULATOR_CREDENTIAL.secretId,
    TENCENTCLOUD_SECRET_KEY: SIMULATOR_CREDENTIAL.secretKey,
  };
  const command = 'node_modules/temporal-tencent-redis/lib/worker.js';
  const worker = spawn(process.execPath, [command], { env, stdio: ['ignore', 'inherit', 'inherit'] });
  try {
    const id = task([{ status: 'succeed' }]);
    return (
      await new RedisTaskClient(client, { taskQueue: queue }).await({ taskId: id, region }, { waitForWorker: true })
    ).status;
  } finally {
    worker.kill();
    await once(worker, 'close');
  }
}

const outcomes = await worker.runUntil(async () => ({
  timers: await timers(),
  shared: await shared(),
  failed: await failed(),
  steered: await steered(),
  worker: await inWorkerProcess(),
}));
await simulator.close();
console.log(JSON.stringify(outcomes));
process.exit();
