import type { Client } from '@temporalio/client';
import pMap from 'p-map';
import pRetry from 'p-retry';
import type { AwaitRedisTaskInput } from '../../src/contract/task/input.js';
import type { RedisApiSimulator, SimulatorCall } from '../../src/testing/index.js';

/** No wait ends during a measurement. */
const LONG_WAIT = '12h';

/** Waits to start, all for tasks that stay `running`. */
export interface WaitsToStart {
  readonly taskIds: readonly number[];
  readonly taskQueue: string;
  /** @default the defaults of a wait */
  readonly polling?: AwaitRedisTaskInput['polling'];
}

/** Starts waits, 20 requests at a time: more of them would only queue. A busy server may refuse some. */
export async function startWaits(
  client: Client,
  simulator: RedisApiSimulator | undefined,
  { taskIds, taskQueue, polling }: WaitsToStart,
): Promise<void> {
  for (const taskId of taskIds) simulator?.addTask(taskId, { timeline: [{ status: 'running' }] });
  await pMap(
    taskIds,
    (taskId) => {
      const input = { taskId, region: 'ap-guangzhou', maxWait: LONG_WAIT, ...(polling && { polling }) };
      const options = { taskQueue, workflowId: waitId(taskQueue, taskId), args: [input] };
      const start = () =>
        client.workflow.start('awaitRedisTask', { ...options, workflowIdConflictPolicy: 'USE_EXISTING' });
      return pRetry(start, { retries: 5, minTimeout: 500 });
    },
    { concurrency: 20 },
  );
}

export function waitId(taskQueue: string, taskId: number): string {
  return `${taskQueue}/ap-guangzhou/${taskId}`;
}

/** So many ids from this one on. */
export function taskIdsFrom(first: number, count: number): number[] {
  return Array.from({ length: count }, (_, index) => first + index);
}

/** The times between polls of one wait, in seconds, for each wait. */
export function gapsByWait(calls: readonly SimulatorCall[]): number[][] {
  const times = new Map<string, number[]>();
  for (const { taskId = '', at } of calls) times.set(taskId, [...(times.get(taskId) ?? []), at]);
  return [...times.values()].map((each) => each.slice(1).map((at, index) => (at - (each[index] ?? at)) / 1_000));
}
