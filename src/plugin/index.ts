/**
 * Lets a worker of your own serve waits.
 *
 * @module temporal-tencent-redis/plugin
 */

import { fileURLToPath } from 'node:url';
import {
  type BundleOptions,
  type BundlerPlugin,
  type NativeConnectionPlugin,
  Runtime,
  type Worker,
  type WorkerOptions,
  type WorkerPlugin,
} from '@temporalio/worker';
import type { ApiAccount } from '../activities/api/account.js';
import { accountFor } from '../activities/api-worker.js';
import { workersBeside } from '../activities/create-workers-beside.js';
import type { RedisApiWorkerOptions } from '../activities/index.js';
import { API_ACTIVITIES } from '../activities/redis-activities.js';
import { createTogether, innermost, runTogether } from '../activities/run-workers.js';
import { DEFAULT_TASK_QUEUE } from '../contract/ids.js';
import { ParentCancellations } from '../parents/index.js';

/** The bundler adds this file to the workflow bundle. */
const REEXPORT_CHECK = fileURLToPath(new URL('./reexport-check.js', import.meta.url));

/**
 * Options of a {@link RedisTaskPlugin}: those of the worker that makes the calls. The queue is your worker's.
 *
 * @interface
 *
 * @example
 * ```ts
 * const options: RedisTaskPluginOptions = {
 *   credentials: defaultCredentials(),
 *   endpoint: 'https://redis.intl.tencentcloudapi.com',
 *   requestsPerSecond: 10,
 *   listRequestsPerSecond: 20,
 *   actions: ['UpgradeInstance'],
 *   secretsFolder: '/run/secrets/redis',
 *   searchAttributes: true,
 *   onAccessChange: (refusal) => console.log(refusal?.code ?? 'accepted again'),
 * };
 * ```
 */
export type RedisTaskPluginOptions = Omit<RedisApiWorkerOptions, 'taskQueue'>;

/**
 * Makes your worker serve waits. Beside it runs a second worker, on the queue `<its task queue>-api`, that makes the
 * calls at the API's rate. Both start and stop together; when one fails, the other stops.
 *
 * A plugin cannot add workflows to a bundle, so your workflow file must re-export the one that waits and the one that
 * watches shared waits. (Only `waitForRedisTask`, which waits inline, needs neither.)
 *
 * ```ts
 * export { awaitRedisTask, watchRedisTasks } from 'temporal-tencent-redis/workflows';
 * ```
 *
 * Give the plugin to the worker or to its `NativeConnection`. If you call `bundleWorkflowCode` yourself, give it the
 * plugin too.
 *
 * @experimental Temporal's plugin interfaces are experimental, so a release of the SDK may change them.
 *
 * @example
 * ```ts
 * const worker = await Worker.create({
 *   taskQueue: 'orders',
 *   workflowsPath: fileURLToPath(new URL('./workflows.js', import.meta.url)),
 *   plugins: [new RedisTaskPlugin()],
 * });
 * await worker.run();
 * ```
 */
export class RedisTaskPlugin implements WorkerPlugin, BundlerPlugin, NativeConnectionPlugin {
  readonly name = 'temporal-tencent-redis.RedisTaskPlugin';
  /** Shared by all workers that the plugin is given to. */
  private readonly account: ApiAccount;
  /** A plugin given to both the worker and its connection is called twice. */
  private readonly served = new WeakSet<Worker>();

  /** @throws RangeError when `requestsPerSecond` is over the API's limit; ConfigError for a variable that cannot be used */
  constructor(options: RedisTaskPluginOptions = {}) {
    this.account = accountFor(options);
  }

  /** Called by the SDK. @throws TypeError when the worker has an activity of the same name */
  configureWorker(options: WorkerOptions): WorkerOptions {
    this.refuseClash(Object.keys(options.activities ?? {}));
    return innermost(ParentCancellations.addTo(options));
  }

  /** Called by the SDK. Adds the check that reports a missing re-export. */
  configureBundler(options: BundleOptions): BundleOptions {
    const workflowInterceptorModules = [...(options.workflowInterceptorModules ?? []), REEXPORT_CHECK];
    return { ...options, workflowInterceptorModules };
  }

  /** Called by the SDK. */
  async runWorker(worker: Worker, next: (worker: Worker) => Promise<void>): Promise<void> {
    if (this.served.has(worker)) return next(worker);
    this.served.add(worker);
    warnOfOwnQueue(worker);
    const run = (each: Worker) => (each === worker ? next(each) : each.run());
    const [createCalls, createWatch] = await workersBeside(worker, this.account);
    const createCheckedCalls = () => {
      // Checked again: a plugin after this one may have added the activity.
      this.refuseClash([...worker.options.activities.keys()]);
      return createCalls();
    };
    const beside = await createTogether(worker, [createCheckedCalls, createWatch], run);
    await runTogether([worker, ...beside], { run });
  }

  private refuseClash(names: readonly string[]): void {
    const clash = API_ACTIVITIES.find((name) => names.includes(name));
    if (clash === undefined) return;
    throw new TypeError(
      `The worker has an activity ${clash}, which RedisTaskPlugin brings: rename yours, or leave it out if it is this package's`,
    );
  }
}

/** Helpers and clients start waits on the default queue: without this warning, such a wait would just never begin. */
function warnOfOwnQueue({ options: { taskQueue } }: Worker): void {
  if (taskQueue === DEFAULT_TASK_QUEUE) return;
  Runtime.instance().logger.warn(
    `RedisTaskPlugin serves waits on the queue ${taskQueue}: give { taskQueue: '${taskQueue}' } to the child helpers and clients whose waits this worker is to take, since they start them on ${DEFAULT_TASK_QUEUE} otherwise`,
    { taskQueue },
  );
}
