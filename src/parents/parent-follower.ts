import { setMaxListeners } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from '@temporalio/client';
import pLimit from 'p-limit';
import { GRPC, grpcCode } from '../contract/grpc.js';
import { type ChildWait, type ChildWaits, readParentEvents } from '../contract/parent-history.js';
import { ABANDON, REQUEST_CANCEL, TERMINATED } from '../contract/temporal-enums.js';
import { describeRun, isNotFound, type Run, runOf, unlessGone } from './runs.js';

/** How long the server may hold a request for news. */
const NEWS_WITHIN_MS = 10_000;
/** More requests at once could hold up those of the workers, with which they share a connection. */
const REQUESTS_AT_ONCE = 50;
/** While more parents are followed, they take turns of this length. */
const TURN_MS = 1_000;
const TRY_AGAIN_MS = 1_000;

const NONE: ChildWaits = new Map();

/**
 * Reads the histories of parents as they grow, cancels the waits that they have cancelled, and ends those that they have
 * left behind.
 *
 * The server delivers a parent's cancellation to the run that the parent has started, and to no later one: when that run
 * has continued as new or was reset, the server confirms the cancellation and drops it (seen on Server 1.32, for parents
 * of the TypeScript and the Python SDK, which name the run). Of a parent that was reset after the start of its wait, which
 * goes on as another run, it delivers no cancellation at all, and does not end the wait with it. All of this stands in the
 * parent's history nevertheless.
 */
export class ParentFollower {
  private readonly followed = new Set<string>();
  private readonly limit = pLimit(REQUESTS_AT_ONCE);
  private readonly stopping = new AbortController();

  constructor(private readonly client: Client) {
    // Each parent listens while its server is away.
    setMaxListeners(0, this.stopping.signal);
  }

  /** Follows the run of a parent until it has no open waits, and then the run that took its place in a reset. */
  follow(parent: Run): void {
    if (this.followed.has(parent.runId) || this.stopping.signal.aborted) return;
    this.followed.add(parent.runId);
    void this.followToItsEnd(parent).finally(() => this.followed.delete(parent.runId));
  }

  /** Ends all of it. Requests under way are left to the server, which answers them within seconds. */
  stop(): void {
    this.stopping.abort();
    this.limit.clearQueue();
  }

  private async followToItsEnd(parent: Run): Promise<void> {
    while (!this.stopping.signal.aborted) {
      try {
        const left = await this.read(parent);
        const successor = left.size > 0 ? await this.successorOf(parent) : undefined;
        if (successor) this.follow(successor);
        else for (const [workflowId, wait] of left) await this.leave(workflowId, wait);
        return;
      } catch (error) {
        if (isNotFound(error)) return;
        // The history is read from its beginning again: cancelling twice is cancelling once.
        await sleep(TRY_AGAIN_MS, undefined, { signal: this.stopping.signal }).catch(() => undefined);
      }
    }
  }

  /** Reads a parent's history, and goes on while it grows. @returns the waits that it has left behind when it was over */
  private async read(parent: Run): Promise<ChildWaits> {
    let waits: ChildWaits = new Map();
    const cancelled = new Set<string>();
    let page: Uint8Array | undefined;
    for (;;) {
      const news = await this.newsOf(parent, page);
      if (this.stopping.signal.aborted) return NONE;
      if (!news) {
        if (page && waits.size === 0) return NONE;
        continue;
      }
      waits = readParentEvents(waits, news.events);
      const due = [...waits].flatMap(([workflowId, { firstRunId, isCancelled }]) =>
        firstRunId && isCancelled && !cancelled.has(firstRunId) ? [{ workflowId, firstRunId }] : [],
      );
      // What a reset has taken back is no longer asked for.
      if (due.length > 0 && (await this.successorOf(parent))) return waits;
      for (const { workflowId, firstRunId } of due) {
        await this.cancel(workflowId, firstRunId);
        cancelled.add(firstRunId);
      }
      if (news.next.length === 0) return isContinued(news.events) ? NONE : waits;
      page = news.next;
    }
  }

  /** The next events, after a page or from the first one on. Undefined when none came in time. */
  private async newsOf({ workflowId, runId }: Run, nextPageToken: Uint8Array | undefined) {
    const { namespace } = this.client.options;
    const request = {
      namespace,
      execution: { workflowId, runId },
      waitNewEvent: true,
      ...(nextPageToken && { nextPageToken }),
    };
    const withinMs = this.followed.size > REQUESTS_AT_ONCE ? TURN_MS : NEWS_WITHIN_MS;
    try {
      const { history, nextPageToken: next } = await this.limit(() =>
        this.client.withDeadline(Date.now() + withinMs, () =>
          this.client.workflowService.getWorkflowExecutionHistory(request),
        ),
      );
      const events = history?.events ?? [];
      // The server has held the request for as long as it may.
      return events.length === 0 && next.length > 0 ? undefined : { events, next };
    } catch (error) {
      if (grpcCode(error) === GRPC.deadlineExceeded) return undefined;
      throw error;
    }
  }

  /** Cancels the run of a wait that is open, unless it has ended. */
  private cancel(workflowId: string, firstExecutionRunId: string): Promise<unknown> {
    const { namespace, identity } = this.client.options;
    const request = {
      ...{ namespace, identity, workflowExecution: { workflowId }, firstExecutionRunId },
      requestId: firstExecutionRunId,
      reason: "the parent's cancellation, which named an earlier run",
    };
    return unlessGone(this.client.workflowService.requestCancelWorkflowExecution(request));
  }

  /** Does with a wait what becomes of it when its parent closes: the server does it, unless the parent was reset. */
  private async leave(workflowId: string, { firstRunId, isCancelled, closePolicy }: ChildWait): Promise<void> {
    // One that the parent has cancelled ends by that, and tells so.
    if (!firstRunId || isCancelled || closePolicy === ABANDON) return;
    if (closePolicy === REQUEST_CANCEL) {
      await this.cancel(workflowId, firstRunId);
      return;
    }
    const { namespace, identity } = this.client.options;
    const request = {
      ...{ namespace, identity, workflowExecution: { workflowId }, firstExecutionRunId: firstRunId },
      reason: 'by parent close policy',
    };
    await unlessGone(this.client.workflowService.terminateWorkflowExecution(request));
  }

  /**
   * The run that a reset has put in the place of this one: it has the same waits, and may cancel them. Closed or not, its
   * history tells what has become of them, and that of the run before it no longer does.
   */
  private async successorOf({ workflowId, runId }: Run): Promise<Run | undefined> {
    const [own, latest] = await Promise.all([
      describeRun(this.client, { workflowId, runId }),
      describeRun(this.client, { workflowId }),
    ]);
    const run = runOf(latest?.execution);
    return Number(own?.status) === TERMINATED && run?.runId !== runId ? run : undefined;
  }
}

function isContinued(events: readonly { workflowExecutionContinuedAsNewEventAttributes?: unknown }[]): boolean {
  return events.some((event) => event.workflowExecutionContinuedAsNewEventAttributes);
}
