import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { Client, Connection } from '@temporalio/client';
import { DefaultLogger, NativeConnection, Runtime, Worker } from '@temporalio/worker';
import { RedisTaskPlugin } from 'temporal-tencent-redis/plugin';
import { RedisApiSimulator, SIMULATOR_CREDENTIAL } from 'temporal-tencent-redis/testing';

const imported = await Promise.all(process.argv.slice(2).map((name) => import(name)));
Runtime.install({ logger: new DefaultLogger('ERROR') });
const simulator = await RedisApiSimulator.start();
simulator.addTask(18215, { timeline: [{ status: 'running', forPolls: 1 }, { status: 'succeed' }] });
const address = process.env.TEMPORAL_ADDRESS;
const client = new Client({ connection: await Connection.connect({ address }) });
const taskQueue = 'javascript';
const worker = await Worker.create({
  connection: await NativeConnection.connect({ address }),
  taskQueue,
  workflowsPath: fileURLToPath(new URL('workflows.js', import.meta.url)),
  plugins: [
    new RedisTaskPlugin({
      endpoint: simulator.url,
      credentials: { getCredential: async () => SIMULATOR_CREDENTIAL },
    }),
  ],
});
const input = { taskId: 18215, region: 'ap-guangzhou', polling: { initialInterval: '1s' } };
const { status } = await worker.runUntil(
  client.workflow.execute('pipeline', { taskQueue, workflowId: taskQueue, args: [input, taskQueue] }),
);
await simulator.close();
console.log(JSON.stringify({ status, imported: imported.length }));
process.exit();
