/**
 * All that a wait needs, for a worker of your own.
 *
 * @packageDocumentation
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
import { createQueueActivities, redisApiWorkerOptions, type RedisActivitiesOptions } from '../activities/index.js';
import { runAndStop, runWorkers } from '../activities/run-workers.js';
import { DEFAULT_TASK_QUEUE } from '../contract/ids.js';
import { createApiWorker } from './api-worker.js';

/** Runs in the sandbox before a workflow is looked up; its path is for the bundler. */
const REEXPORT_CHECK = fileURLToPath(new URL('./reexport-check.js', import.meta.url));

/** Options of a {@link RedisTaskPlugin}: those of the activities. */
export interface RedisTaskPluginOptions extends Omit<RedisActivitiesOptions, 'requestsPerSecond'> {
  /**
   * The most calls a second of the whole fleet, at most 20: the server holds all workers of the queue together to it, so
   * give each of them the same. It is also the pace of this process.
   * @default 15
   */
  readonly requestsPerSecond?: number;
}

/**
 * Makes a worker of your own serve waits: beside it runs a second one, on the queue `<its task queue>-api`, that makes
 * the calls of the API, at the API's rate. It starts and stops with yours, and when one fails for good both stop.
 *
 * Bundles cannot bring workflows: a workflow file of yours must re-export the one that waits, as children and clients
 * start it. (`waitForRedisTask`, inline, needs no re-export.)
 *
 * ```ts
 * export { awaitRedisTask } from 'temporal-tencent-redis/workflows';
 * ```
 *
 * Goes with a worker or with its `NativeConnection`; where you bundle yourself, give it to `bundleWorkflowCode` too.
 *
 * @experimental Temporal's interfaces of plugins are experimental, so a release of the SDK may change them.
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
  private readonly apiWorker: ReturnType<typeof redisApiWorkerOptions>;
  /** Given with a worker and with its connection too, a plugin stands twice in the worker's list. */
  private readonly served = new WeakSet<Worker>();

  /** @throws RangeError when `requestsPerSecond` is more than the API takes from an account */
  constructor(options: RedisTaskPluginOptions = {}) {
    this.apiWorker = redisApiWorkerOptions(options);
  }

  /** Called by the SDK. @throws TypeError when the worker has an activity of the same name */
  configureWorker(options: WorkerOptions): WorkerOptions {
    const own = options.activities ?? {};
    this.refuseClash(Object.keys(own));
    // A worker without activities stays one: another worker of the process may take them from the same queue.
    if (Object.keys(own).length === 0) return options;
    return { ...options, activities: { ...own, ...createQueueActivities() } };
  }

  /** Called by the SDK: lets a missing re-export be told from a misspelt workflow. */
  configureBundler(options: BundleOptions): BundleOptions {
    const workflowInterceptorModules = [...(options.workflowInterceptorModules ?? []), REEXPORT_CHECK];
    return { ...options, workflowInterceptorModules };
  }

  /** Called by the SDK. */
  async runWorker(worker: Worker, next: (worker: Worker) => Promise<void>): Promise<void> {
    if (this.served.has(worker)) return next(worker);
    this.served.add(worker);
    warnOfOwnQueue(worker);
    let calls: Worker;
    try {
      // Once more: a plugin that came later may have brought the activity.
      this.refuseClash([...worker.options.activities.keys()]);
      calls = await createApiWorker(worker, this.apiWorker);
    } catch (error) {
      await runAndStop(worker, next);
      throw error;
    }
    await runWorkers(worker, calls, next);
  }

  private refuseClash(names: readonly string[]): void {
    const clash = Object.keys(this.apiWorker.activities).find((name) => names.includes(name));
    if (clash === undefined) return;
    throw new TypeError(
      `The worker has an activity ${clash}, which RedisTaskPlugin brings: rename yours, or leave it out if it is this package's`,
    );
  }
}

/** Nobody would take what a child helper starts by default: that mistake shows as a wait that never begins. */
function warnOfOwnQueue({ options: { taskQueue } }: Worker): void {
  if (taskQueue === DEFAULT_TASK_QUEUE) return;
  const where = `{ taskQueue: '${taskQueue}' }`;
  Runtime.instance().logger.warn(
    `RedisTaskPlugin serves waits on the queue ${taskQueue}: give ${where} to the child helpers and clients whose waits this worker is to take, since they start them on ${DEFAULT_TASK_QUEUE} otherwise`,
    { taskQueue },
  );
}
