import { clientWorkflowId } from '../ids.js';
import type { AwaitRedisTaskInput, WaitPlan } from './input.js';

/** The static summary of a wait, which only its starter can set. */
export function waitSummary({ taskId, region }: WaitPlan): string {
  return `Redis task ${taskId} in ${region}`;
}

/** How every starter starts a wait. A child has the same options, and an id under its parent's. */
export function waitStartOptions(plan: WaitPlan, input: AwaitRedisTaskInput, taskQueue: string) {
  const { taskId, region } = plan;
  return {
    taskQueue,
    workflowId: clientWorkflowId(taskQueue, region, taskId),
    staticSummary: waitSummary(plan),
    memo: { taskId, region },
    args: [input] as [AwaitRedisTaskInput],
  };
}
