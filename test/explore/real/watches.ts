import { setTimeout as sleep } from 'node:timers/promises';
import { type Client, WorkflowNotFoundError } from '@temporalio/client';
import { WATCH_REDIS_TASKS } from '../../../src/contract/watch/watch.js';
import { failedWorkflowTasks } from '../../support/histories.js';
import { holdsSecret } from './history.js';
import { WATCH_ID } from './starter.js';

/** What a watch takes to notice that nobody waits any more. */
const IDLE_MS = 60_000;

/** What the server has on record of the watches of a run. */
export interface WatchesRecord {
  readonly runs: number;
  readonly events: number;
  /** Each a sentence. */
  readonly wrong: readonly string[];
}

/** Looks at the watches, once all waits have ended. */
export async function lookAtWatches(client: Client): Promise<WatchesRecord> {
  const wrong = (await isIdle(client)) ? [] : [`${WATCH_ID} goes on ${IDLE_MS} ms after the last wait has ended`];
  const counts = { runs: 0, events: 0 };
  for await (const { workflowId, runId, status } of client.workflow.list({
    query: `WorkflowType = "${WATCH_REDIS_TASKS}"`,
  })) {
    const history = await client.workflow.getHandle(workflowId, runId).fetchHistory();
    counts.runs += 1;
    counts.events += history.events?.length ?? 0;
    const run = `The run ${runId} of ${workflowId}`;
    for (const reason of failedWorkflowTasks(history)) wrong.push(`${run} had a workflow task that failed: ${reason}`);
    if (holdsSecret(history)) wrong.push(`${run} has a secret in its history`);
    const { failure } = history.events?.at(-1)?.workflowExecutionFailedEventAttributes ?? {};
    if (failure) wrong.push(`${run} failed: ${failure.message ?? ''}, ${failure.cause?.message ?? ''}`);
    if (status.name === 'TIMED_OUT') wrong.push(`${run} timed out`);
  }
  return { ...counts, wrong };
}

/** One that may not list stays for a while to say so, but does nothing. */
async function isIdle(client: Client): Promise<boolean> {
  const until = Date.now() + IDLE_MS;
  while (Date.now() < until) {
    await sleep(1_000);
    try {
      const { status, raw } = await client.workflow.getHandle(WATCH_ID).describe();
      if (status.name !== 'RUNNING' || raw.pendingActivities?.length === 0) return true;
    } catch (error) {
      if (error instanceof WorkflowNotFoundError) return true;
      throw error;
    }
  }
  return false;
}
