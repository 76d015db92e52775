import type { AwaitRedisTaskInput } from 'temporal-tencent-redis';
import { executeSharedRedisTaskWait } from 'temporal-tencent-redis/nexus';
import { executeAwaitRedisTask, waitForRedisTask } from 'temporal-tencent-redis/workflows';

export { awaitRedisTask, watchRedisTasks } from 'temporal-tencent-redis/workflows';

/** The baseline: its events are subtracted from those of the others. */
export function nothing(): Promise<void> {
  return Promise.resolve();
}

export async function child(input: AwaitRedisTaskInput, taskQueue: string): Promise<void> {
  await executeAwaitRedisTask(input, { taskQueue });
}

export async function inline(input: AwaitRedisTaskInput, taskQueue: string): Promise<void> {
  await waitForRedisTask(input, { taskQueue });
}

export async function nexus(input: AwaitRedisTaskInput): Promise<void> {
  await executeSharedRedisTaskWait(input, { endpoint: 'redis-tasks' });
}
