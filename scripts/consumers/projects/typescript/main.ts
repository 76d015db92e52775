import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { Client, Connection } from '@temporalio/client';
import { bundleWorkflowCode, DefaultLogger, NativeConnection, Runtime, Worker } from '@temporalio/worker';
import { createRedisActivities } from 'temporal-tencent-redis/activities';
import { RedisTaskClient } from 'temporal-tencent-redis/client';
import { RedisApiSimulator, SIMULATOR_CREDENTIAL } from 'temporal-tencent-redis/testing';

const doors = await Promise.all(process.argv.slice(2).map((door) => import(door) as Promise<unknown>));

const logger = new DefaultLogger('ERROR');
Runtime.install({ logger });
const workflowsPath = fileURLToPath(new URL('workflows.js', import.meta.url));
const workflowBundle = await bundleWorkflowCode({ workflowsPath, logger });

const simulator = await RedisApiSimulator.start();
simulator.addTask(18215, {
  timeline: [
    { status: 'running', forPolls: 1 },
    { status: 'succeed', message: 'ok' },
  ],
});

const address = process.env['TEMPORAL_ADDRESS'] ?? '';
const connection = await NativeConnection.connect({ address });
const client = new Client({ connection: await Connection.connect({ address }) });
const taskQueue = 'esm-typescript';
const activities = createRedisActivities({
  endpoint: simulator.url,
  credentials: { getCredential: () => Promise.resolve(SIMULATOR_CREDENTIAL) },
});
const waits = await Worker.create({ connection, taskQueue, workflowBundle });
const calls = await Worker.create({ connection, taskQueue: `${taskQueue}-api`, activities });

const running = calls.run();
const { status } = await waits.runUntil(
  new RedisTaskClient(client, { taskQueue }).await({
    taskId: 18215,
    region: 'ap-guangzhou',
    polling: { initialInterval: '1s' },
  }),
);
calls.shutdown();
await running;
await simulator.close();
console.log(JSON.stringify({ status, opened: doors.length }));
process.exit();
