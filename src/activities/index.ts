/**
 * The activities of a worker that waits for Redis tasks.
 *
 * @packageDocumentation
 */
import { Context } from '@temporalio/activity';
import { ApplicationFailure } from '@temporalio/common';
import { DEFAULT_API_RPS } from '../contract/call-limits.js';
import { readInput } from '../contract/input.js';
import { invalidInputMessage } from '../contract/messages.js';
import { InvalidFieldError } from '../contract/rules.js';
import type { RedisTaskObservation } from '../contract/task.js';
import { defaultCredentials } from '../tencent/credentials/index.js';
import type { CredentialProvider } from '../tencent/credentials/provider.js';
import { describeTaskInfo } from '../tencent/describe-task-info.js';
import { readEndpoint } from '../tencent/endpoint.js';
import { TencentApiError } from '../tencent/errors.js';
import { createRedisApi } from '../tencent/redis-api.js';
import { pollErrorClassOf, pollFailure } from './poll-failure.js';

export { defaultCredentials } from '../tencent/credentials/index.js';
export type { CredentialProvider, TencentCredential } from '../tencent/credentials/provider.js';
export { TencentApiError, type TencentErrorClass } from '../tencent/errors.js';
export { createRedisApi, type RedisApi, type RedisApiCall, type RedisApiOptions } from '../tencent/redis-api.js';

/** How often a call under way tells the server that it is alive: it is how a cancellation reaches it. */
const HEARTBEAT_MS = 500;

/** What {@link createRedisActivities} can be told. */
export interface RedisActivitiesOptions {
  /**
   * Where credentials come from, also one of Tencent's own providers.
   * @default the environment, then the profile file
   */
  readonly credentials?: CredentialProvider;
  /**
   * The API's base URL, such as `https://redis.intl.tencentcloudapi.com`.
   * @default the public endpoint of each task's region
   */
  readonly endpoint?: string;
  /**
   * Whether the namespace has the search attributes `RedisTaskStatus`, `RedisRegion` and `RedisInstanceId`. Unregistered
   * ones would block every wait.
   * @default false
   */
  readonly searchAttributes?: boolean;
  /**
   * The most calls a second from this process, evenly spaced: the rate that `maxTaskQueueActivitiesPerSecond` allows the
   * whole fleet, which the server lets pass in bursts of twice as many.
   * @default 15
   */
  readonly requestsPerSecond?: number;
}

/** A task as the API describes it, and what the worker tells the workflow: it then stands in history. */
export interface DescribedTask extends RedisTaskObservation {
  readonly searchAttributes?: true;
  /** How long the call was in the task queue, by this worker's clock and the server's. */
  readonly queuedMs: number;
}

/** The activities by name, as a worker registers them and a workflow calls them. */
export interface RedisActivities {
  /**
   * Asks the API once how a task stands. A task that is still running is a value, not an error.
   *
   * @throws ApplicationFailure with a type of `POLL_FAILURE_TYPES` and a `PollError` as `details[0]`
   */
  describeTaskInfo(task: { readonly taskId: number; readonly region: string }): Promise<DescribedTask>;
}

/**
 * Creates the activities for a worker on the queue `<task queue>-api`, which should be a worker of its own: give it
 * `maxTaskQueueActivitiesPerSecond`, so that the server holds all workers together to the API's rate of 20 calls a
 * second, and `maxHeartbeatThrottleInterval: '1s'`, so that a cancellation aborts a call under way.
 *
 * @example
 * ```ts
 * const worker = await Worker.create({
 *   connection,
 *   taskQueue: 'redis-task-api',
 *   activities: createRedisActivities(),
 *   maxTaskQueueActivitiesPerSecond: 15,
 *   maxHeartbeatThrottleInterval: '1s',
 * });
 * ```
 */
export function createRedisActivities(options: RedisActivitiesOptions = {}): RedisActivities {
  const api = createRedisApi({
    credentials: options.credentials ?? defaultCredentials(),
    endpoint: options.endpoint === undefined ? undefined : readEndpoint(options.endpoint),
    requestsPerSecond: options.requestsPerSecond ?? DEFAULT_API_RPS,
  });
  return {
    async describeTaskInfo(input) {
      const task = requireValid(input);
      const context = Context.current();
      const queuedMs = Date.now() - context.info.currentAttemptScheduledTimestampMs;
      const beats = setInterval(() => context.heartbeat(), HEARTBEAT_MS);
      try {
        const observation = await describeTaskInfo(api, task, context.cancellationSignal);
        return { ...observation, queuedMs, ...(options.searchAttributes && { searchAttributes: true }) };
      } catch (error) {
        if (!(error instanceof TencentApiError)) throw error;
        const errors = context.metricMeter.createCounter('redis_task_api_errors', '', 'Calls that brought no task');
        errors.add(1, { class: pollErrorClassOf(error) });
        throw pollFailure(error, context.info.attempt, Math.random());
      } finally {
        clearInterval(beats);
      }
    },
  };
}

/** The workflow has validated its input, but an activity can be called by anyone, and the region becomes a host name. */
function requireValid(input: unknown): { taskId: number; region: string } {
  try {
    const { taskId, region } = readInput(input);
    return { taskId, region };
  } catch (error) {
    if (!(error instanceof InvalidFieldError)) throw error;
    throw ApplicationFailure.nonRetryable(invalidInputMessage(error.invalid), 'RedisTaskInvalidInput');
  }
}
