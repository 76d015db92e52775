import { decodeRedisTaskFailure } from 'temporal-tencent-redis';
import { executeAwaitRedisTask } from 'temporal-tencent-redis/workflows';
import { TASK_QUEUE } from './task-queue.js';

// RedisTaskPlugin cannot add this line: a bundle contains only what its own files export.
export { awaitRedisTask, watchRedisTasks } from 'temporal-tencent-redis/workflows';

/** Upgrades an instance. Its wait runs in the pipeline's own worker. */
export async function upgrade(taskId: number, region: string): Promise<string> {
  try {
    const { instanceId } = await executeAwaitRedisTask({ taskId, region, maxWait: '1h' }, { taskQueue: TASK_QUEUE });
    return `${instanceId} is upgraded`;
  } catch (error) {
    const failure = decodeRedisTaskFailure(error);
    if (failure?.type !== 'RedisTaskFailed') throw error;
    return `not upgraded: ${failure.details.message ?? ''}`;
  }
}
