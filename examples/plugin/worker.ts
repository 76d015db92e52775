import { fileURLToPath } from 'node:url';
import { type NativeConnection, Worker } from '@temporalio/worker';
import { RedisTaskPlugin } from 'temporal-tencent-redis/plugin';
import { TASK_QUEUE } from './task-queue.js';

/** Creates one worker for everything: the pipelines, their waits and, through the plugin, the API calls. */
export function createUpgradeWorker(connection: NativeConnection): Promise<Worker> {
  return Worker.create({
    connection,
    taskQueue: TASK_QUEUE,
    workflowsPath: fileURLToPath(new URL('./workflows.ts', import.meta.url)),
    // The key, and where it is sent, come from the environment.
    plugins: [new RedisTaskPlugin({ requestsPerSecond: 10 })],
  });
}
