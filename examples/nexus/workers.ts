import { fileURLToPath } from 'node:url';
import { type NativeConnection, Worker } from '@temporalio/worker';
import { createRedisTasksHandler } from 'temporal-tencent-redis/nexus/handler';

/** The namespace of the calling team. */
export const CALLERS = 'pipelines';

/** The target task queue of the endpoint. */
export const HANDLER_QUEUE = 'redis-task-nexus';

/** Creates the worker that handles the operations. It starts waits on `redis-task`, in its own namespace. */
export function createHandlerWorker(connection: NativeConnection): Promise<Worker> {
  return Worker.create({ connection, taskQueue: HANDLER_QUEUE, nexusServices: [createRedisTasksHandler()] });
}

/** Creates the calling team's worker, in the calling team's namespace. */
export function createCallerWorker(connection: NativeConnection): Promise<Worker> {
  return Worker.create({
    connection,
    namespace: CALLERS,
    taskQueue: 'migrations',
    workflowsPath: fileURLToPath(new URL('./workflows.ts', import.meta.url)),
  });
}
