import type { Client } from '@temporalio/client';
import pMap from 'p-map';
import { openRunsQuery } from '../contract/ids.js';
import type { OpenWait } from './open-waits.js';
import { describeRun, listRuns, type Run, runOf } from './runs.js';

const PARENTS_PER_QUERY = 100;
const REQUESTS_AT_ONCE = { concurrency: 10 };

/** An open wait that was started by a parent. */
interface ChildRun {
  readonly run: Run;
  readonly parent: Run;
}

/**
 * Finds the parents of whose waits the server does not take care: the open run of the wait is not the one that the parent
 * has started, because it was continued as new or came of a reset; or the latest run of the parent is not the one that has
 * started the wait, because the parent was reset. See {@link ParentFollower}.
 */
export class UnheardParents {
  /** Whether a run is the first of its wait. */
  private seen = new Map<string, boolean>();
  /** The workflow ids of parents that have no open run. */
  private closed: ReadonlySet<string> = new Set();

  constructor(private readonly client: Client) {}

  /** Their runs. */
  async of(waits: readonly OpenWait[]): Promise<Run[]> {
    const children = waits.flatMap(({ run, parent }): ChildRun[] => (parent ? [{ run, parent }] : []));
    const [parents, successors] = await Promise.all([this.parentsOfLaterRuns(children), this.successorsOf(children)]);
    const replaced = new Set(successors.map(({ workflowId }) => workflowId));
    return [...parents.filter(({ workflowId }) => !replaced.has(workflowId)), ...successors];
  }

  private async parentsOfLaterRuns(children: readonly ChildRun[]): Promise<Run[]> {
    const seen = await pMap(
      children,
      async ({ run }) => [run.runId, await this.isFirst(run)] as const,
      REQUESTS_AT_ONCE,
    );
    this.seen = new Map(seen);
    return children.filter(({ run }) => this.seen.get(run.runId) === false).map(({ parent }) => parent);
  }

  /** The latest runs of parents of which another run has started the wait; of those that are closed only once. */
  private async successorsOf(children: readonly ChildRun[]): Promise<Run[]> {
    const starters = new Set(children.map(({ parent }) => parent.runId));
    const ids = [...new Set(children.map(({ parent }) => parent.workflowId))];
    const batches = Array.from({ length: Math.ceil(ids.length / PARENTS_PER_QUERY) }, (_, index) =>
      ids.slice(index * PARENTS_PER_QUERY, (index + 1) * PARENTS_PER_QUERY),
    );
    const open = new Map<string, Run>();
    const listOpen = async (batch: readonly string[]) => {
      for await (const { execution } of listRuns(this.client, openRunsQuery(batch))) {
        const run = runOf(execution);
        if (run) open.set(run.workflowId, run);
      }
    };
    await pMap(batches, listOpen, REQUESTS_AT_ONCE);
    const closed = ids.filter((id) => !open.has(id));
    // The server lists a new run a moment late.
    const asked = closed.filter((id) => !this.closed.has(id));
    const latest = await pMap(
      asked,
      async (workflowId) => runOf((await describeRun(this.client, { workflowId }))?.execution),
      REQUESTS_AT_ONCE,
    );
    this.closed = new Set(closed);
    return [...open.values(), ...latest].filter((run) => run !== undefined).filter(({ runId }) => !starters.has(runId));
  }

  private async isFirst(run: Run): Promise<boolean> {
    const known = this.seen.get(run.runId);
    if (known !== undefined) return known;
    // One that is gone has ended since.
    const { firstRunId } = (await describeRun(this.client, run)) ?? {};
    return (firstRunId ?? run.runId) === run.runId;
  }
}
