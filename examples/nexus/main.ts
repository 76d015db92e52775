/** Plays this example: three pipelines of another namespace share one wait, and one of them leaves before its end. */
import type { WorkflowHandle } from '@temporalio/client';
import { DefaultLogger, Runtime } from '@temporalio/worker';
import { RedisTaskClient } from 'temporal-tencent-redis/client';
import { Stage } from '../../test/support/stage.js';
import { CALLERS, createCallerWorker, createHandlerWorker, HANDLER_QUEUE } from './workers.js';

const TASK = { taskId: 201, region: 'ap-guangzhou' };

Runtime.install({ logger: new DefaultLogger('ERROR'), shutdownSignals: [] });
const stage = await Stage.start({ server: { namespace: CALLERS } });
const { simulator, client } = stage;
simulator.addTask(TASK.taskId, {
  timeline: [
    { status: 'running', forPolls: 2 },
    { status: 'failed', message: 'disk is full' },
  ],
});

try {
  stage.startWorker();
  const worker = { namespace: 'default', taskQueue: HANDLER_QUEUE };
  const spec = { name: 'redis-tasks', target: { worker } };
  await client.connection.operatorService.createNexusEndpoint({ spec });
  await stage.runWorker(createHandlerWorker);
  await stage.runWorker(createCallerWorker);
  const outcomes = await play();
  for (const outcome of outcomes) console.log(outcome);
  console.log(`${simulator.stats().calls} calls of the API`);
  const expected = ['cancelled', 'RedisTaskFailed: disk is full', 'RedisTaskFailed: disk is full'];
  const asExpected = JSON.stringify(outcomes) === JSON.stringify(expected) && simulator.stats().calls === 3;
  process.exitCode = asExpected ? 0 : 1;
} finally {
  await stage.close();
}

async function play(): Promise<string[]> {
  const callers = stage.clientOf(CALLERS);
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
  const waits = new RedisTaskClient(client);
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
