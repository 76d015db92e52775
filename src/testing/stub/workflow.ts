// Workflow code: bundled for the worker of the stub.
import { proxyActivities, sleep } from '@temporalio/workflow';
import { toApplicationFailure } from '../../contract/failure.js';
import { type AwaitRedisTaskInput, readInput } from '../../contract/task/input.js';
import type { RedisTaskResult } from '../../contract/task/outcome.js';
import type { StubActivities } from './worker.js';

const { playWaitOf } = proxyActivities<StubActivities>({ startToCloseTimeout: '1m' });

/** Ends as the test has scripted the task, at the time at which a real wait would end. */
export async function awaitRedisTask(input: AwaitRedisTaskInput): Promise<RedisTaskResult> {
  readInput(input);
  const { outcome, endsAt } = await playWaitOf(input, Date.now());
  await sleep(endsAt - Date.now());
  if (outcome.failure) throw toApplicationFailure(outcome.failure);
  return outcome.result;
}
