import type { WorkerOptions, WorkerPlugin } from '@temporalio/worker';
import { apiTaskQueue, DEFAULT_TASK_QUEUE } from '../contract/ids.js';
import type { WrittenAttributes } from '../contract/search-attributes.js';
import { ApiAccount } from './api/account.js';
import { CallSlots } from './api/call-slots.js';
import type { RedisActivitiesOptions } from './api/options.js';
import { API_RPS_LIMIT, isRate, LIST_RPS_LIMIT, settingsFor } from './api/settings.js';
import { HEALTHY_START } from './healthy-start.js';
import { activitiesOf } from './redis-activities.js';
import { showGauges } from './worker-gauges.js';

/** How long a stopping worker lets its calls go on: one HTTP timeout and a little more. */
export const DRAIN_TIME = '11s';

/**
 * Options of {@link redisApiWorkerOptions}.
 *
 * @example
 * ```ts
 * const options: RedisApiWorkerOptions = {
 *   taskQueue: 'redis-task',
 *   requestsPerSecond: 10,
 *   listRequestsPerSecond: 20,
 *   actions: ['UpgradeInstance'],
 *   secretsFolder: '/run/secrets/redis',
 *   credentials: defaultCredentials(),
 *   endpoint: 'https://redis.intl.tencentcloudapi.com',
 *   searchAttributes: true,
 *   onAccessChange: (refusal) => console.log(refusal?.code ?? 'accepted again'),
 * };
 * ```
 */
export interface RedisApiWorkerOptions extends RedisActivitiesOptions {
  /**
   * Calls a second of all workers together, at most 20. The server enforces it for the queue, so give every worker the
   * same number.
   * @default REDIS_TASK_API_RPS, or 15
   */
  readonly requestsPerSecond?: number;
  /**
   * The queue of the waits; the worker takes their calls from `<taskQueue>-api`.
   * @default 'redis-task'
   */
  readonly taskQueue?: string;
}

/**
 * The options of one worker that makes the calls of waits, and nothing else: its queue, its activities, and what keeps a
 * fleet of such workers to the API's rate. Call it again for another worker: they count its calls.
 *
 * @throws RangeError when `requestsPerSecond` is more than the API takes from an account
 *
 * @example
 * ```ts
 * const calls = await Worker.create({ connection, ...redisApiWorkerOptions() });
 * ```
 */
export function redisApiWorkerOptions({ taskQueue = DEFAULT_TASK_QUEUE, ...options }: RedisApiWorkerOptions = {}) {
  return apiWorkerOptions(accountFor(options), taskQueue);
}

/** The account of one owner of such workers. @throws RangeError as above */
export function accountFor(options: RedisActivitiesOptions): ApiAccount {
  const settings = settingsFor(options);
  refuseRate('requestsPerSecond', settings.requestsPerSecond, API_RPS_LIMIT);
  refuseRate('listRequestsPerSecond', settings.listRequestsPerSecond, LIST_RPS_LIMIT);
  return new ApiAccount(settings, options);
}

function refuseRate(name: string, rate: number, limit: number): void {
  if (!isRate(rate, limit)) throw new RangeError(`${name} is ${rate}, but it must be more than 0 and at most ${limit}`);
}

/** The options of one of the workers that make the calls of an account. What they keep is for this one alone. */
export function apiWorkerOptions(
  account: ApiAccount,
  taskQueue: string,
  searchAttributes: WrittenAttributes = account.settings.searchAttributes,
) {
  const slots = new CallSlots(account.pace);
  const api = account.openApi(slots);
  const unused = { type: 'fixed-size', numSlots: 10 } as const;
  const whileItRuns: WorkerPlugin = {
    name: 'temporal-tencent-redis.ApiWorker',
    async runWorker(worker, next) {
      const ended = account.workerBegan();
      const hideGauges = showGauges(worker, (openWaits) => (account.openWaits = openWaits));
      try {
        await next(worker);
      } finally {
        hideGauges();
        ended();
        api.close();
      }
    },
  };
  return {
    taskQueue: apiTaskQueue(taskQueue),
    activities: activitiesOf(account, api, searchAttributes),
    maxTaskQueueActivitiesPerSecond: account.settings.requestsPerSecond,
    tuner: {
      activityTaskSlotSupplier: slots,
      // The SDK wants all of them.
      workflowTaskSlotSupplier: unused,
      localActivityTaskSlotSupplier: unused,
      nexusTaskSlotSupplier: unused,
    },
    // A cancellation reaches a call with the answer to its next heartbeat.
    maxHeartbeatThrottleInterval: '1s',
    shutdownGraceTime: DRAIN_TIME,
    plugins: [whileItRuns, HEALTHY_START],
  } satisfies WorkerOptions;
}
