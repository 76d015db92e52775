/**
 * The worker process as a function, for a namespace with a payload codec, interceptors or a connection of your own.
 *
 * @module temporal-tencent-redis/worker
 */
export { ConfigError } from '../tencent/config-error.js';
export type { RedisTaskWorkerOptions } from './options.js';
export { runRedisTaskWorker } from './run.js';
