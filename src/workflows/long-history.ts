import {
  allHandlersFinished,
  CancellationScope,
  condition,
  setCurrentDetails,
  workflowInfo,
} from '@temporalio/workflow';
import { CONTINUED } from '../contract/view.js';

/**
 * From so many events on, about 45 polls, a wait continues as new. A worker keeps 15 kB in memory for each poll of a run
 * that it has in its cache (measured), and without the cache a short history is replayed sooner. A new run costs 5 events.
 */
const LONG_HISTORY = 500;

/** Continues a wait in a new run if its history is long. Call it between two polls. @param again - continues as new */
export async function continueIfLong(again: () => Promise<never>): Promise<void> {
  const { continueAsNewSuggested, historyLength } = workflowInfo();
  if (!continueAsNewSuggested && historyLength < LONG_HISTORY) return;
  await condition(allHandlersFinished);
  if (CancellationScope.current().consideredCancelled) return;
  setCurrentDetails(CONTINUED);
  await again();
}
