import type { AwaitRedisTaskInput, RedisTaskResult } from 'temporal-tencent-redis';
import { executeAwaitRedisTask } from 'temporal-tencent-redis/workflows';

export { awaitRedisTask, watchRedisTasks } from 'temporal-tencent-redis/workflows';

export function pipeline(input: AwaitRedisTaskInput, taskQueue: string): Promise<RedisTaskResult> {
  return executeAwaitRedisTask(input, { taskQueue });
}
