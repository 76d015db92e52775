/** The task queue that `awaitRedisTask` runs on unless told otherwise. */
export const DEFAULT_TASK_QUEUE = 'redis-task';

/** The name of the workflow, for parents and clients in any language. */
export const AWAIT_REDIS_TASK = 'awaitRedisTask';

/** The name of the workflow that waits for instances. */
export const AWAIT_REDIS_INSTANCE = 'awaitRedisInstance';

/** The name of the workflow that submits a change and waits for it. */
export const RUN_REDIS_ACTION = 'runRedisAction';

/**
 * The queue of the API calls of waits on `taskQueue`: its own, so that the server can hold the fleet to one rate.
 *
 * @example
 * ```ts
 * apiTaskQueue('redis-task'); // 'redis-task-api'
 * ```
 */
export function apiTaskQueue(taskQueue: string): string {
  return `${taskQueue}-api`;
}

/** The queue on which waits ask the server about itself, by whoever makes their calls. */
export function watchTaskQueue(apiQueue: string): string {
  return `${queueOfWaits(apiQueue)}-watch`;
}

/** The queue of the waits whose calls, or whose questions about the server, go to this one. */
export function queueOfWaits(queueBeside: string): string {
  return queueBeside.replace(/-(api|watch)$/, '');
}

/** The workflow that watches the shared waits of a task queue in a region. */
export function watchWorkflowId(taskQueue: string, region: string): string {
  return `${taskQueue}/${region}/watch`;
}

/**
 * The workflow id of a wait that a client starts: one wait per task on a queue, so that starting it again attaches.
 *
 * @example
 * ```ts
 * clientWorkflowId('redis-task', 'ap-guangzhou', 18215); // 'redis-task/ap-guangzhou/18215'
 * ```
 */
export function clientWorkflowId(taskQueue: string, region: string, taskId: number): string {
  return `${taskQueue}/${region}/${taskId}`;
}

/**
 * The workflow id of a wait that a parent starts: under the parent's, so that two pipelines can wait for one task.
 *
 * @example
 * ```ts
 * childWorkflowId('deploy-7', 'redis-task', 'ap-guangzhou', 18215); // 'deploy-7/redis-task/ap-guangzhou/18215'
 * ```
 */
export function childWorkflowId(parentWorkflowId: string, taskQueue: string, region: string, taskId: number): string {
  return `${parentWorkflowId}/${clientWorkflowId(taskQueue, region, taskId)}`;
}

/**
 * The workflow id of what a change waits for: a task, or `instances`. Without the task queue, which a replay outside of a
 * worker does not know.
 */
export function waitOfChangeId(workflowId: string, region: string, what: number | 'instances'): string {
  return `${workflowId}/${region}/${what}`;
}

/** The workflows that wait, of whatever kind: each may be the child of a parent that cancels it. */
export const WAITING_WORKFLOWS: readonly string[] = [AWAIT_REDIS_TASK, AWAIT_REDIS_INSTANCE, RUN_REDIS_ACTION];

/** The query that lists the waits on a queue which have one of these statuses. @param workflows - of which kinds */
export function waitsQuery(
  taskQueue: string,
  statuses: readonly string[],
  workflows: readonly string[] = [AWAIT_REDIS_TASK],
): string {
  return `WorkflowType IN (${workflows.map(inQuery).join(', ')}) AND TaskQueue = ${inQuery(taskQueue)} AND ExecutionStatus IN (${statuses.map(inQuery).join(', ')})`;
}

/** The query that lists the open runs of workflows of any type. */
export function openRunsQuery(workflowIds: readonly string[]): string {
  return `WorkflowId IN (${workflowIds.map(inQuery).join(', ')}) AND ExecutionStatus = 'Running'`;
}

/** A value in a query of the server. */
function inQuery(value: string): string {
  return `'${value.replace(/['\\]/g, (character) => `\\${character}`)}'`;
}

/** Said when another workflow runs under the id of a wait: the server would join it by its id alone. */
export function idTakenMessage(workflowId: string, workflowType: string): string {
  return `The workflow that runs under the id ${workflowId} is no wait for a Redis task: its type is ${workflowType}. Nothing was started. End it, or wait on another task queue.`;
}
