import { type Client, WorkflowNotFoundError } from '@temporalio/client';
import { watchWorkflowId } from '../contract/ids.js';
import {
  readSweepStatus,
  readWatchedTask,
  WATCH_MEMO,
  WATCH_REDIS_TASKS,
  type WatchedTask,
} from '../contract/watch/watch.js';
import { decodeFirst, readerOf } from './readable.js';

/** How an open wait is watched, as far as the server tells without a worker. */
export interface WatchOfWait {
  /** Of the watch. */
  readonly workflowId: string;
  /** When it last listed the tasks and found that of the wait; null before it has, and where that is not known. */
  readonly seenAt: Date | null;
}

/** Tells of the waits on a task queue how they are watched. Asks the server once for each watch. */
export class WatchesOfWaits {
  private readonly sweeps = new Map<string, Promise<number | null>>();

  constructor(
    private readonly client: Client,
    private readonly taskQueue: string,
  ) {}

  /** @param memo - of an open wait. @returns undefined where it has joined no watch, or paces itself */
  async of(memo: Readonly<Record<string, unknown>> | undefined): Promise<WatchOfWait | undefined> {
    const task = readWatchedTask(memo?.[WATCH_MEMO]);
    if (!task) return undefined;
    const workflowId = watchWorkflowId(this.taskQueue, task.region);
    const sweptAt = this.sweeps.get(workflowId) ?? lastSweepAt(this.client, workflowId);
    this.sweeps.set(workflowId, sweptAt);
    return { workflowId, seenAt: seenAt(task, await sweptAt) };
  }
}

/** A sweep finds all tasks that are waited for: those that it does not find are no longer watched. */
function seenAt({ joinedAt }: WatchedTask, sweptAt: number | null): Date | null {
  return sweptAt !== null && sweptAt > joinedAt ? new Date(sweptAt) : null;
}

/** By the heartbeats of its sweeps. */
async function lastSweepAt(client: Client, workflowId: string): Promise<number | null> {
  try {
    const { type, raw } = await readerOf(client).getHandle(workflowId).describe();
    if (type !== WATCH_REDIS_TASKS) return null;
    const [sweeping] = raw.pendingActivities ?? [];
    const status = readSweepStatus(
      await decodeFirst(client, sweeping?.heartbeatDetails?.payloads).catch(() => undefined),
    );
    return status?.lastSweepAt ?? null;
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return null;
    throw error;
  }
}
