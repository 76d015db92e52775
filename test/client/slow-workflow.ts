import { proxyLocalActivities } from '@temporalio/workflow';

const { occupy } = proxyLocalActivities<{ occupy(): Promise<void> }>({ startToCloseTimeout: '1m' });

/** A wait that keeps one of its worker's slots for workflows for as long as `occupy` takes, and then is over. */
export async function awaitRedisTask({ taskId, region }: { taskId: number; region: string }): Promise<unknown> {
  await occupy();
  return { taskId, region, status: 'succeed' };
}
