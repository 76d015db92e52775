import { proxyActivities } from '@temporalio/workflow';

interface SampleActivities {
  pollOnce(taskId: number): Promise<void>;
}

/** Temporal's own sample for infrequent polling: an activity that fails until the task has ended, retried by the server. */
export async function samplePolling(taskId: number, intervalMs: number): Promise<void> {
  const { pollOnce } = proxyActivities<SampleActivities>({
    startToCloseTimeout: '15s',
    retry: { backoffCoefficient: 1, initialInterval: intervalMs },
  });
  await pollOnce(taskId);
}
