import { setTimeout as sleep } from 'node:timers/promises';
import { WorkflowFailedError, WorkflowNotFoundError } from '@temporalio/client';
import { startWaits, waitId } from '../../bench/support/waits.js';
import { formatDuration } from '../../src/contract/duration.js';
import { decodeRedisTaskFailure } from '../../src/index.js';
import type { ExplorerStage } from '../../test/explore/real/stage.js';
import type { Stage } from '../../test/support/stage.js';
import type { Topology } from './topology.js';
import { untilWritten } from './until-written.js';

const TASK_QUEUE = 'redis-task';
/** Beyond the task ids of random waits. */
const FIRST_TASK_ID = 9_000_000;
const PACINGS = ['timers', 'shared'] as const;
/** Of each pacing and each end. */
const WAITS = 4;
/** Ends of tasks, in milliseconds from the start of their waits: some before the restore, some after it. */
const ENDS = [
  { status: 'succeed', afterMs: 15_000, expected: 'succeeded' },
  { status: 'failed', afterMs: 20_000, expected: 'RedisTaskFailed' },
  { status: 'succeed', afterMs: 90_000, expected: 'succeeded' },
] as const;

/** A wait, and how it has to end. */
interface Expected {
  readonly taskId: number;
  readonly expected: string;
  readonly endsBeforeRestore: boolean;
}

/**
 * Backs the databases up while waits are open, lets some of them end and others begin, and restores the backup. Then the
 * waits of the backup have to end as their tasks did, and the later ones have to be gone. Returns what was wrong.
 */
export async function rehearseRestore(
  stage: ExplorerStage,
  topology: Topology,
  say: (text: string) => void,
): Promise<string[]> {
  const again = async () => {
    await stage.startServer();
    await untilWritten(topology.temporal);
  };
  const waits = await startTasks(stage, FIRST_TASK_ID);
  await sleep(4_000);
  const backupAt = Date.now();
  await topology.backUp();
  await again();
  say(
    `backed up with ${waits.length} waits open: the server writes again after ${formatDuration(Date.now() - backupAt)}`,
  );

  const later = await startTasks(stage, FIRST_TASK_ID + 1_000);
  const ended = waits.filter(({ endsBeforeRestore }) => endsBeforeRestore);
  for (const { taskId } of ended) await endOf(stage, taskId);
  const restoredAt = Date.now();
  await topology.restore();
  // A worker must not remember what the databases have forgotten.
  await stage.killWorker('SIGKILL');
  await again();
  say(
    `restored after ${ended.length} of them had ended: it writes again after ${formatDuration(Date.now() - restoredAt)}`,
  );

  const wrong: string[] = [];
  for (const { taskId, expected } of waits) {
    const end = await endOf(stage, taskId);
    if (end.outcome !== expected) wrong.push(`Task ${taskId} was to be ${expected} and is ${end.outcome}`);
    if (end.at <= restoredAt) wrong.push(`Task ${taskId} had ended before the backup: this proves nothing`);
  }
  for (const { taskId } of later) {
    if (await isThere(stage, taskId)) wrong.push(`The wait for task ${taskId} began after the backup, and is there`);
  }
  return wrong;
}

/** Starts a wait for each end and pacing. */
async function startTasks(stage: Stage, firstId: number): Promise<Expected[]> {
  const waits: Expected[] = [];
  for (const pacing of PACINGS) {
    for (const { status, afterMs, expected } of ENDS) {
      const taskIds = Array.from({ length: WAITS }, (_, index) => firstId + waits.length + index);
      const timeline = [{ status: 'running', forMs: afterMs }, { status }] as const;
      for (const taskId of taskIds) stage.simulator.addTask(taskId, { timeline });
      await startWaits(stage.client, undefined, { taskIds, taskQueue: TASK_QUEUE, polling: { pacing } });
      waits.push(...taskIds.map((taskId) => ({ taskId, expected, endsBeforeRestore: afterMs < 60_000 })));
    }
  }
  return waits;
}

async function endOf(stage: Stage, taskId: number): Promise<{ outcome: string; at: number }> {
  const handle = stage.client.workflow.getHandle(waitId(TASK_QUEUE, taskId));
  const outcome = await handle.result().then(
    () => 'succeeded',
    (error: unknown) => {
      if (!(error instanceof WorkflowFailedError)) throw error;
      return decodeRedisTaskFailure(error)?.type ?? String(error.cause);
    },
  );
  const { closeTime } = await handle.describe();
  return { outcome, at: closeTime?.getTime() ?? 0 };
}

async function isThere(stage: Stage, taskId: number): Promise<boolean> {
  try {
    await stage.client.workflow.getHandle(waitId(TASK_QUEUE, taskId)).describe();
    return true;
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return false;
    throw error;
  }
}
