/** `npm run example:nexus`: three pipelines of another namespace share one wait, one of them leaves before its end. */
import { Client, Connection, type WorkflowHandle } from '@temporalio/client';
import { DefaultLogger, NativeConnection, Runtime } from '@temporalio/worker';
import { RedisTaskClient } from 'temporal-tencent-redis/client';
import { RedisApiSimulator } from 'temporal-tencent-redis/testing';
import { startWorkerProcess } from '../../scripts/worker-process.js';
import { startDevServer } from '../../src/engine/index.js';
import { CALLERS, createCallerWorker, createHandlerWorker, HANDLER_QUEUE } from './workers.js';

const TASK = { taskId: 201, region: 'ap-guangzhou' };

Runtime.install({ logger: new DefaultLogger('ERROR'), shutdownSignals: [] });
const server = await startDevServer({ namespace: CALLERS });
const simulator = await RedisApiSimulator.start();
const waits = startWorkerProcess({ server, simulator, settings: { REDIS_TASK_HTTP: 'off' } });
const connection = await Connection.connect({ address: server.address });
const workers = await NativeConnection.connect({ address: server.address });
const worker = { namespace: 'default', taskQueue: HANDLER_QUEUE };
await connection.operatorService.createNexusEndpoint({ spec: { name: 'redis-tasks', target: { worker } } });

simulator.addTask(TASK.taskId, {
  timeline: [
    { status: 'running', forPolls: 2 },
    { status: 'failed', message: 'disk is full' },
  ],
});
const handlers = await createHandlerWorker(workers);
const pipelines = await createCallerWorker(workers);

try {
  const outcomes = await handlers.runUntil(pipelines.runUntil(play()));
  for (const outcome of outcomes) console.log(outcome);
  console.log(`${simulator.stats().calls} calls of the API`);
  const expected = ['cancelled', 'RedisTaskFailed: disk is full', 'RedisTaskFailed: disk is full'];
  const asExpected = JSON.stringify(outcomes) === JSON.stringify(expected) && simulator.stats().calls === 3;
  process.exitCode = asExpected ? 0 : 1;
} finally {
  await waits.stop();
  await workers.close();
  await connection.close();
  await simulator.close();
  await server.stop();
}

async function play(): Promise<string[]> {
  const callers = new Client({ connection, namespace: CALLERS });
  const handles = await Promise.all(
    ['first', 'second', 'third'].map((name) =>
      callers.workflow.start<(taskId: number, region: string) => Promise<string>>('migrate', {
        workflowId: `migrate-${name}`,
        taskQueue: 'migrations',
        args: [TASK.taskId, TASK.region],
      }),
    ),
  );
  await untilShared(handles.length);
  await handles[0]?.cancel();
  return Promise.all(handles.map(outcomeOf));
}

/** Resolves when all callers have joined the wait, which lasts a second or two. */
async function untilShared(callers: number): Promise<void> {
  const waits = new RedisTaskClient(new Client({ connection }));
  for (let joined = 0; joined < callers;) {
    await new Promise((resolve) => setTimeout(resolve, 50));
    const [wait] = await waits.find(TASK);
    joined = wait?.raw.callbacks?.length ?? 0;
  }
}

async function outcomeOf(handle: WorkflowHandle<(taskId: number, region: string) => Promise<string>>): Promise<string> {
  try {
    return await handle.result();
  } catch {
    return (await handle.describe()).status.name.toLowerCase();
  }
}
