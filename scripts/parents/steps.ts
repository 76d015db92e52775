import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Client, type WorkflowHandle, WorkflowNotFoundError } from '@temporalio/client';
import type { RedisApiSimulator } from '../../src/testing/index.js';

/** A parent and its wait, whichever of their runs are open, and the task. */
export interface Pair {
  readonly client: Client;
  readonly simulator: RedisApiSimulator;
  readonly taskId: number;
  readonly parent: WorkflowHandle;
  readonly wait: WorkflowHandle;
}

/** What happens while a parent waits. */
export type Step = (pair: Pair) => Promise<unknown>;

/** The wait has seen the task once. */
export const polled: Step = (pair) =>
  until(pair.parent, () =>
    pair.simulator.calls.some(({ taskId, outcome }) => taskId === String(pair.taskId) && outcome === 'ok'),
  );

/** The wait has continued as new: its parent has started another run than the one that is open. */
export const continued: Step = (pair) =>
  until(pair.parent, async () => {
    const { open, first } = await runsOf(pair.wait);
    return open !== first;
  });

export const cancelParent: Step = ({ parent }) => parent.cancel();
export const terminateParent: Step = ({ parent }) => parent.terminate();

/** Resets the wait to its beginning. */
export const resetWait: Step = ({ client, wait }) => reset(client, wait, FIRST_WORKFLOW_TASK);

/** Resets the parent to its last decision, which it took after the wait had started. */
export const resetParentToAfterStart: Step = async (pair) => {
  const { client, parent } = pair;
  let last = 0;
  await until(pair.parent, async () => {
    const { events = [] } = await parent.fetchHistory();
    const decided = events?.findLastIndex((event) => event.workflowTaskCompletedEventAttributes) ?? -1;
    const started = events?.findIndex((event) => event.childWorkflowExecutionStartedEventAttributes) ?? -1;
    last = decided + 1;
    return started !== -1 && decided > started;
  });
  await reset(client, parent, last);
};

/** Resets the parent to its beginning. It starts its wait again, in place of the one that it left behind. */
export const resetParentToBeforeStart: Step = async (pair) => {
  const { client, parent, wait } = pair;
  const { first } = await runsOf(wait);
  await reset(client, parent, FIRST_WORKFLOW_TASK);
  await until(pair.parent, async () => (await runsOf(wait)).first !== first);
};

/** Tells the parent that the task may have ended. The run of the wait that is open has to hear of it. */
export const signalParent: Step = async (pair) => {
  const { client, parent, wait } = pair;
  const { open } = await runsOf(wait);
  await parent.signal('pollNow');
  await until(pair.parent, async () => {
    // It may continue meanwhile.
    const runs = [open, (await runsOf(wait)).open].map((runId) => client.workflow.getHandle(wait.workflowId, runId));
    const histories = await Promise.all(runs.map((run) => run.fetchHistory()));
    return histories.some(({ events }) =>
      events?.some((event) => event.workflowExecutionSignaledEventAttributes?.signalName === 'pollNow'),
    );
  });
};

export const taskSucceeds: Step = ({ simulator, taskId }) => {
  simulator.setTask(taskId, { status: 'succeed', message: 'ok' });
  return Promise.resolve();
};

const FIRST_WORKFLOW_TASK = 4;

async function reset({ workflowService, options }: Client, { workflowId }: WorkflowHandle, finishEventId: number) {
  await workflowService.resetWorkflowExecution({
    namespace: options.namespace,
    workflowExecution: { workflowId },
    workflowTaskFinishEventId: finishEventId as never,
    requestId: randomUUID(),
    reason: 'npm run check parents',
  });
}

/** The open run of a wait and its first one; neither before it has started. */
async function runsOf(wait: WorkflowHandle): Promise<{ open?: string; first?: string | null | undefined }> {
  try {
    const { runId, raw } = await wait.describe();
    return { open: runId, first: raw.workflowExecutionInfo?.firstRunId };
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return {};
    throw error;
  }
}

/** @throws Error when the parent ends before it holds */
export async function until(
  parent: WorkflowHandle,
  holds: () => boolean | Promise<boolean | undefined>,
): Promise<void> {
  while (!(await holds())) {
    const { status } = await parent.describe();
    if (status.name !== 'RUNNING') throw new Error(`the parent is ${status.name} too early`);
    await sleep(200);
  }
}
