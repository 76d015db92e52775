/**
 * Waits that pipelines in any namespace share. Safe in a workflow; the worker's side is
 * `temporal-tencent-redis/nexus/handler`.
 *
 * @packageDocumentation
 */
export { executeSharedRedisTaskWait, type SharedRedisTaskWaitOptions, startSharedRedisTaskWait } from './call.js';
export { redisTasks } from './service.js';
