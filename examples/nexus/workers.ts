import { fileURLToPath } from 'node:url';
import { type NativeConnection, Worker } from '@temporalio/worker';
import { createRedisTasksHandler } from 'temporal-tencent-redis/nexus/handler';

/** The namespace of the team that calls. */
export const CALLERS = 'pipelines';

/** The queue that the endpoint leads to. */
export const HANDLER_QUEUE = 'redis-task-nexus';

/** Takes the operations and starts waits on `redis-task`, for the worker of the package; both in its namespace. */
export function createHandlerWorker(connection: NativeConnection): Promise<Worker> {
  return Worker.create({ connection, taskQueue: HANDLER_QUEUE, nexusServices: [createRedisTasksHandler()] });
}

/** The other team's worker, in its own namespace. */
export function createCallerWorker(connection: NativeConnection): Promise<Worker> {
  return Worker.create({
    connection,
    namespace: CALLERS,
    taskQueue: 'migrations',
    workflowsPath: fileURLToPath(new URL('./workflows.ts', import.meta.url)),
  });
}
