import { operation, service } from 'nexus-rpc';
import type { AwaitRedisTaskInput } from '../contract/task/input.js';
import type { RedisTaskResult } from '../contract/task/outcome.js';

/**
 * The Nexus service: for callers of any language `redisTasks` with the operation `awaitTask`.
 *
 * @example
 * ```ts
 * // Without the helpers, in a workflow:
 * const tasks = createNexusServiceClient({ service: redisTasks, endpoint: 'redis-tasks' });
 * const { instanceId } = await tasks.executeOperation('awaitTask', { taskId, region }, { cancellationType: 'ABANDON' });
 * ```
 */
export const redisTasks = service('redisTasks', {
  /** Waits for a task in one shared wait. Input and result are those of `awaitRedisTask`. */
  awaitTask: operation<AwaitRedisTaskInput, RedisTaskResult>(),
});
