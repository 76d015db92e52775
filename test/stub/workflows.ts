import { decodeRedisTaskFailure } from '../../src/contract/task/failures.js';
import type { AwaitRedisTaskInput } from '../../src/contract/task/input.js';
import { executeAwaitRedisTask } from '../../src/workflows/index.js';

export { catchingParent, childParent } from '../workflows/parents.js';

/** Waits, and waits on when that times out. @returns how long each wait took */
export async function resumingParent(input: AwaitRedisTaskInput): Promise<number[]> {
  try {
    return [(await executeAwaitRedisTask(input)).waitedMs];
  } catch (error) {
    const failure = decodeRedisTaskFailure(error);
    if (failure?.type !== 'RedisTaskTimedOut') throw error;
    return [failure.details.waitedMs, ...(await resumingParent(failure.details.resumeInput))];
  }
}
