import type { Client } from '@temporalio/client';
import pMap from 'p-map';
import { waitsQuery } from '../contract/ids.js';
import { isNotFound, type ParentRun } from './parent-follower.js';

const PAGE_SIZE = 1_000;
const DESCRIBED_AT_ONCE = { concurrency: 10 };

/** Finds the waits whose parents do not know the run that is open: one that was continued as new, or came of a reset. */
export class ContinuedWaits {
  /** Whether a run is the first of its wait. */
  private seen = new Map<string, boolean>();

  constructor(
    private readonly client: Client,
    private readonly taskQueue: string,
  ) {}

  /** The parents of the waits that are open now. */
  async parents(): Promise<ParentRun[]> {
    const children = await this.listChildren();
    const seen = await pMap(
      children,
      async ({ run }) => [run.runId, await this.isFirst(run)] as const,
      DESCRIBED_AT_ONCE,
    );
    this.seen = new Map(seen);
    return children.filter(({ run }) => this.seen.get(run.runId) === false).map(({ parent }) => parent);
  }

  /** The open waits that have a parent. Not by the SDK's list, which reads memos that may be encoded in an unknown way. */
  private async listChildren(): Promise<{ run: ParentRun; parent: ParentRun }[]> {
    const query = waitsQuery(this.taskQueue, ['Running']);
    const { namespace } = this.client.options;
    const children: { run: ParentRun; parent: ParentRun }[] = [];
    let nextPageToken: Uint8Array | undefined;
    do {
      const page = await this.client.workflowService.listWorkflowExecutions({
        namespace,
        query,
        pageSize: PAGE_SIZE,
        ...(nextPageToken && { nextPageToken }),
      });
      for (const { execution, parentExecution } of page.executions) {
        const [run, parent] = [execution, parentExecution].map(runOf);
        if (run && parent) children.push({ run, parent });
      }
      ({ nextPageToken } = page);
    } while (nextPageToken.length);
    return children;
  }

  private async isFirst({ workflowId, runId }: ParentRun): Promise<boolean> {
    const known = this.seen.get(runId);
    if (known !== undefined) return known;
    const { namespace } = this.client.options;
    const request = { namespace, execution: { workflowId, runId } };
    try {
      const { workflowExecutionInfo } = await this.client.workflowService.describeWorkflowExecution(request);
      return (workflowExecutionInfo?.firstRunId ?? runId) === runId;
    } catch (error) {
      // It has ended since, and is gone.
      if (isNotFound(error)) return true;
      throw error;
    }
  }
}

function runOf(
  execution: { workflowId?: string | null; runId?: string | null } | null | undefined,
): ParentRun | undefined {
  const { workflowId, runId } = execution ?? {};
  return workflowId && runId ? { workflowId, runId } : undefined;
}
