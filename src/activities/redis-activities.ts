import { type InstancesAnswer, type InstancesQuestion, readInstancesQuestion } from '../contract/instance/instances.js';
import type { WrittenAttributes } from '../contract/search-attributes.js';
import { readInput } from '../contract/task/input.js';
import type { RedisTaskObservation } from '../contract/task/observation.js';
import { seldomMs } from '../contract/watch/watched-wait.js';
import { describeTaskInfo } from '../tencent/describe-task-info.js';
import { observeInstances } from '../tencent/observe-instances.js';
import type { RedisApi } from '../tencent/redis-api.js';
import { actionActivitiesOf, type RedisActionActivities } from './action/action-activities.js';
import { ApiAccount } from './api/account.js';
import { askApi } from './api/ask-api.js';
import type { RedisActivitiesOptions } from './api/options.js';
import { settingsFor } from './api/settings.js';

/** A task as the API describes it, and what the worker adds: all of it is in the workflow's history. */
export interface DescribedTask extends RedisTaskObservation {
  /** Which search attributes the wait has. */
  readonly searchAttributes?: true | 'withoutOutcome';
  /** How long the call was in the task queue, by this worker's clock, unless it is ahead of the API's, and the server's. */
  readonly queuedMs: number;
  /** The least time between the polls that a shared wait makes by itself, where many waits are open. */
  readonly seldomMs?: number;
}

/** Instances and their deal as the API describes them, and what the worker adds. */
export interface DescribedInstances extends InstancesAnswer {
  /** As in {@link DescribedTask}. */
  readonly queuedMs: number;
}

/** The activities by name, as a worker registers them and a workflow calls them. */
export interface RedisActivities extends RedisActionActivities {
  /**
   * Asks the API once how a task stands. A task that is still running is a value, not an error.
   *
   * @throws ApplicationFailure with a type of `POLL_FAILURE_TYPES` and a `PollError` as `details[0]`
   */
  describeTaskInfo(task: { readonly taskId: number; readonly region: string }): Promise<DescribedTask>;
  /**
   * Looks once at instances and their deal. Instances that are not as they are wanted are a value, not an error.
   *
   * @throws ApplicationFailure with a type of `POLL_FAILURE_TYPES` and a `PollError` as `details[0]`
   */
  describeRedisInstances(question: InstancesQuestion): Promise<DescribedInstances>;
}

/** For how long after a call refused credentials are tried again. */
const PROBE_FOR_MS = 600_000;

/** Their names. */
export const API_ACTIVITIES = [
  'describeTaskInfo',
  'describeRedisInstances',
  'beginRedisAction',
  'submitRedisAction',
  'listRedisActionTasks',
] as const satisfies (keyof RedisActivities)[];

/**
 * Creates the activities of a worker on the queue `<task queue>-api`. `redisApiWorkerOptions` has these, and all else that
 * keeps a worker to the API's rate.
 *
 * @example
 * ```ts
 * const calls = await Worker.create({
 *   connection,
 *   taskQueue: apiTaskQueue('redis-task'),
 *   activities: createRedisActivities({ requestsPerSecond: 10 }),
 *   maxTaskQueueActivitiesPerSecond: 10,
 *   // Or a cancelled wait aborts its call only after half a minute.
 *   maxHeartbeatThrottleInterval: '1s',
 * });
 * ```
 */
export function createRedisActivities(options: RedisActivitiesOptions = {}): RedisActivities {
  // A worker of somebody else's has these: nobody tells when it ends.
  const account = new ApiAccount(settingsFor(options), options, PROBE_FOR_MS);
  return activitiesOf(account, account.openApi());
}

/** The activities of one worker. @param api - the worker's own, at the pace of the account */
export function activitiesOf(
  account: ApiAccount,
  api: RedisApi,
  searchAttributes: WrittenAttributes = account.settings.searchAttributes,
): RedisActivities {
  const facts = searchAttributes ? { searchAttributes } : undefined;
  return {
    async describeTaskInfo(input) {
      // Anyone can call an activity, and the region becomes a host name.
      const { taskId, region } = readInput(input);
      const { answer, queuedMs } = await askApi(
        account,
        (options) => describeTaskInfo(api, { taskId, region }, options),
        facts,
      );
      const seldom = seldomMs(account.openWaits, account.settings.requestsPerSecond);
      return {
        ...answer,
        queuedMs,
        ...facts,
        ...(seldom > 0 && { seldomMs: seldom }),
      };
    },
    ...actionActivitiesOf(account, api),
    async describeRedisInstances(input) {
      const question = readInstancesQuestion(input);
      const { answer, queuedMs } = await askApi(account, (options) => observeInstances(api, question, options));
      return { ...answer, queuedMs };
    },
  };
}
