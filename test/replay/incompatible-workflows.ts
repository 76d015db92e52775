// A change that must not be made: histories that began without this timer cannot go on with it.
import { sleep } from '@temporalio/workflow';
import type { AwaitRedisTaskInput } from '../../src/contract/task/input.js';
import type { RedisTaskResult } from '../../src/contract/task/outcome.js';
import { awaitRedisTask as today } from '../../src/workflows/index.js';

export async function awaitRedisTask(input: AwaitRedisTaskInput, carried?: unknown): Promise<RedisTaskResult> {
  await sleep('1s');
  return today(input, carried);
}
