import { Worker, type WorkerInterceptors, type WorkerPlugin } from '@temporalio/worker';
import { apiTaskQueue } from '../contract/ids.js';
import type { redisApiWorkerOptions } from './api-worker.js';

/**
 * Creates the worker that makes the calls of the waits on `outer`'s queue. It inherits what decides how payloads are
 * encoded and who sees them, as `outer`'s plugins left it.
 *
 * @throws Error when another worker of this process serves the queue of the calls
 */
export async function createApiWorker(
  { options: outer }: Worker,
  options: ReturnType<typeof redisApiWorkerOptions>,
): Promise<Worker> {
  const { namespace, identity, debugMode, dataConverter, shutdownForceTimeMs, workerDeploymentOptions } = outer;
  // The SDK does not export the type of its compiled interceptors.
  const { activity = [], client = {} } = outer.interceptors as Pick<WorkerInterceptors, 'activity' | 'client'>;
  const taskQueue = apiTaskQueue(outer.taskQueue);
  // As an option, the connection would apply its plugins a second time. So a plugin sets it, after they are collected.
  const onSameConnection: WorkerPlugin = {
    name: 'temporal-tencent-redis.OuterConnection',
    configureWorker: (own) => ({ ...own, ...(outer.connection && { connection: outer.connection }) }),
  };
  try {
    return await Worker.create({
      namespace,
      identity,
      debugMode,
      interceptors: { activity, client },
      ...(dataConverter && { dataConverter }),
      ...(shutdownForceTimeMs !== undefined && { shutdownForceTime: shutdownForceTimeMs }),
      ...(workerDeploymentOptions && { workerDeploymentOptions }),
      ...options,
      taskQueue,
      plugins: [onSameConnection],
    });
  } catch (error) {
    if (!/multiple workers/i.test(String(error))) throw error;
    throw new Error(
      `A worker of this process takes activities from ${taskQueue} already: serve the waits of a task queue once per process, by RedisTaskPlugin or runRedisTaskWorker, and start no worker of your own on ${taskQueue}`,
      { cause: error },
    );
  }
}
