// What a user of the plugin has: workflows of their own, the line that is documented, and an activity.
import { proxyActivities } from '@temporalio/workflow';
import type { AwaitRedisTaskInput } from '../../src/contract/task/input.js';
import type { RedisTaskResult } from '../../src/contract/task/outcome.js';
import { executeAwaitRedisTask, waitForRedisTask } from '../../src/workflows/index.js';
import type { OwnActivities } from './own-worker.js';

export { awaitRedisTask, watchRedisTasks } from '../../src/workflows/index.js';

const { note } = proxyActivities<OwnActivities>({ startToCloseTimeout: '10s' });

/** Waits as a child on the queue of this very worker, which it is told, and calls an activity of the worker's own. */
export async function order(
  input: AwaitRedisTaskInput,
  taskQueue: string,
): Promise<{ noted: string; result: RedisTaskResult }> {
  const result = await executeAwaitRedisTask(input, { taskQueue });
  return { noted: await note(result.status), result };
}

/** Waits without a child. */
export function inlineOrder(input: AwaitRedisTaskInput): Promise<RedisTaskResult> {
  return waitForRedisTask(input);
}
