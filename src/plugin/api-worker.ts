import { Worker, type WorkerInterceptors, type WorkerOptions } from '@temporalio/worker';
import type { redisApiWorkerOptions } from '../activities/index.js';
import { apiTaskQueue } from '../contract/ids.js';

/**
 * Creates the worker that makes the calls of the waits on `outer`'s queue.
 *
 * It inherits what decides how payloads look and who sees them: namespace, data converter, interceptors, version. That
 * is taken from `outer` as all of its plugins left it, so none of them is applied once more.
 *
 * @throws Error that says what to do when a worker of this process takes the calls of that queue already
 */
export async function createApiWorker(
  outer: Worker,
  options: ReturnType<typeof redisApiWorkerOptions>,
): Promise<Worker> {
  const taskQueue = apiTaskQueue(outer.options.taskQueue);
  try {
    return await Worker.create({
      ...inherited(outer),
      ...options,
      taskQueue,
      plugins: [onConnectionOf(outer)],
    });
  } catch (error) {
    if (!/multiple workers/i.test(String(error))) throw error;
    throw new Error(
      `A worker of this process takes activities from ${taskQueue} already: give RedisTaskPlugin to one worker per task queue, and start no worker of your own on ${taskQueue}`,
      { cause: error },
    );
  }
}

function inherited({ options }: Worker): Partial<WorkerOptions> {
  const { namespace, identity, debugMode, dataConverter, shutdownForceTimeMs, workerDeploymentOptions } = options;
  // Of the type of its interceptors the SDK exports nothing; they are made from these.
  const { activity = [], client = {} } = options.interceptors as Pick<WorkerInterceptors, 'activity' | 'client'>;
  return {
    namespace,
    identity,
    debugMode,
    interceptors: { activity, client },
    ...(dataConverter && { dataConverter }),
    ...(shutdownForceTimeMs !== undefined && { shutdownForceTime: shutdownForceTimeMs }),
    ...(workerDeploymentOptions && { workerDeploymentOptions }),
  };
}

/**
 * Sets the connection where plugins are applied, that is, after the SDK has collected them: those of the connection have
 * left their mark in the inherited options, and would leave it twice. A worker that made its own connection keeps it to
 * itself and closes it; the new one then makes its own as well.
 */
function onConnectionOf({ options: { connection } }: Worker) {
  return {
    name: 'temporal-tencent-redis.OuterConnection',
    configureWorker: (options: WorkerOptions): WorkerOptions => ({ ...options, ...(connection && { connection }) }),
  };
}
