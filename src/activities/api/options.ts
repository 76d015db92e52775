import type { CredentialProvider } from '../../tencent/credentials/provider.js';
import type { TencentApiError } from '../../tencent/errors.js';

/**
 * Options of `createRedisActivities`.
 *
 * @example
 * ```ts
 * const options: RedisActivitiesOptions = {
 *   credentials: defaultCredentials(),
 *   endpoint: 'https://redis.intl.tencentcloudapi.com',
 *   searchAttributes: true,
 *   requestsPerSecond: 10,
 *   listRequestsPerSecond: 20,
 *   actions: ['UpgradeInstance'],
 *   secretsFolder: '/run/secrets/redis',
 *   onAccessChange: (refusal) => console.log(refusal?.code ?? 'accepted again'),
 * };
 * ```
 */
export interface RedisActivitiesOptions {
  /**
   * Where credentials come from: one of Tencent's own providers works too.
   * @default the same lookup as the worker's: see docs/configuration.md
   */
  readonly credentials?: CredentialProvider;
  /**
   * The API's base URL, such as `https://redis.intl.tencentcloudapi.com`.
   * @default TENCENTCLOUD_REDIS_ENDPOINT, or the public endpoint of each task's region
   */
  readonly endpoint?: string;
  /**
   * Whether the namespace has the search attributes that `redis-task setup` registers. The plugin and the worker process
   * look whether it does; with `createRedisActivities` or `redisApiWorkerOptions`, unregistered ones would block every wait.
   * @default REDIS_TASK_SEARCH_ATTRIBUTES, or false
   */
  readonly searchAttributes?: boolean;
  /**
   * The most calls a second from this process, evenly spaced. Give it the rate of `maxTaskQueueActivitiesPerSecond`, which
   * the server applies to the whole fleet, but lets pass in bursts of twice as many.
   * @default REDIS_TASK_API_RPS, or 15
   */
  readonly requestsPerSecond?: number;
  /**
   * The most calls of `DescribeTaskList` a second, for shared waits: at most 100.
   * @default REDIS_TASK_LIST_RPS, or 40
   */
  readonly listRequestsPerSecond?: number;
  /**
   * The actions that `runRedisAction` may submit with this process's key.
   * @default REDIS_TASK_ACTIONS, or none
   */
  readonly actions?: readonly string[];
  /**
   * The folder with the files of secrets that `{ "$secret": "name" }` in `params` names.
   * @default REDIS_TASK_SECRETS, or none
   */
  readonly secretsFolder?: string;
  /**
   * Called with the reason when the API refuses the credentials of this process or they cannot be loaded, and with
   * undefined when it accepts a call again. In between the process makes a tenth of its calls: other workers get the rest.
   */
  readonly onAccessChange?: (refusal: TencentApiError | undefined) => void;
}
