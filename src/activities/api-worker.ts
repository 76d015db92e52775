import type { WorkerOptions } from '@temporalio/worker';
import { apiTaskQueue, DEFAULT_TASK_QUEUE } from '../contract/ids.js';
import { createCallPace } from '../tencent/call-pace.js';
import { CallSlots } from './call-slots.js';
import { activitiesAt, DEFAULT_API_RPS, type RedisActivitiesOptions } from './redis-activities.js';

/** The most calls a second that the API takes from an account. */
export const API_RPS_LIMIT = 20;

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
   * @default 15
   */
  readonly requestsPerSecond?: number;
  /**
   * The queue of the waits; the worker takes their calls from `<taskQueue>-api`.
   * @default 'redis-task'
   */
  readonly taskQueue?: string;
}

/**
 * The options of a worker that makes the calls of waits, and nothing else: its queue, its activities, and what keeps a
 * fleet of such workers to the API's rate.
 *
 * @throws RangeError when `requestsPerSecond` is more than the API takes from an account
 *
 * @example
 * ```ts
 * const calls = await Worker.create({ connection, ...redisApiWorkerOptions() });
 * ```
 */
export function redisApiWorkerOptions({
  taskQueue = DEFAULT_TASK_QUEUE,
  requestsPerSecond = DEFAULT_API_RPS,
  ...options
}: RedisApiWorkerOptions = {}) {
  if (!(requestsPerSecond > 0 && requestsPerSecond <= API_RPS_LIMIT)) {
    throw new RangeError(
      `requestsPerSecond is ${requestsPerSecond}, but it must be more than 0 and at most ${API_RPS_LIMIT}`,
    );
  }
  const pace = createCallPace(requestsPerSecond);
  const unused = { type: 'fixed-size', numSlots: 10 } as const;
  return {
    taskQueue: apiTaskQueue(taskQueue),
    activities: activitiesAt(pace, options),
    maxTaskQueueActivitiesPerSecond: requestsPerSecond,
    tuner: {
      activityTaskSlotSupplier: new CallSlots(pace),
      // The SDK wants all of them.
      workflowTaskSlotSupplier: unused,
      localActivityTaskSlotSupplier: unused,
      nexusTaskSlotSupplier: unused,
    },
    // A cancellation reaches a call with the answer to its next heartbeat.
    maxHeartbeatThrottleInterval: '1s',
    shutdownGraceTime: DRAIN_TIME,
  } satisfies WorkerOptions;
}
