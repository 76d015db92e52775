import { Context } from '@temporalio/activity';
import { ApplicationFailure } from '@temporalio/common';
import { DEFAULT_API_RPS } from '../contract/call-limits.js';
import { readInput } from '../contract/input.js';
import { invalidInputMessage } from '../contract/messages.js';
import { InvalidFieldError } from '../contract/rules.js';
import type { RedisTaskObservation } from '../contract/task.js';
import { type CallPace, createCallPace } from '../tencent/call-pace.js';
import { defaultCredentials } from '../tencent/credentials/index.js';
import type { CredentialProvider } from '../tencent/credentials/provider.js';
import { describeTaskInfo } from '../tencent/describe-task-info.js';
import { readEndpoint } from '../tencent/endpoint.js';
import { TencentApiError } from '../tencent/errors.js';
import { createRedisApi } from '../tencent/redis-api.js';
import { AccessWatch } from './access-watch.js';
import { pollErrorClassOf, pollFailure } from './poll-failure.js';

/** How often a call under way tells the server that it is alive: it is how a cancellation reaches it. */
const HEARTBEAT_MS = 500;

/** What an attempt leaves of its time to tell the server how it went. */
const ANSWER_MS = 1_000;

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
  /**
   * Called when the API refuses the credentials of this process, or they cannot be loaded, with the reason; and with
   * undefined when a call is accepted again. Meanwhile the process makes a tenth of its calls, so that other workers of
   * the fleet get the rest.
   */
  readonly onAccessChange?: (refusal: TencentApiError | undefined) => void;
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
 * Creates the activities of a worker on the queue `<task queue>-api`. A worker needs more than these to keep to the API's
 * rate: `redisApiWorkerOptions` has all of it.
 */
export function createRedisActivities(options: RedisActivitiesOptions = {}): RedisActivities {
  return activitiesAt(createCallPace(options.requestsPerSecond ?? DEFAULT_API_RPS), options);
}

/** The same, at a pace that the caller watches. */
export function activitiesAt(pace: CallPace, options: RedisActivitiesOptions): RedisActivities {
  const api = createRedisApi({
    credentials: options.credentials ?? defaultCredentials(),
    endpoint: options.endpoint === undefined ? undefined : readEndpoint(options.endpoint),
    pace,
  });
  const access = new AccessWatch((refusal) => {
    pace.slowDown(refusal !== undefined);
    options.onAccessChange?.(refusal);
  });
  return {
    async describeTaskInfo(input) {
      const task = requireValid(input);
      const context = Context.current();
      const { currentAttemptScheduledTimestampMs, startToCloseTimeoutMs } = context.info;
      const queuedMs = Date.now() - currentAttemptScheduledTimestampMs;
      const timeoutMs = Math.max(ANSWER_MS, startToCloseTimeoutMs - ANSWER_MS);
      const beats = setInterval(() => context.heartbeat(), HEARTBEAT_MS);
      try {
        const observation = await access.watch(
          () => describeTaskInfo(api, task, { signal: context.cancellationSignal, timeoutMs }),
          () => describeTaskInfo(api, task),
        );
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
