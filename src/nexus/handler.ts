/**
 * Serves waits through Nexus. Not for workflow code: callers need only `temporal-tencent-redis/nexus`.
 *
 * @module temporal-tencent-redis/nexus/handler
 */

import { ApplicationFailure, WorkflowNotFoundError } from '@temporalio/common';
import { getClient, startWorkflow, WorkflowRunOperationHandler } from '@temporalio/nexus';
import { OperationError, serviceHandler, type ServiceHandler } from 'nexus-rpc';
import { GRPC, grpcCode } from '../contract/grpc.js';
import { AWAIT_REDIS_TASK, DEFAULT_TASK_QUEUE, idTakenMessage } from '../contract/ids.js';
import { type AwaitRedisTaskInput, readInput, type WaitPlan } from '../contract/task/input.js';
import type { RedisTaskResult } from '../contract/task/outcome.js';
import { waitStartOptions } from '../contract/task/start.js';
import { WORKFLOW_EXECUTION_STARTED } from '../contract/temporal-enums.js';
import type { awaitRedisTask } from '../workflows/index.js';
import { redisTasks } from './service.js';

/**
 * Options of {@link createRedisTasksHandler}.
 *
 * @example
 * ```ts
 * const options: RedisTasksHandlerOptions = { taskQueue: 'redis-task-production' };
 * ```
 */
export interface RedisTasksHandlerOptions {
  /** The queue of the workers that wait; another account is another queue. @default 'redis-task' */
  readonly taskQueue?: string;
}

/**
 * Creates the handler of the service `redisTasks`, for the `nexusServices` of a worker behind an endpoint.
 *
 * Each wait is the workflow that `RedisTaskClient` starts, with the same id. A caller joins the wait that runs for its
 * task already, and moves its deadline to at least its own `maxWait` from now. A caller that cancels leaves the wait
 * running for the others.
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
  const awaitTask = new WorkflowRunOperationHandler<AwaitRedisTaskInput, RedisTaskResult>(async (context, input) => {
    const plan = readOperationInput(input);
    // If the wait runs already, the server attaches this caller to it.
    const wait = await startWorkflow<typeof awaitRedisTask>(context, AWAIT_REDIS_TASK, {
      ...waitStartOptions(plan, input, taskQueue),
      workflowIdConflictPolicy: 'USE_EXISTING',
    });
    await joinUnlessStartedBy(context.requestId, wait.workflowId, plan.maxWaitMs);
    return wait;
  });
  // Others may share the wait, so it goes on.
  awaitTask.cancel = () => Promise.resolve();
  return serviceHandler(redisTasks, { awaitTask });
}

/** Refuses an input that breaks a rule as the wait itself would: without a task, it would not even have an id. */
function readOperationInput(input: unknown): WaitPlan {
  try {
    return readInput(input);
  } catch (error) {
    const cause = error as Error;
    throw new OperationError('failed', cause.message, { cause });
  }
}

/**
 * Lets a wait that ran already go on for at least `maxWaitMs` from now. A wait that this request started gets no signal,
 * unless the server is too old to tell: then the signal changes nothing.
 */
async function joinUnlessStartedBy(requestId: string, workflowId: string, maxWaitMs: number): Promise<void> {
  const { workflow, workflowService, options } = getClient();
  const { namespace } = options;
  try {
    // The SDK's `describe` also decodes the memo, which somebody may have encrypted.
    const raw = await workflowService.describeWorkflowExecution({ namespace, execution: { workflowId } });
    requireWait(workflowId, raw.workflowExecutionInfo?.type?.name);
    const event = raw.workflowExtendedInfo?.requestIdInfos?.[requestId]?.eventType;
    if (Number(event) === WORKFLOW_EXECUTION_STARTED) return;
    await workflow.getHandle(workflowId).signal('joinWait', { maxWait: maxWaitMs });
  } catch (error) {
    // It has ended since; this caller gets its outcome.
    const isGone = error instanceof WorkflowNotFoundError || grpcCode(error) === GRPC.notFound;
    if (!isGone) throw error;
  }
}

/** The server attaches callers to whatever runs under an id. @throws OperationError that the caller gets at once */
function requireWait(workflowId: string, type: string | null | undefined): void {
  if (!type || type === AWAIT_REDIS_TASK) return;
  const message = idTakenMessage(workflowId, type);
  const cause = ApplicationFailure.nonRetryable(message, 'RedisTaskIdTaken', { workflowId, workflowType: type });
  throw new OperationError('failed', message, { cause });
}
