import { executeAwaitRedisTask } from 'temporal-tencent-redis/workflows';
import type { AwaitRedisTaskInput, RedisTaskResult } from 'temporal-tencent-redis';

export { awaitRedisTask } from 'temporal-tencent-redis/workflows';

export function pipeline(input: AwaitRedisTaskInput, taskQueue: string): Promise<RedisTaskResult> {
  return executeAwaitRedisTask(input, { taskQueue });
}
