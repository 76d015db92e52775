import {
  CancellationScope,
  CancelledFailure,
  ChildWorkflowFailure,
  isCancellation,
  TerminatedFailure,
} from '@temporalio/workflow';
import { decodeRedisTaskFailure } from 'temporal-tencent-redis';
import { executeAwaitRedisTask } from 'temporal-tencent-redis/workflows';
import type { ProvisionInput } from './workflows.js';

/** Waits for several tasks at once. @returns how each of them ended, in their order */
export async function provisionAll(tasks: readonly ProvisionInput[]): Promise<string[]> {
  // docs:start
  // Every wait ends before the pipeline does: the server terminates those that a pipeline leaves behind.
  const waits = await Promise.allSettled(tasks.map((task) => executeAwaitRedisTask(task)));
  if (CancellationScope.current().consideredCancelled) throw new CancelledFailure('The pipeline was cancelled');
  return waits.map((wait) => {
    if (wait.status === 'fulfilled') return wait.value.status;
    // Somebody has ended this wait alone; its task goes on.
    if (isCancellation(wait.reason)) return 'cancelled';
    if (wait.reason instanceof ChildWorkflowFailure && wait.reason.cause instanceof TerminatedFailure) {
      return 'terminated';
    }
    const failure = decodeRedisTaskFailure(wait.reason);
    if (!failure) throw wait.reason;
    return failure.type;
  });
  // docs:end
}
