import {
  ApplicationFailure,
  CancellationScope,
  CancelledFailure,
  proxyActivities,
  rootCause,
} from '@temporalio/workflow';
import { decodeRedisTaskFailure, type RedisTaskDuration } from 'temporal-tencent-redis';
import type { Activities, Size } from './activities.js';
import type { Instance } from './call.js';
import { Person, tell } from './person.js';
import { waitForTask } from './wait.js';

export interface ResizeInput extends Instance {
  /** The memory of each shard in the end. */
  readonly memSizeMb: number;
  /** After how long a task counts as late, and a person is told. @default '2h' */
  readonly maxWait?: RedisTaskDuration;
}

export interface ResizeResult {
  readonly memSizeMb: number;
  readonly backupTaskId: number;
}

const { sizeOf, tasksOf, orderResize, taskOfOrder, backUp } = proxyActivities<Activities>({
  startToCloseTimeout: '1m',
  // How long another change may hold the instance, or the API be away, before the pipeline gives a step up.
  scheduleToCloseTimeout: '30m',
  retry: { initialInterval: '2s', maximumInterval: '30s' },
});

/**
 * Resizes an instance and backs it up. When one of the two fails, the instance gets its old size back.
 *
 * It fails with `RolledBack`, with `RollbackFailed` when a person has to repair the instance, or with `Stopped` when a
 * person has decided so. If cancelled, it waits for the task under way, rolls back and ends as cancelled.
 */
export async function resizeInstance(input: ResizeInput): Promise<ResizeResult> {
  const pipeline = CancellationScope.current();
  // No call of the API cancels a task: with its wait cancelled, the pipeline would not know when it can roll back.
  return CancellationScope.nonCancellable(() => resizeAndBackUp(input, () => pipeline.consideredCancelled));
}

async function resizeAndBackUp(
  { instanceId, region, memSizeMb, maxWait = '2h' }: ResizeInput,
  isCancelled: () => boolean,
): Promise<ResizeResult> {
  const instance = { instanceId, region };
  const person = new Person(isCancelled);
  const compensations: (() => Promise<void>)[] = [];

  const stepDone = () => {
    if (isCancelled()) throw new CancelledFailure('The pipeline was cancelled');
  };
  const resizeTo = async (size: Size) => {
    const known = await tasksOf(instance, 'resize');
    const order = await orderResize(instance, size, known);
    if (!order) return;
    const taskId = await taskOfOrder(instance, order, known);
    await waitForTask({ taskId, region, maxWait }, `Resizing ${instanceId} to ${size.memSizeMb} MB`, person);
  };
  const takeBackup = async () => {
    const taskId = await backUp(instance, await tasksOf(instance, 'backup'));
    await waitForTask({ taskId, region, maxWait }, `Backing up ${instanceId}`, person);
    return taskId;
  };

  try {
    const before = await sizeOf(instance);
    // Noted before the step: its order may have been placed even if the step fails. An instance that still has its old
    // size is left alone.
    compensations.push(() => resizeTo(before));
    await resizeTo({ ...before, memSizeMb });
    stepDone();
    // A backup that nobody needs does no harm: there is nothing to undo.
    const backupTaskId = await takeBackup();
    stepDone();
    return { memSizeMb, backupTaskId };
  } catch (error) {
    const problem = `${instanceId} was not resized to ${memSizeMb} MB: ${reasonOf(error)}`;
    await rollBack(problem, error, compensations);
    // Whoever has cancelled the pipeline knows it, and needs no alert.
    if (error instanceof CancelledFailure) throw error;
    const message = `${problem} The instance has its old size. Nothing has to be done now.`;
    await tell(message);
    throw ApplicationFailure.create({ type: 'RolledBack', message, nonRetryable: true, cause: error as Error });
  }
}

/** Undoes what was done, the last first. */
async function rollBack(problem: string, error: unknown, compensations: (() => Promise<void>)[]): Promise<void> {
  // A person took over, and knows more than the pipeline.
  if (isStop(error)) throw error;
  try {
    for (const compensate of compensations.reverse()) await compensate();
  } catch (second) {
    if (isStop(second)) throw second;
    const message = `${problem} It could not be rolled back either: ${reasonOf(second)}`;
    await tell(`${message} Repair the instance by hand.`);
    throw ApplicationFailure.create({ type: 'RollbackFailed', message, nonRetryable: true, cause: second as Error });
  }
}

function isStop(error: unknown): boolean {
  return error instanceof ApplicationFailure && error.type === 'Stopped';
}

/** The sentence of a wait's failure, or the API's own words. */
function reasonOf(error: unknown): string {
  return decodeRedisTaskFailure(error)?.message ?? rootCause(error) ?? String(error);
}
