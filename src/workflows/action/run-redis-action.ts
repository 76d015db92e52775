import { executeChild, isCancellation, setCurrentDetails, setHandler, workflowInfo } from '@temporalio/workflow';
import { decodeRedisActionFailure } from '../../contract/action/failures.js';
import { type ActionPlan, readActionInput, type RunRedisActionInput } from '../../contract/action/input.js';
import {
  type AcceptedAction,
  failureAfterStart,
  instanceInputOf,
  readActionState,
  type RedisActionResult,
  resultOf,
  taskInputOf,
} from '../../contract/action/outcome.js';
import { beginAction } from '../../contract/action/state.js';
import { type ActionEnding, actionViewOf, finalActionMarkdownOf } from '../../contract/action/view.js';
import { toApplicationFailure } from '../../contract/failure.js';
import { apiTaskQueue, AWAIT_REDIS_INSTANCE, waitOfChangeId } from '../../contract/ids.js';
import { decodeRedisInstanceFailure } from '../../contract/instance/failures.js';
import { decodeRedisTaskFailure } from '../../contract/task/failures.js';
import type { RedisTaskResult } from '../../contract/task/outcome.js';
import type { awaitRedisInstance } from '../instance/await-redis-instance.js';
import { startAwaitRedisTask } from '../task/child.js';
import { continueIfLong } from '../wait/long-history.js';
import { followParent } from '../wait/parents.js';
import { getActionState } from './messages.js';
import { RedisActionRun } from './redis-action-run.js';

/**
 * Submits one change of Redis instances and waits for what it starts. An answer that is lost is never followed by a second
 * submit that could do harm: the change ends in its result, or in a failure that says what is known.
 *
 * Its workflow id is the caller's key: start it with the reuse policy `REJECT_DUPLICATE`. Cancelling it before the submit
 * starts nothing; after it, what was submitted goes on.
 *
 * @param carried - internal: the state that an earlier run of the same change handed over
 * @throws ApplicationFailure whose `type` is one of `REDIS_ACTION_FAILURE_TYPES`; see `decodeRedisActionFailure`
 *
 * @example
 * ```ts
 * // In the file that a worker's workflowsPath names:
 * export {
 *   awaitRedisInstance,
 *   awaitRedisTask,
 *   runRedisAction,
 *   watchRedisTasks,
 * } from 'temporal-tencent-redis/workflows';
 * ```
 */
export async function runRedisAction(input: RunRedisActionInput, carried?: unknown): Promise<RedisActionResult> {
  const plan = readActionInput(input);
  const state = readActionState(carried) ?? beginAction(plan, Date.now());
  const { taskQueue } = workflowInfo();
  followParent();

  const run: RedisActionRun = new RedisActionRun(plan, state, apiTaskQueue(taskQueue), () =>
    continueIfLong<typeof runRedisAction>(input, run.state),
  );
  setHandler(getActionState, () => actionViewOf(plan, run.state, run.progress, Date.now()), {
    description: 'Where the change stands: submits, what was started, next step, deadline, last error',
  });
  const end = (ending: ActionEnding) => {
    const { started } = run.progress;
    run.progress = { stage: 'ended', dueAt: null, started };
    setCurrentDetails(finalActionMarkdownOf(plan, run.state, started, ending));
  };
  try {
    const result = await run.clock.during(async () => {
      const accepted = await run.untilAccepted();
      run.show('waiting', accepted.started);
      const tasks = plan.waitFor === 'start' ? [] : await waitForEnd(plan, run, accepted);
      return resultOf(plan, run.state, accepted, tasks, Date.now());
    });
    end('succeeded');
    return result;
  } catch (error) {
    const failure = decodeRedisActionFailure(error);
    if (failure) end(failure.type);
    else if (isCancellation(error)) end('cancelled');
    throw error;
  }
}

/** Waits as children: each has its own page in Temporal UI, its own messages, and a history of its own. */
async function waitForEnd(
  plan: ActionPlan,
  { state }: RedisActionRun,
  { started }: AcceptedAction,
): Promise<RedisTaskResult[]> {
  const { taskQueue, workflowId } = workflowInfo();
  try {
    const tasks = await Promise.allSettled(
      started.taskIds.map(async (taskId) => {
        const child = await startAwaitRedisTask(taskInputOf(plan, state, taskId, Date.now()), {
          taskQueue,
          workflowId: waitOfChangeId(workflowId, plan.region, taskId),
        });
        return child.result();
      }),
    );
    for (const task of tasks) if (task.status === 'rejected') throw task.reason;
    const instances = instanceInputOf(plan, state, started, Date.now());
    if (instances) {
      await executeChild<typeof awaitRedisInstance>(AWAIT_REDIS_INSTANCE, {
        taskQueue,
        workflowId: waitOfChangeId(workflowId, plan.region, 'instances'),
        // As for a task: a change that was reset has left an earlier one behind.
        workflowIdReusePolicy: 'TERMINATE_IF_RUNNING',
        staticSummary: `Redis instances in ${plan.region} until ${instances.until}`,
        args: [instances],
      });
    }
    return tasks.flatMap((task) => (task.status === 'fulfilled' ? [task.value] : []));
  } catch (error) {
    const failure = decodeRedisTaskFailure(error) ?? decodeRedisInstanceFailure(error);
    if (!failure) throw error;
    throw toApplicationFailure(failureAfterStart(failure, plan, state, started, Date.now()));
  }
}
