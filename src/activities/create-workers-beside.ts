import { Worker, type WorkerInterceptors, type WorkerOptions, type WorkerPlugin } from '@temporalio/worker';
import type { ApiAccount } from './api/account.js';
import { apiWorkerOptions } from './api-worker.js';
import { TOGETHER } from './run-workers.js';
import { writableSearchAttributes } from './search-attributes.js';
import { refusedAsSecond } from './second-worker.js';
import { watchWorkerOptions } from './watch-worker.js';

/**
 * What creates the workers that serve the waits on `outer`'s queue beside it: one makes their calls, one answers what they
 * ask about the server.
 *
 * @throws SecondWorkerError when another worker of this process serves one of their queues
 */
export async function workersBeside(outer: Worker, account: ApiAccount) {
  const searchAttributes = account.settings.searchAttributes && (await writableSearchAttributes(outer));
  const options = apiWorkerOptions(account, outer.options.taskQueue, searchAttributes);
  return [
    () => createBeside(outer, options),
    () => createBeside(outer, watchWorkerOptions(account, options.taskQueue)),
  ] as const;
}

/** The worker inherits what decides how payloads are encoded and who sees them, as `outer`'s plugins left it. */
function createBeside({ options: outer }: Worker, options: WorkerOptions & { readonly taskQueue: string }) {
  const { namespace, identity, debugMode, dataConverter, shutdownForceTimeMs, workerDeploymentOptions } = outer;
  // The SDK does not export the type of its compiled interceptors.
  const { activity = [], client = {} } = outer.interceptors as Pick<WorkerInterceptors, 'activity' | 'client'>;
  // As an option, the connection would apply its plugins a second time. So a plugin sets it, after they are collected.
  const onSameConnection: WorkerPlugin = {
    name: 'temporal-tencent-redis.OuterConnection',
    configureWorker: (own) => ({ ...own, ...(outer.connection && { connection: outer.connection }) }),
  };
  return Worker.create({
    namespace,
    identity,
    debugMode,
    interceptors: { activity, client },
    ...(dataConverter && { dataConverter }),
    ...(shutdownForceTimeMs !== undefined && { shutdownForceTime: shutdownForceTimeMs }),
    ...(workerDeploymentOptions && { workerDeploymentOptions }),
    ...options,
    plugins: [onSameConnection, ...(options.plugins ?? []), TOGETHER],
  }).catch(refusedAsSecond(options.taskQueue));
}
