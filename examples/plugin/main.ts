/** Plays this example: a worker with the plugin waits for two tasks of a simulated API, on a real server. */
import { DefaultLogger, Runtime } from '@temporalio/worker';
import { SIMULATOR_CREDENTIAL } from 'temporal-tencent-redis/testing';
import { Stage } from '../../test/support/stage.js';
import { TASK_QUEUE } from './task-queue.js';
import { createUpgradeWorker } from './worker.js';

Runtime.install({ logger: new DefaultLogger('ERROR'), shutdownSignals: [] });
process.env['TENCENTCLOUD_SECRET_ID'] = SIMULATOR_CREDENTIAL.secretId;
process.env['TENCENTCLOUD_SECRET_KEY'] = SIMULATOR_CREDENTIAL.secretKey;

const stage = await Stage.start();
const { simulator, client } = stage;
process.env['TENCENTCLOUD_REDIS_ENDPOINT'] = simulator.url;
const running = { status: 'running', forPolls: 2 };
simulator.addTask(101, { timeline: [running, { status: 'succeed' }] });
simulator.addTask(102, { timeline: [running, { status: 'failed', message: 'not enough memory in the zone' }] });

try {
  await stage.runWorker(createUpgradeWorker);
  const outcomes = await Promise.all(
    [101, 102].map((taskId) =>
      client.workflow.execute<(taskId: number, region: string) => Promise<string>>('upgrade', {
        workflowId: `upgrade-${taskId}`,
        taskQueue: TASK_QUEUE,
        args: [taskId, 'ap-guangzhou'],
      }),
    ),
  );
  for (const outcome of outcomes) console.log(outcome);
  const [first = '', second] = outcomes;
  const asExpected = first.endsWith('is upgraded') && second === 'not upgraded: not enough memory in the zone';
  process.exitCode = asExpected ? 0 : 1;
} finally {
  await stage.close();
}
