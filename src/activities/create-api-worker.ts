import { Worker, type WorkerInterceptors, type WorkerPlugin } from '@temporalio/worker';
import type { ApiAccount } from './api-account.js';
import { apiWorkerOptions } from './api-worker.js';
import { TOGETHER } from './run-workers.js';
import { refusedAsSecond } from './second-worker.js';

/**
 * Creates the worker that makes the calls of the waits on `outer`'s queue. It inherits what decides how payloads are
 * encoded and who sees them, as `outer`'s plugins left it.
 *
 * @throws SecondWorkerError when another worker of this process serves the queue of the calls
 */
export async function createApiWorker({ options: outer }: Worker, account: ApiAccount): Promise<Worker> {
  const { namespace, identity, debugMode, dataConverter, shutdownForceTimeMs, workerDeploymentOptions } = outer;
  // The SDK does not export the type of its compiled interceptors.
  const { activity = [], client = {} } = outer.interceptors as Pick<WorkerInterceptors, 'activity' | 'client'>;
  // As an option, the connection would apply its plugins a second time. So a plugin sets it, after they are collected.
  const onSameConnection: WorkerPlugin = {
    name: 'temporal-tencent-redis.OuterConnection',
    configureWorker: (own) => ({ ...own, ...(outer.connection && { connection: outer.connection }) }),
  };
  const options = apiWorkerOptions(account, outer.taskQueue);
  return Worker.create({
    namespace,
    identity,
    debugMode,
    interceptors: { activity, client },
    ...(dataConverter && { dataConverter }),
    ...(shutdownForceTimeMs !== undefined && { shutdownForceTime: shutdownForceTimeMs }),
    ...(workerDeploymentOptions && { workerDeploymentOptions }),
    ...options,
    plugins: [onSameConnection, ...options.plugins, TOGETHER],
  }).catch(refusedAsSecond(options.taskQueue));
}
