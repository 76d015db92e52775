import { type ChildWorkflowOptions, executeChild } from '@temporalio/workflow';
import { readActionInput, type RunRedisActionInput } from '../../contract/action/input.js';
import { actionSubject } from '../../contract/action/messages.js';
import type { RedisActionResult } from '../../contract/action/outcome.js';
import { DEFAULT_TASK_QUEUE, RUN_REDIS_ACTION } from '../../contract/ids.js';
import type { runRedisAction } from './run-redis-action.js';

/**
 * Options of {@link executeRedisAction}. The `workflowId` is the key of the change: required, since the same key is never
 * submitted again. Default of the queue: `redis-task`.
 *
 * @example
 * ```ts
 * const options: RunRedisActionOptions = { workflowId: 'resize-CHG-4711', taskQueue: 'redis-task-production' };
 * ```
 */
export type RunRedisActionOptions = Omit<ChildWorkflowOptions, 'args' | 'workflowId'> & {
  /** The key of the change. */
  readonly workflowId: string;
};

/**
 * Submits a change as a child workflow and waits for what it starts. A key that was used before is refused: its change has
 * been made, or its failure says what became of it.
 *
 * @throws ChildWorkflowFailure when the change fails: read it with `decodeRedisActionFailure`
 * @throws ApplicationFailure `RedisTaskInvalidInput` before anything is started, when the input breaks a rule
 *
 * @example
 * ```ts
 * const { instanceIds } = await executeRedisAction(
 *   { action: 'UpgradeInstance', region, params: { InstanceId: 'crs-09u2u96z', MemSize: 4_096 }, expect: { memSizeMb: 4_096 } },
 *   { workflowId: 'resize-CHG-4711' },
 * );
 * ```
 */
export async function executeRedisAction(
  input: RunRedisActionInput,
  options: RunRedisActionOptions,
): Promise<RedisActionResult> {
  const plan = readActionInput(input);
  return executeChild<typeof runRedisAction>(RUN_REDIS_ACTION, {
    taskQueue: DEFAULT_TASK_QUEUE,
    workflowIdReusePolicy: 'REJECT_DUPLICATE',
    staticSummary: actionSubject(plan),
    ...options,
    args: [input],
  });
}
