import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Client, WorkflowHandle } from '@temporalio/client';
import type { HistoryEvent } from '../../support/histories.js';
import type { Upheaval } from './plan.js';
import { describeRun, type Family } from './starter.js';

const TRIES = 100;

/** Cancels, terminates or resets a wait or its parent, or has the parent signal its wait. @returns whether it could be done */
export async function upset(client: Client, family: Family, { does, where }: Upheaval): Promise<boolean> {
  const { wait, parent } = family;
  if (does === 'resetWait') {
    const tasks = await completedTasks(wait);
    const event = tasks[Math.floor(where * tasks.length)];
    return event !== undefined && (await reset(client, wait, event));
  }
  if (!parent) return false;
  switch (does) {
    case 'cancelParent':
      await parent.cancel();
      return true;
    case 'cancelScope':
      await parent.signal('giveUp');
      return true;
    case 'terminateParent':
      await parent.terminate();
      return true;
    case 'poke':
      await parent.executeUpdate('poke');
      return true;
    case 'resetParentToAfter': {
      const event = (await completedTasks(parent, 'childWorkflowExecutionStartedEventAttributes')).at(-1);
      return event !== undefined && (await reset(client, parent, event));
    }
    case 'startOver':
      return replaced(wait, () => parent.signal('startOver').then(() => true));
    case 'resetParentToBefore':
      return replaced(wait, async () => {
        const [event] = await completedTasks(parent);
        return event !== undefined && (await reset(client, parent, event));
      });
  }
}

/**
 * Does something after which the parent has another wait of the same id. Until it has, nobody but an operator could end
 * the one that a reset has left behind.
 */
async function replaced(wait: WorkflowHandle, replace: () => Promise<boolean>): Promise<boolean> {
  const before = await describeRun(wait);
  if (!(await replace())) return false;
  for (let tries = 0; tries < TRIES; tries++) {
    if ((await describeRun(wait))?.firstRunId !== before?.firstRunId) break;
    await sleep(100);
  }
  return true;
}

/** The workflow tasks of the open run after an event of a kind, to before each of which it can be reset; none when it has ended. */
async function completedTasks(
  handle: WorkflowHandle,
  after: keyof HistoryEvent = 'workflowExecutionStartedEventAttributes',
): Promise<HistoryEvent[]> {
  const run = await describeRun(handle);
  if (run?.status !== 'RUNNING') return [];
  const events = (await handle.fetchHistory()).events ?? [];
  const from = events.findIndex((event) => event[after]);
  return from < 0 ? [] : events.slice(from).filter((event) => event.workflowTaskCompletedEventAttributes);
}

async function reset(client: Client, { workflowId }: WorkflowHandle, { eventId }: HistoryEvent): Promise<boolean> {
  const run = await describeRun(client.workflow.getHandle(workflowId));
  if (run?.status !== 'RUNNING') return false;
  await client.workflowService.resetWorkflowExecution({
    namespace: client.options.namespace,
    workflowExecution: { workflowId, runId: run.runId },
    workflowTaskFinishEventId: eventId ?? null,
    requestId: randomUUID(),
    reason: 'the explorer',
  });
  return true;
}
