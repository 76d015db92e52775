import { fileURLToPath } from 'node:url';
import { type NativeConnection, Worker } from '@temporalio/worker';
import { RedisTaskPlugin } from 'temporal-tencent-redis/plugin';
import { TASK_QUEUE } from './task-queue.js';

/** Creates one worker for everything: the pipelines, their waits and, through the plugin, the API calls. */
export function createUpgradeWorker(connection: NativeConnection, endpoint: string): Promise<Worker> {
  return Worker.create({
    connection,
    taskQueue: TASK_QUEUE,
    workflowsPath: fileURLToPath(new URL('./workflows.ts', import.meta.url)),
    // Credentials come from the environment. The endpoint is set only because this example uses a simulator.
    plugins: [new RedisTaskPlugin({ endpoint, requestsPerSecond: 10 })],
  });
}
