import { fileURLToPath } from 'node:url';
import { type Client, type WorkflowHandle, WorkflowNotFoundError } from '@temporalio/client';
import { type NativeConnection, Worker } from '@temporalio/worker';
import { DEFAULT_TASK_QUEUE, watchWorkflowId } from '../../../src/contract/ids.js';
import type { PlannedWait } from './plan.js';

export const REGION = 'ap-guangzhou';
/** The watch of all shared waits. */
export const WATCH_ID = watchWorkflowId(DEFAULT_TASK_QUEUE, REGION);

const PARENTS_QUEUE = 'explored-parents';

/** Which workflow is started for a wait, and under which ids. */
interface Start {
  readonly workflow: string;
  readonly taskQueue: string;
  readonly workflowId: string;
  readonly waitId: string;
}

/** Who may start a wait. */
export const STARTERS = {
  client: (taskId: number): Start => {
    const workflowId = `redis-task/${REGION}/${taskId}`;
    return { workflow: 'awaitRedisTask', taskQueue: 'redis-task', workflowId, waitId: workflowId };
  },
  parent: (taskId: number): Start => {
    const workflowId = `parent-${taskId}`;
    const waitId = `${workflowId}/redis-task/${REGION}/${taskId}`;
    return { workflow: 'exploredParent', taskQueue: PARENTS_QUEUE, workflowId, waitId };
  },
} as const;

/** A wait, and its parent if it has one. */
export interface Family {
  readonly wait: WorkflowHandle;
  readonly parent: WorkflowHandle | undefined;
}

export function familyOf(client: Client, { startedBy, taskId }: PlannedWait): Family {
  const { workflowId, waitId } = STARTERS[startedBy](taskId);
  const handle = (id: string) => client.workflow.getHandle(id);
  return { wait: handle(waitId), parent: workflowId === waitId ? undefined : handle(workflowId) };
}

/** The run of a workflow that is open, or was last; undefined when there is none. */
export async function describeRun(handle: WorkflowHandle) {
  try {
    const { runId, status, closeTime, raw } = await handle.describe();
    const { firstRunId } = raw.workflowExecutionInfo ?? {};
    return { runId, status: status.name, closedAt: closeTime?.getTime(), firstRunId: firstRunId ?? runId };
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return undefined;
    throw error;
  }
}

/** A worker of the parents, beside those of the waits, which may be killed. */
export function createParentsWorker(connection: NativeConnection): Promise<Worker> {
  const workflowsPath = fileURLToPath(new URL('parent-workflow.ts', import.meta.url));
  return Worker.create({ connection, taskQueue: PARENTS_QUEUE, workflowsPath });
}
