import { makeContinueAsNewFunc, type Workflow, workflowInfo } from '@temporalio/workflow';

/**
 * Continues as new, with what the memo has now: the next run would have lost what was added since the start, by which the
 * watch of shared waits finds a wait.
 */
export function continueWithMemo<F extends Workflow>(...args: Parameters<F>): Promise<never> {
  const { memo } = workflowInfo();
  return makeContinueAsNewFunc<F>({ ...(memo && { memo }) })(...args);
}
