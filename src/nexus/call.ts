import {
  createNexusServiceClient,
  type NexusOperationHandle,
  type StartNexusOperationOptions,
} from '@temporalio/workflow';
import { waitSummary } from '../contract/ids.js';
import { type AwaitRedisTaskInput, readInput } from '../contract/input.js';
import type { RedisTaskResult } from '../contract/outcome.js';
import { redisTasks } from './service.js';

/** Options of a wait through Nexus: those of the operation, and where it goes. */
export interface SharedRedisTaskWaitOptions extends StartNexusOperationOptions {
  /** The Nexus endpoint whose worker serves `redisTasks`. */
  readonly endpoint: string;
}

/**
 * Starts a wait through Nexus, or joins the one that runs for this task already, and returns a handle once that is done.
 * When it joins, the deadline moves to no earlier than `maxWait` from now, never nearer, and `polling` is not looked at.
 *
 * Cancelling ends it for this caller only, at once. The wait goes on for the others, and when there are none up to its
 * own deadline: who wants it gone cancels the workflow itself, with `RedisTaskClient.cancel`.
 *
 * @throws ApplicationFailure `RedisTaskInvalidInput` before anything is started, when the input breaks a rule
 */
export async function startSharedRedisTaskWait(
  input: AwaitRedisTaskInput,
  { endpoint, ...options }: SharedRedisTaskWaitOptions,
): Promise<NexusOperationHandle<RedisTaskResult>> {
  const plan = readInput(input);
  return createNexusServiceClient({ service: redisTasks, endpoint }).startOperation('awaitTask', input, {
    summary: waitSummary(plan),
    ...options,
    // Of the operation nothing is to be cancelled, so nobody has to be asked. The SDK's default would hold a cancelled
    // caller until the wait has ended for all.
    cancellationType: options.cancellationType ?? 'ABANDON',
  });
}

/**
 * Waits for a task through Nexus: all pipelines that do so, in other namespaces too, share one wait and its outcome.
 *
 * @returns the task as the API last described it, once it has succeeded
 * @throws NexusOperationFailure when the wait ends otherwise: `decodeRedisTaskFailure` says how; and
 * ApplicationFailure `RedisTaskInvalidInput` before anything is started, when the input breaks a rule
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
