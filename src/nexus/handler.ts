/**
 * Serves waits through Nexus. Not for workflow code: callers need only `temporal-tencent-redis/nexus`.
 *
 * @packageDocumentation
 */
import { ApplicationFailure } from '@temporalio/common';
import { startWorkflow, WorkflowRunOperationHandler } from '@temporalio/nexus';
import { OperationError, serviceHandler, type ServiceHandler } from 'nexus-rpc';
import { AWAIT_REDIS_TASK, clientWorkflowId, DEFAULT_TASK_QUEUE } from '../contract/ids.js';
import { type AwaitRedisTaskInput, identityOf, readInput, type WaitPlan } from '../contract/input.js';
import { invalidInput } from '../contract/invalid-input.js';
import { invalidInputMessage } from '../contract/messages.js';
import type { RedisTaskResult } from '../contract/outcome.js';
import { InvalidFieldError } from '../contract/rules.js';
import { waitSummary } from '../contract/view.js';
import type { awaitRedisTask } from '../workflows/index.js';
import { joinUnlessStartedBy } from './join.js';
import { redisTasks } from './service.js';

/** Options of {@link createRedisTasksHandler}. */
export interface RedisTasksHandlerOptions {
  /** The queue of the workers that wait; another account is another queue. @default 'redis-task' */
  readonly taskQueue?: string;
}

/**
 * Creates the handler of the service `redisTasks`, for the `nexusServices` of a worker that an endpoint leads to.
 *
 * Each wait is the workflow that `RedisTaskClient` starts, with the same id: whoever asks for a task joins the wait that
 * runs for it, however that was started, and the wait then lasts at least as long as the caller wants from now. A caller
 * that cancels leaves alone; the others get the outcome.
 *
 * @example
 * ```ts
 * const worker = await Worker.create({
 *   taskQueue: 'redis-task-nexus',
 *   nexusServices: [createRedisTasksHandler()],
 * });
 * ```
 */
export function createRedisTasksHandler({
  taskQueue = DEFAULT_TASK_QUEUE,
}: RedisTasksHandlerOptions = {}): ServiceHandler<(typeof redisTasks)['operations']> {
  return serviceHandler(redisTasks, { awaitTask: new AwaitTaskHandler(taskQueue) });
}

class AwaitTaskHandler extends WorkflowRunOperationHandler<AwaitRedisTaskInput, RedisTaskResult> {
  constructor(taskQueue: string) {
    super(async (context, input) => {
      const plan = readOrFail(input);
      const { taskId, region, maxWaitMs } = plan;
      // Not refused when the wait runs: the server then attaches this caller to it, for its outcome.
      const wait = await startWorkflow<typeof awaitRedisTask>(context, AWAIT_REDIS_TASK, {
        taskQueue,
        workflowId: clientWorkflowId(taskQueue, region, taskId),
        workflowIdConflictPolicy: 'USE_EXISTING',
        staticSummary: waitSummary(plan),
        memo: { taskId, region },
        args: [input],
      });
      await joinUnlessStartedBy(context.requestId, wait.workflowId, maxWaitMs);
      return wait;
    });
  }

  /** The wait is not this caller's alone. The caller is told that it is out; the wait goes on. */
  override cancel(): Promise<void> {
    return Promise.resolve();
  }
}

/** Refuses an input that breaks a rule as the wait itself would: its id could not even be told. */
function readOrFail(input: unknown): WaitPlan {
  try {
    return readInput(input);
  } catch (error) {
    if (!(error instanceof InvalidFieldError)) throw error;
    const { type, message, details } = invalidInput(error.invalid, invalidInputMessage, identityOf(input));
    const cause = ApplicationFailure.nonRetryable(message, type, details);
    throw new OperationError('failed', message, { cause });
  }
}
