/** A workflow as a newer worker may have it: its result and its failures have fields that we do not know. */
import { ApplicationFailure } from '@temporalio/workflow';

export async function awaitRedisTask({ taskId, region }: { taskId: string; region: string }): Promise<unknown> {
  await Promise.resolve();
  const known = { taskId: Number(taskId), region, status: 'succeed', taskType: null, instanceId: 'crs-newer' };
  const more = { startTime: null, message: '', requestId: 'r-1', polls: 3, waitedMs: 4_200, progress: 100 };
  if (taskId === '1') return { ...known, ...more, detectionDelayMaxMs: null };
  throw ApplicationFailure.create({
    type: 'RedisTaskFailed',
    message: 'Task 2 ended in failed.',
    nonRetryable: true,
    details: [{ ...known, ...more, status: 'failed', rootCause: 'disk' }],
  });
}
