// A wait as its users see it: one, however many runs it has. It continues as new when its history grows long, and in
// another run after a reset.
import { type Client, type WorkflowExecutionDescription, WorkflowNotFoundError } from '@temporalio/client';
import * as v from 'valibot';
import { describeWait, readArgument } from './find.js';
import { readerOf } from './readable.js';

/** What a run hands over to the next. */
const CARRIED = v.fallback(v.object({ startedAt: v.nullable(v.number()) }), { startedAt: null });

/** When the wait of a run began. */
export async function beganAt(client: Client, run: WorkflowExecutionDescription): Promise<Date> {
  const { workflowId, runId, startTime, raw } = run;
  // Older servers do not report it.
  const firstRunId = raw.workflowExecutionInfo?.firstRunId;
  if (!firstRunId || firstRunId === runId) return startTime;
  const [first] = await describeWait(client, workflowId, firstRunId);
  if (first) return first.startTime;
  // That run has left the namespace.
  const { startedAt } = v.parse(CARRIED, await readArgument(client, run, 1));
  return startedAt === null ? startTime : new Date(startedAt);
}

/** Whether another run goes on with the wait of this one. */
export function isContinued({ status, raw }: WorkflowExecutionDescription): boolean {
  return status.name === 'CONTINUED_AS_NEW' || Boolean(raw.workflowExtendedInfo?.resetRunId);
}

/** The workflow id of the parent that waits for the end of a wait; undefined when none does any more. */
export async function waitingParent(
  client: Client,
  { parentExecution }: WorkflowExecutionDescription,
): Promise<string | undefined> {
  const { workflowId } = parentExecution ?? {};
  if (!workflowId) return undefined;
  try {
    const parent = await readerOf(client).getHandle(workflowId).describe();
    return parent.closeTime === undefined ? workflowId : undefined;
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return undefined;
    throw error;
  }
}
