import type { Client } from '@temporalio/client';
import { MINUTE, SECOND } from '../../contract/duration.js';
import { watchWorkflowId } from '../../contract/ids.js';
import { JOIN_SIGNAL, WATCH_REDIS_TASKS, WATCH_STATE_QUERY, type WatchedWait } from '../../contract/watch/watch.js';

/** Before the first tasks of waits: a watch must not queue behind them. Its later runs and its activities inherit it. */
const FIRST = { priorityKey: 1 };

/** For how long a watch that has answered is known to run. */
const ANSWERED_FOR_MS = 5 * MINUTE;
const ANSWER_WITHIN_MS = 8 * SECOND;

/** The watches of the waits on one task queue. */
export class Watches {
  /** When the watch of a region last answered, by `performance.now()`. */
  private readonly answeredAt = new Map<string, number>();

  constructor(
    private readonly client: Client,
    readonly taskQueue: string,
  ) {}

  get namespace(): string {
    return this.client.options.namespace;
  }

  /**
   * Tells a watch who joins, and starts it if need be.
   *
   * @throws when the watch does not run: a worker whose workflows do not include it would leave the waits to nobody
   */
  async join(region: string, waits: readonly WatchedWait[]): Promise<void> {
    const options = this.startOptions(region);
    await this.client.workflow.signalWithStart(WATCH_REDIS_TASKS, {
      ...options,
      signal: JOIN_SIGNAL,
      signalArgs: [waits],
    });
    if (performance.now() - (this.answeredAt.get(region) ?? -Infinity) < ANSWERED_FOR_MS) return;
    await this.client.withDeadline(Date.now() + ANSWER_WITHIN_MS, () =>
      this.client.workflow.getHandle(options.workflowId).query(WATCH_STATE_QUERY),
    );
    this.answeredAt.set(region, performance.now());
  }

  /** Starts a watch that is not running. */
  async start(region: string): Promise<void> {
    await this.client.workflow.start(WATCH_REDIS_TASKS, {
      ...this.startOptions(region),
      workflowIdConflictPolicy: 'USE_EXISTING',
    });
  }

  private startOptions(region: string) {
    return {
      taskQueue: this.taskQueue,
      workflowId: watchWorkflowId(this.taskQueue, region),
      args: [{ region }],
      priority: FIRST,
      // Its history is replayed in no time, unless the machine is busy.
      workflowTaskTimeout: '1 minute',
      staticSummary: `Watch of shared waits in ${region}`,
    };
  }
}
