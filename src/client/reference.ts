import * as v from 'valibot';
import { type AwaitRedisTaskInput, NAMED_TASK, readInput, type WaitPlan } from '../contract/task/input.js';
import { waitError } from './error.js';

/** Names a wait: by its task, whoever started it, or by its workflow id. */
export type RedisTaskReference =
  { readonly taskId: number | string; readonly region: string } | { readonly workflowId: string };

export type TaskIdentity = Pick<WaitPlan, 'taskId' | 'region'>;

/** @throws RedisTaskError `RedisTaskInvalidInput`; its cause crosses to a workflow when an activity lets it out */
export function readInputOrThrow(input: AwaitRedisTaskInput): WaitPlan {
  try {
    return readInput(input);
  } catch (error) {
    throw waitError(error);
  }
}

/** Reads the task of a wait from its memo or its workflow id; undefined when neither tells it. */
export function taskToldBy(
  { memo, workflowId }: { readonly memo?: unknown; readonly workflowId: string },
  taskQueue: string,
): TaskIdentity | undefined {
  return taskOf(memo) ?? taskOf(partsOf(workflowId, taskQueue));
}

/** Reads the task from the fields of an input. */
export function taskOf(fields: unknown): TaskIdentity | undefined {
  const { taskId, region } = v.parse(NAMED_TASK, fields);
  return taskId === null || region === null ? undefined : { taskId, region };
}

function partsOf(workflowId: string, taskQueue: string): { taskId?: string; region?: string } {
  const [, before = '', region = '', taskId = ''] = /^(.*)\/([^/]+)\/([^/]+)$/s.exec(workflowId) ?? [];
  return before === taskQueue || before.endsWith(`/${taskQueue}`) ? { taskId, region } : {};
}
