/**
 * The activities of a worker that waits for Redis tasks.
 *
 * @module temporal-tencent-redis/activities
 */
export { REDIS_TASK_HISTOGRAM_BUCKETS } from '../contract/metrics.js';
export { defaultCredentials } from '../tencent/credentials/index.js';
export type { CredentialProvider, TencentCredential } from '../tencent/credentials/provider.js';
export { TencentApiError, type TencentErrorClass } from '../tencent/errors.js';
export type { RedisApi, RedisApiCall, RedisApiOptions } from '../tencent/redis-api.js';
export { redisApiWorkerOptions, type RedisApiWorkerOptions } from './api-worker.js';
export { createRedisApi } from './api/create-redis-api.js';
export { createRedisActivities, type DescribedTask, type RedisActivities } from './redis-activities.js';
export { type RedisActivitiesOptions } from './api/options.js';
