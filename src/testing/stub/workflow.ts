// Workflow code: bundled for the worker of the stub.
import { CancelledFailure, proxyActivities, sleep } from '@temporalio/workflow';
import { readActionInput, type RunRedisActionInput } from '../../contract/action/input.js';
import type { RedisActionResult } from '../../contract/action/outcome.js';
import { toApplicationFailure } from '../../contract/failure.js';
import { type AwaitRedisInstanceInput, readInstanceInput } from '../../contract/instance/input.js';
import type { RedisInstanceResult } from '../../contract/instance/outcome.js';
import { type AwaitRedisTaskInput, readInput } from '../../contract/task/input.js';
import type { RedisTaskResult } from '../../contract/task/outcome.js';
import type { PlayedEnd } from './played-wait.js';
import type { StubActivities } from './worker.js';

const { playWaitOf, playInstanceWaitOf, playActionOf } = proxyActivities<StubActivities>({
  startToCloseTimeout: '1m',
  // A script that makes no sense.
  retry: { nonRetryableErrorTypes: ['TypeError'] },
});

/** Ends as the test has scripted the task, at the time at which a real wait would end. */
export async function awaitRedisTask(input: AwaitRedisTaskInput): Promise<RedisTaskResult> {
  readInput(input);
  return endAs(await playWaitOf(input, Date.now()));
}

/** The same of instances. */
export async function awaitRedisInstance(input: AwaitRedisInstanceInput): Promise<RedisInstanceResult> {
  readInstanceInput(input);
  return endAs(await playInstanceWaitOf(input, Date.now()));
}

/** The same of a change. */
export async function runRedisAction(input: RunRedisActionInput): Promise<RedisActionResult> {
  readActionInput(input);
  return endAs(await playActionOf(input, Date.now()));
}

async function endAs<R>(end: PlayedEnd<R, Parameters<typeof toApplicationFailure>[0]>): Promise<R> {
  const { outcome, endsAt, isCancelled } = end;
  await sleep(endsAt - Date.now());
  // The server calls it failed, the parent sees a cancelled wait. Really cancelled, now and then the test server stands still.
  if (isCancelled) throw new CancelledFailure('The wait was cancelled');
  if (outcome.failure) throw toApplicationFailure(outcome.failure);
  return outcome.result;
}
