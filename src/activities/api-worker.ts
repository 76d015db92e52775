import type { TunerHolder, WorkerOptions } from '@temporalio/worker';
import { apiTaskQueue, DEFAULT_TASK_QUEUE } from '../contract/ids.js';
import { type CallPace, createCallPace } from '../tencent/call-pace.js';
import { CallSlots } from './call-slots.js';
import { activitiesAt, DEFAULT_API_RPS, type RedisActivitiesOptions } from './redis-activities.js';

/** The most calls a second that the API takes from an account. */
export const API_RPS_LIMIT = 20;

/** How long calls under way may go on when a worker stops: one HTTP call's timeout and a little more. */
export const DRAIN_TIME = '11s';

/** What {@link redisApiWorkerOptions} can be told. */
export interface RedisApiWorkerOptions extends RedisActivitiesOptions {
  /**
   * The queue of the waits; the worker takes their calls from `<taskQueue>-api`.
   * @default 'redis-task'
   */
  readonly taskQueue?: string;
}

/**
 * The options of a worker that makes the calls of waits: its queue and activities, and all that keeps a fleet of such
 * workers to the API's rate. Let it do nothing else.
 *
 * The server holds all workers of the queue together to `requestsPerSecond`, so give each of them the same.
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
  return {
    taskQueue: apiTaskQueue(taskQueue),
    activities: activitiesAt(pace, options),
    maxTaskQueueActivitiesPerSecond: requestsPerSecond,
    tuner: tunerFor(pace),
    // A cancelled wait aborts its call with the answer to a heartbeat.
    maxHeartbeatThrottleInterval: '1s',
    shutdownGraceTime: DRAIN_TIME,
  } satisfies WorkerOptions;
}

/** Only its activities are of interest; the others are what the SDK wants to be told. */
function tunerFor(pace: CallPace): TunerHolder {
  const unused = { type: 'fixed-size', numSlots: 10 } as const;
  return {
    workflowTaskSlotSupplier: unused,
    activityTaskSlotSupplier: new CallSlots(pace),
    localActivityTaskSlotSupplier: unused,
    nexusTaskSlotSupplier: unused,
  };
}
