import { type ChildWorkflowHandle, type ChildWorkflowOptions, startChild, workflowInfo } from '@temporalio/workflow';
import { AWAIT_REDIS_TASK, childWorkflowId, DEFAULT_TASK_QUEUE } from '../../contract/ids.js';
import { type AwaitRedisTaskInput, readInput } from '../../contract/task/input.js';
import type { RedisTaskResult } from '../../contract/task/outcome.js';
import { waitStartOptions } from '../../contract/task/start.js';
import type { awaitRedisTask } from './await-redis-task.js';

/**
 * Options of the child workflow. Defaults: queue `redis-task`, id `<parent id>/<queue>/<region>/<taskId>`, and a static
 * summary and memo with the task and its region.
 *
 * @example
 * ```ts
 * const options: AwaitRedisTaskOptions = { taskQueue: 'redis-task-production', memo: { change: 'CHG-4711' } };
 * ```
 */
export type AwaitRedisTaskOptions = Omit<ChildWorkflowOptions, 'args'>;

/**
 * Starts a wait as a child workflow and returns its handle, to do something else meanwhile or to send `pollNow`.
 *
 * @throws ApplicationFailure `RedisTaskInvalidInput` before anything is started, when the input breaks a rule
 *
 * @example
 * ```ts
 * const wait = await startAwaitRedisTask({ taskId, region });
 * // … an event says that the task has ended …
 * await wait.signal(pollNow);
 * const { instanceId } = await wait.result();
 * ```
 */
export async function startAwaitRedisTask(
  input: AwaitRedisTaskInput,
  options: AwaitRedisTaskOptions = {},
): Promise<ChildWorkflowHandle<typeof awaitRedisTask>> {
  const { taskQueue = DEFAULT_TASK_QUEUE } = options;
  const plan = readInput(input);
  const start = waitStartOptions(plan, input, taskQueue);
  return startChild<typeof awaitRedisTask>(AWAIT_REDIS_TASK, {
    ...start,
    workflowId: childWorkflowId(workflowInfo().workflowId, taskQueue, plan.region, plan.taskId),
    // A parent that was reset to before its wait has left that one behind, and no run of the parent hears of its end.
    workflowIdReusePolicy: 'TERMINATE_IF_RUNNING',
    ...options,
    memo: { ...start.memo, ...options.memo },
  });
}

/**
 * Waits for a task as a child workflow.
 *
 * @returns the task as the API last described it, once it has succeeded
 * @throws ChildWorkflowFailure when the wait ends otherwise: read it with `decodeRedisTaskFailure`
 * @throws ApplicationFailure `RedisTaskInvalidInput` before anything is started, when the input breaks a rule
 *
 * @example
 * ```ts
 * const { instanceId } = await executeAwaitRedisTask({ taskId, region: 'ap-guangzhou', maxWait: '1h' });
 * ```
 */
export async function executeAwaitRedisTask(
  input: AwaitRedisTaskInput,
  options: AwaitRedisTaskOptions = {},
): Promise<RedisTaskResult> {
  const child = await startAwaitRedisTask(input, options);
  return child.result();
}
