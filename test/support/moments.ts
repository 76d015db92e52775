// Waits that have come to a certain moment.
import { randomUUID } from 'node:crypto';
import { WorkflowUpdateFailedError } from '@temporalio/client';
import type { RedisTaskWaitState } from '../../src/contract/task/view.js';
import type { InstanceStep } from '../../src/testing/index.js';
import { REGION, stateOf, untilState, type WaitHandle, type Waits } from './waits.js';

const RUNNING = { status: 'running' };

/** A pace at which no second poll comes by itself. */
export const SLOW = { initialInterval: '1h' };

export interface MomentOptions {
  readonly maxWait?: string;
  readonly workflowId?: string;
}

export interface WaitAtMoment {
  readonly taskId: number;
  readonly handle: WaitHandle;
  readonly state: RedisTaskWaitState;
}

/** A wait that has polled once and pauses for an hour. */
export async function pausingWait(
  waits: Waits,
  { maxWait = '3h', ...options }: MomentOptions = {},
): Promise<WaitAtMoment> {
  const taskId = waits.addTask(RUNNING);
  const handle = await waits.start({ taskId, region: REGION, maxWait, polling: SLOW }, options);
  const state = await untilState(handle, ({ polls, nextPollAt }) => polls === 1 && nextPollAt !== null);
  return { taskId, handle, state };
}

/** A wait on a queue of its own, where nobody takes its calls. */
export async function waitWithoutCalls(
  waits: Waits,
  { maxWait = '3h', ...options }: MomentOptions = {},
): Promise<WaitAtMoment & { readonly taskQueue: string }> {
  const taskId = waits.addTask(RUNNING);
  const taskQueue = `lonely-${randomUUID()}`;
  await waits.serveWaits(taskQueue);
  const handle = await waits.start({ taskId, region: REGION, maxWait }, { ...options, taskQueue });
  const state = await untilState(handle, ({ nextPollAt }) => nextPollAt === null);
  return { taskId, taskQueue, handle, state };
}

/** Takes the next call of a queue and never answers, like a worker that is killed. */
export async function takeCallAndDie({ env: { connection } }: Waits, taskQueue: string): Promise<void> {
  const request = {
    namespace: 'default',
    taskQueue: { name: `${taskQueue}-api` },
    identity: 'a worker that is killed',
  };
  const { taskToken } = await connection.withDeadline(Date.now() + 30_000, () =>
    connection.workflowService.pollActivityTaskQueue(request),
  );
  if (taskToken.length === 0) throw new Error(`No call came to ${taskQueue}-api`);
}

/** Moves the deadline of a wait so near that it ends soon: a total that is over when the wait hears of it is refused. */
export async function endSoon(
  handle: Pick<WaitHandle, 'executeUpdate' | 'query' | 'workflowId'>,
): Promise<RedisTaskWaitState> {
  for (let aheadMs = 2_000; ; aheadMs *= 2) {
    const { waitedMs } = await stateOf(handle);
    try {
      const args: [unknown] = [{ maxWait: waitedMs + aheadMs }];
      return await handle.executeUpdate<RedisTaskWaitState, [unknown]>('extendWait', { args });
    } catch (error) {
      if (!(error instanceof WorkflowUpdateFailedError)) throw error;
    }
  }
}

/** A new instance that goes through these steps; gives back its id. */
export function newInstance(waits: Waits, ...timeline: InstanceStep[]): string {
  const instanceId = `crs-${waits.addTask()}`;
  waits.simulator.addInstance(instanceId, { timeline });
  return instanceId;
}
