import {
  allHandlersFinished,
  CancellationScope,
  condition,
  makeContinueAsNewFunc,
  setCurrentDetails,
  type Workflow,
  workflowInfo,
} from '@temporalio/workflow';
import { CONTINUED } from '../../contract/wait/view.js';

/**
 * From so many events on, about 45 polls, a wait continues as new. A worker keeps 15 kB in memory for each poll of a run
 * that it has in its cache (measured), and without the cache a short history is replayed sooner. A new run costs 5 events.
 */
const LONG_HISTORY = 500;

/**
 * Continues a workflow in a new run if its history is long. Call it between two polls.
 *
 * The new run gets the memo as it is now: by itself it would lose what was added since the start, by which the watch of
 * shared waits finds a wait.
 *
 * @param args - of the new run
 */
export async function continueIfLong<F extends Workflow>(...args: Parameters<F>): Promise<void> {
  const { continueAsNewSuggested, historyLength } = workflowInfo();
  if (!continueAsNewSuggested && historyLength < LONG_HISTORY) return;
  await condition(allHandlersFinished);
  if (CancellationScope.current().consideredCancelled) return;
  setCurrentDetails(CONTINUED);
  const { memo } = workflowInfo();
  await makeContinueAsNewFunc<F>({ ...(memo && { memo }) })(...args);
}
