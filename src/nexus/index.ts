/**
 * Waits that many pipelines share, in other namespaces too. All of it is safe in a workflow; what a worker serves them
 * with is in `temporal-tencent-redis/nexus/handler`.
 *
 * @packageDocumentation
 */
export { executeSharedRedisTaskWait, type SharedRedisTaskWaitOptions, startSharedRedisTaskWait } from './call.js';
export { redisTasks } from './service.js';
