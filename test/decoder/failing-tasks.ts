import type { RedisTaskFailureType } from '../../src/contract/task/failures.js';
import type { AwaitRedisTaskInput } from '../../src/contract/task/input.js';
import { REGION, type Waits } from '../support/waits.js';

/** For each type of failure, a task that ends a wait with it: gives the input, and what the details must say. */
export const FAILING_TASKS: Readonly<
  Record<RedisTaskFailureType, (waits: Waits) => { input: AwaitRedisTaskInput; details: object }>
> = {
  RedisTaskFailed: (waits) => ended(waits, { status: 'failed', message: 'disk is full' }),
  RedisTaskErrored: (waits) => ended(waits, { status: 'Error', message: 'half done' }),
  RedisTaskTimedOut(waits) {
    const { input, details } = ended(waits, { status: 'running', message: '' });
    return {
      input: { ...input, maxWait: '1s' },
      details: { ...details, resumeInput: { taskId: input.taskId, region: REGION, maxWait: 1_000 } },
    };
  },
  RedisTaskUnauthorized: (waits) => refused(waits, 'AuthFailure.UnauthorizedOperation'),
  RedisTaskRejected: (waits) => refused(waits, 'UnsupportedRegion'),
  RedisTaskInvalidInput: () => ({
    input: { taskId: -1, region: REGION },
    details: { taskId: null, region: REGION, invalid: { field: 'taskId' } },
  }),
};

function ended(waits: Waits, step: { status: string; message: string }) {
  const taskId = waits.addTask(step);
  return { input: { taskId, region: REGION }, details: { taskId, region: REGION, ...step } };
}

function refused(waits: Waits, code: string) {
  const taskId = waits.addTask({ status: 'running' });
  waits.simulator.fault({ kind: 'error', code }, { taskId });
  return { input: { taskId, region: REGION }, details: { taskId, status: null, lastError: { code } } };
}
