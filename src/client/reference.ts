import { type AwaitRedisTaskInput, identityOf, readInput, type WaitPlan } from '../contract/input.js';
import { waitError } from './error.js';

/** Which wait is meant: that for a task, whoever started it, or that of a workflow id. */
export type RedisTaskReference =
  { readonly taskId: number | string; readonly region: string } | { readonly workflowId: string };

/** A task, as its id and its region name it. */
export interface TaskIdentity {
  readonly taskId: number;
  readonly region: string;
}

/** The task that a reference names. @throws RedisTaskError `RedisTaskInvalidInput` */
export function readTask({ taskId, region }: Exclude<RedisTaskReference, { workflowId: string }>): TaskIdentity {
  const plan = readInputOrThrow({ taskId, region });
  return { taskId: plan.taskId, region: plan.region };
}

/** @throws RedisTaskError `RedisTaskInvalidInput`; its cause crosses to a workflow when an activity lets it out */
export function readInputOrThrow(input: AwaitRedisTaskInput): WaitPlan {
  try {
    return readInput(input);
  } catch (error) {
    throw waitError(error, false);
  }
}

/**
 * The task that a wait is for, as its starter said it: in the memo, or by an id of the contract's form. Undefined when it
 * did neither.
 */
export function taskToldBy(
  { memo, workflowId }: { readonly memo?: unknown; readonly workflowId: string },
  taskQueue: string,
): TaskIdentity | undefined {
  return taskOf(memo) ?? taskOf(partsOf(workflowId, taskQueue));
}

/** The task that something names in the fields of an input. */
export function taskOf(fields: unknown): TaskIdentity | undefined {
  const { taskId, region } = identityOf(fields);
  return taskId === null || region === null ? undefined : { taskId, region };
}

function partsOf(workflowId: string, taskQueue: string): { taskId?: string; region?: string } {
  const [, before = '', region = '', taskId = ''] = /^(.*)\/([^/]+)\/([^/]+)$/s.exec(workflowId) ?? [];
  return before === taskQueue || before.endsWith(`/${taskQueue}`) ? { taskId, region } : {};
}
