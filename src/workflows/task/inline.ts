import { workflowInfo } from '@temporalio/workflow';
import { apiTaskQueue } from '../../contract/ids.js';
import { type AwaitRedisTaskInput, readInput, type WaitPlan } from '../../contract/task/input.js';
import type { RedisTaskResult } from '../../contract/task/outcome.js';
import { beginWait } from '../../contract/wait/state.js';
import { RedisTaskWait } from './redis-task-wait.js';

/**
 * Options of {@link waitForRedisTask}.
 *
 * @example
 * ```ts
 * const options: WaitForRedisTaskOptions = { taskQueue: 'redis-task' };
 * ```
 */
export interface WaitForRedisTaskOptions {
  /**
   * The calls go to `<taskQueue>-api`.
   * @default the queue of the calling workflow
   */
  readonly taskQueue?: string;
}

/**
 * Waits for a task inside your own workflow, without a child. Use it for short waits: each poll adds 11 events to your
 * history, whatever its `pacing`, and nothing continues it as new. For a wait with its own id, queries, `pollNow` and a
 * shared watch, use `executeAwaitRedisTask`.
 *
 * A worker must serve the queue `<taskQueue>-api` with the activities of `createRedisActivities`.
 *
 * @throws ApplicationFailure whose `type` is one of `REDIS_TASK_FAILURE_TYPES`; see `decodeRedisTaskFailure`
 *
 * @example
 * ```ts
 * const { instanceId } = await waitForRedisTask({ taskId, region, maxWait: '1m' }, { taskQueue: 'redis-task' });
 * ```
 */
export async function waitForRedisTask(
  input: AwaitRedisTaskInput,
  options: WaitForRedisTaskOptions = {},
): Promise<RedisTaskResult> {
  const plan = readInput(input);
  const apiQueue = apiTaskQueue(options.taskQueue ?? workflowInfo().taskQueue);
  const own: WaitPlan = { ...plan, schedule: { ...plan.schedule, pacing: 'timers' } };
  return new RedisTaskWait(own, beginWait(own, Date.now()), { apiQueue }).run();
}
