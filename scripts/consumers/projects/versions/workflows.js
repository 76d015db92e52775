import { decodeRedisTaskFailure } from 'temporal-tencent-redis';
import { executeAwaitRedisTask } from 'temporal-tencent-redis/workflows';

export { awaitRedisTask, watchRedisTasks } from 'temporal-tencent-redis/workflows';

export async function pipeline(input, taskQueue) {
  try {
    return (await executeAwaitRedisTask(input, { taskQueue })).status;
  } catch (error) {
    const failure = decodeRedisTaskFailure(error);
    return `${failure?.type}: ${failure?.details.message}`;
  }
}
