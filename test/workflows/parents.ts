// The workflows of these tests: the wait itself, and parents as a user of the package would write them.
import {
  CancellationScope,
  ChildWorkflowFailure,
  defineSignal,
  isCancellation,
  setHandler,
  sleep,
  workflowInfo,
} from '@temporalio/workflow';
import type { RunRedisActionInput } from '../../src/contract/action/input.js';
import type { RedisActionResult } from '../../src/contract/action/outcome.js';
import { decodeRedisTaskFailure, type RedisTaskFailure } from '../../src/contract/task/failures.js';
import type { AwaitRedisTaskInput } from '../../src/contract/task/input.js';
import type { RedisTaskResult } from '../../src/contract/task/outcome.js';
import {
  executeAwaitRedisTask,
  executeRedisAction,
  pollNow,
  type RunRedisActionOptions,
  startAwaitRedisTask,
  waitForRedisTask,
  type AwaitRedisTaskOptions,
  type WaitForRedisTaskOptions,
} from '../../src/workflows/index.js';

export { awaitRedisInstance, awaitRedisTask, runRedisAction, watchRedisTasks } from '../../src/workflows/index.js';
// Those of a user of the plugin, as a worker without it has them.
export { inlineOrder, order } from '../plugin/workflows.js';

/** Waits as a child. */
export function childParent(input: AwaitRedisTaskInput, options?: AwaitRedisTaskOptions): Promise<RedisTaskResult> {
  return executeAwaitRedisTask(input, options);
}

/** Makes a change as a child. */
export function changingParent(input: RunRedisActionInput, options: RunRedisActionOptions): Promise<RedisActionResult> {
  return executeRedisAction(input, options);
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

/** Waits as a child until it is told to give up; then it goes on without it. */
export async function givingUpParent(input: AwaitRedisTaskInput, options?: AwaitRedisTaskOptions): Promise<string> {
  const wait = new CancellationScope();
  setHandler(defineSignal('giveUp'), () => wait.cancel());
  try {
    await wait.run(() => executeAwaitRedisTask(input, options));
    return 'waited';
  } catch (error) {
    if (isCancellation(error)) return 'given up';
    throw error;
  }
}

/** Waits as a child, and sends it `pollNow` when told to. */
export async function signallingParent(
  input: AwaitRedisTaskInput,
  options?: AwaitRedisTaskOptions,
): Promise<RedisTaskResult> {
  const child = await startAwaitRedisTask(input, options);
  setHandler(defineSignal('poke'), () => child.signal(pollNow));
  return child.result();
}
