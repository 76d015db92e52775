import { CancellationScope, workflowInfo } from '@temporalio/workflow';
import { WAIT_IS_LOADING } from '../../contract/wait/messages.js';

/**
 * Notices a replay of events that no workflow task has delivered yet, and fails it.
 *
 * Such a replay is made for a query that reaches a worker which does not have the workflow in its cache: SDK 1.24 applies
 * events after the last task as well, at that task's time (measured: a query is sent while no worker runs, a timer fires,
 * a worker starts). What the workflow decides there is sent with its next task, but a later replay, at the right time,
 * may decide otherwise: the wait would hang. Failing the replay fails only that query, and the worker forgets the workflow.
 */
export class StaleReplayGuard {
  private readonly scope = CancellationScope.current();
  private seen = position();
  private isStale = false;

  /** Call it in every condition: those are evaluated in each activation, before anything that awaits goes on. */
  check(): void {
    const now = position();
    const { historyLength, historySize, time } = this.seen;
    // A new task comes with a longer history and a later time. Several activations of one task have the same length.
    this.isStale ||= now.historyLength > historyLength && now.historySize === historySize && now.time === time;
    // Cancelling has sent its commands already, and they are the same at any time.
    if (this.isStale && !this.scope.consideredCancelled) throw new Error(WAIT_IS_LOADING);
    this.seen = now;
  }

  /** A promise that never resolves in a stale replay, where no command may follow; otherwise undefined. */
  get hold(): Promise<never> | undefined {
    return this.isStale && !this.scope.consideredCancelled ? new Promise(() => undefined) : undefined;
  }
}

function position() {
  const { historyLength, historySize } = workflowInfo();
  return { historyLength, historySize, time: Date.now() };
}
