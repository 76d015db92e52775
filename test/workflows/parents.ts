// The workflows of these tests: the wait itself, and parents as a user of the package would write them.
import { ChildWorkflowFailure, isCancellation, sleep, workflowInfo } from '@temporalio/workflow';
import { decodeRedisTaskFailure, type RedisTaskFailure } from '../../src/contract/failures.js';
import type { AwaitRedisTaskInput } from '../../src/contract/input.js';
import type { RedisTaskResult } from '../../src/contract/outcome.js';
import {
  executeAwaitRedisTask,
  startAwaitRedisTask,
  waitForRedisTask,
  type AwaitRedisTaskOptions,
  type WaitForRedisTaskOptions,
} from '../../src/workflows/index.js';

export { awaitRedisTask } from '../../src/workflows/index.js';

/** Waits as a child. */
export function childParent(input: AwaitRedisTaskInput, options?: AwaitRedisTaskOptions): Promise<RedisTaskResult> {
  return executeAwaitRedisTask(input, options);
}

/** What a parent found when its child failed. */
export interface Caught {
  readonly names: string[];
  readonly failure: RedisTaskFailure | undefined;
  readonly children: number;
}

/** Waits as a child, and tells what it caught. */
export async function catchingParent(input: AwaitRedisTaskInput, options?: AwaitRedisTaskOptions): Promise<Caught> {
  try {
    await executeAwaitRedisTask(input, options);
  } catch (error) {
    const cause = error instanceof ChildWorkflowFailure ? error.cause : undefined;
    const names = [error, cause].map((each) => (each instanceof Error ? each.name : String(each)));
    return { names, failure: decodeRedisTaskFailure(error), children: workflowInfo().historyLength };
  }
  throw new TypeError('The child did not fail');
}

/** Starts a wait as a child, pokes it, and tells its id and its result. */
export async function pokingParent(
  input: AwaitRedisTaskInput,
  options?: AwaitRedisTaskOptions,
): Promise<{ workflowId: string; result: RedisTaskResult }> {
  const child = await startAwaitRedisTask(input, options);
  // Before the first poll begins, that one would be all that the signal asks for.
  await sleep('5s');
  await child.signal('pollNow');
  return { workflowId: child.workflowId, result: await child.result() };
}

/** Waits inline. */
export function inlineWait(input: AwaitRedisTaskInput, options?: WaitForRedisTaskOptions): Promise<RedisTaskResult> {
  return waitForRedisTask(input, options);
}

/** Waits inline for several tasks at once. */
export function inlineWaits(inputs: AwaitRedisTaskInput[]): Promise<RedisTaskResult[]> {
  return Promise.all(inputs.map((input) => waitForRedisTask(input)));
}

/** Waits inline, and tells what it caught: the decoder works inside a workflow. */
export async function catchingInline(input: AwaitRedisTaskInput): Promise<RedisTaskFailure | 'cancelled' | undefined> {
  try {
    await waitForRedisTask(input);
    return undefined;
  } catch (error) {
    return isCancellation(error) ? 'cancelled' : decodeRedisTaskFailure(error);
  }
}
