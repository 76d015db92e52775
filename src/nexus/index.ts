/**
 * Waits that pipelines in any namespace share. Safe in a workflow; the worker's side is
 * `temporal-tencent-redis/nexus/handler`.
 *
 * @module temporal-tencent-redis/nexus
 */
import {
  createNexusServiceClient,
  type NexusOperationHandle,
  type StartNexusOperationOptions,
} from '@temporalio/workflow';
import { type AwaitRedisTaskInput, readInput } from '../contract/task/input.js';
import type { RedisTaskResult } from '../contract/task/outcome.js';
import { waitSummary } from '../contract/task/start.js';
import { redisTasks } from './service.js';

export { redisTasks };

/**
 * Options of a wait through Nexus: those of the operation, and its endpoint.
 *
 * @example
 * ```ts
 * const options: SharedRedisTaskWaitOptions = { endpoint: 'redis-tasks', scheduleToCloseTimeout: '8h' };
 * ```
 */
export interface SharedRedisTaskWaitOptions extends StartNexusOperationOptions {
  /** The Nexus endpoint whose worker serves `redisTasks`. */
  readonly endpoint: string;
}

/**
 * Starts a wait through Nexus, or joins the one that runs for this task already, and returns a handle. Joining moves the
 * deadline to at least `maxWait` from now, never nearer, and ignores `polling`.
 *
 * Cancelling ends it for this caller only, at once. The wait itself goes on until its deadline, also without callers: to
 * end it, use `RedisTaskClient.cancel`.
 *
 * @throws ApplicationFailure `RedisTaskInvalidInput` before anything is started, when the input breaks a rule
 *
 * @example
 * ```ts
 * const wait = await startSharedRedisTaskWait({ taskId, region }, { endpoint: 'redis-tasks' });
 * // … do something else meanwhile …
 * const { instanceId } = await wait.result();
 * ```
 */
export async function startSharedRedisTaskWait(
  input: AwaitRedisTaskInput,
  { endpoint, ...options }: SharedRedisTaskWaitOptions,
): Promise<NexusOperationHandle<RedisTaskResult>> {
  const plan = readInput(input);
  return createNexusServiceClient({ service: redisTasks, endpoint }).startOperation('awaitTask', input, {
    summary: waitSummary(plan),
    ...options,
    // The wait goes on, so there is nothing to cancel. The SDK's default would hold a cancelled caller until it ends.
    cancellationType: options.cancellationType ?? 'ABANDON',
  });
}

/**
 * Waits for a task through Nexus. All pipelines that do so, in any namespace, share one wait and its outcome.
 *
 * @returns the task as the API last described it, once it has succeeded
 * @throws NexusOperationFailure when the wait ends otherwise: read it with `decodeRedisTaskFailure`
 * @throws ApplicationFailure `RedisTaskInvalidInput` before anything is started, when the input breaks a rule
 *
 * @example
 * ```ts
 * const { instanceId } = await executeSharedRedisTaskWait({ taskId, region }, { endpoint: 'redis-tasks' });
 * ```
 */
export async function executeSharedRedisTaskWait(
  input: AwaitRedisTaskInput,
  options: SharedRedisTaskWaitOptions,
): Promise<RedisTaskResult> {
  const operation = await startSharedRedisTaskWait(input, options);
  return operation.result();
}
