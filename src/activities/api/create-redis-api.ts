import { createRedisApi as openRedisApi, type RedisApi, type RedisApiOptions } from '../../tencent/redis-api.js';
import { readApiSettings } from './settings.js';

/**
 * Opens the redis API, where `TENCENTCLOUD_REDIS_ENDPOINT` says unless an option does.
 *
 * A call is sent again in only two cases: once with freshly loaded credentials if they were refused, and once with the
 * server's time if ours was. All other retries are the caller's.
 *
 * @throws ConfigError for a variable that cannot be used
 *
 * @example
 * ```ts
 * const api = createRedisApi({ credentials: defaultCredentials() });
 * const { TaskId } = await api.call({
 *   action: 'ClearInstance',
 *   region: 'ap-guangzhou',
 *   params: { InstanceId: 'crs-09u2u96z' },
 * });
 * api.close();
 * ```
 */
export function createRedisApi(options: RedisApiOptions): RedisApi {
  const { credentials, endpoint = readApiSettings(process.env).endpoint, requestsPerSecond } = options;
  return openRedisApi({ credentials, endpoint, requestsPerSecond });
}
