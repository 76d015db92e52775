import { WorkflowFailedError, type WorkflowHandle } from '@temporalio/client';
import pRetry from 'p-retry';
import { describeRun } from './starter.js';

/** A server that is away for a moment is asked again. */
export function patiently<T>(ask: () => Promise<T>): Promise<T> {
  return pRetry(ask, { retries: 60, minTimeout: 200, maxTimeout: 1_000 });
}

/** How it ended is read from its history; only that it has is of interest here. A reset opens it again. */
export async function untilOver(handle: WorkflowHandle): Promise<void> {
  do await handle.result().catch(ended);
  while ((await describeRun(handle))?.status === 'RUNNING');
}

function ended(error: unknown): void {
  if (error instanceof WorkflowFailedError) return;
  if (error instanceof Error && /connect|UNAVAILABLE|DEADLINE/i.test(`${error.message} ${String(error.cause)}`))
    throw error;
}
