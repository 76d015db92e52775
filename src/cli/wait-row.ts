import type { WorkflowExecutionDescription, WorkflowExecutionInfo } from '@temporalio/client';
import { describeWait } from '../client/find.js';
import { RedisTaskStateError } from '../client/index.js';
import { queryState } from '../client/query.js';
import { isUnreadable } from '../client/readable.js';
import { taskToldBy } from '../client/reference.js';
import { handleTo } from '../client/wait-handle.js';
import type { WatchesOfWaits } from '../client/watches.js';
import { beganAt, isContinued } from '../client/whole-wait.js';
import { formatDuration } from '../contract/duration.js';
import { INSTANCE_ID, OUTCOME, STATUS } from '../contract/search-attributes.js';
import type { RedisTaskWaitState } from '../contract/task/view.js';
import { watchText, wholeSeconds } from './outcome.js';
import { type Temporal, withTimeout } from './temporal.js';
import { fold, printable } from './terminal.js';
import { isWithoutWorker } from './workers.js';

/** A worker that has the wait in its cache answers in milliseconds. */
const ANSWER_WITHIN_MS = 2_000;

/** What the search attributes of a wait tell, where it has them. */
export function attributesOf({ typedSearchAttributes: told }: Pick<WorkflowExecutionInfo, 'typedSearchAttributes'>) {
  return {
    taskStatus: told.get(STATUS) ?? null,
    instanceId: told.get(INSTANCE_ID) ?? null,
    outcome: told.get(OUTCOME) ?? null,
  };
}

/** Reads the rows of a list: the workers are asked until the first one does not answer. */
export class WaitRows {
  /** Why some rows lack what only a worker tells. */
  gap: 'unanswered' | 'unreadable' | undefined;
  private readonly runs = new Set<string>();

  constructor(
    private readonly temporal: Temporal,
    private readonly watches: WatchesOfWaits,
  ) {}

  /** Undefined where another run goes on with the wait of this one. */
  async of({ workflowId, runId, status }: WorkflowExecutionInfo) {
    const { temporal, runs } = this;
    const { client, taskQueue } = temporal.waits;
    // The list is a moment late: an open wait may be in its next run already.
    const listed = status.name === 'RUNNING' ? undefined : runId;
    const [run] = await withTimeout(temporal, () => describeWait(client, workflowId, listed));
    if (!run || isContinued(run) || runs.has(run.runId)) return undefined;
    runs.add(run.runId);
    const state = await this.stateOf(run);
    const startTime = await withTimeout(temporal, () => beganAt(client, run));
    const closeTime = run.closeTime ?? null;
    const watch = closeTime === null ? await withTimeout(temporal, () => this.watches.of(run.memo)) : undefined;
    const told = attributesOf(run);
    return {
      workflowId,
      // Unknown where a parent in another language has set neither memo nor our id.
      ...(taskToldBy(run, taskQueue) ?? { taskId: state?.taskId ?? null, region: state?.region ?? null }),
      status: run.status.name,
      taskStatus: state?.status ?? told.taskStatus,
      instanceId: state?.observation?.instanceId ?? told.instanceId,
      outcome: told.outcome,
      deadline: state?.deadline ?? null,
      startTime,
      closeTime,
      ...(watch && { watch }),
    };
  }

  private async stateOf(run: WorkflowExecutionDescription): Promise<RedisTaskWaitState | undefined> {
    const { temporal, gap } = this;
    if (run.closeTime !== undefined || gap === 'unanswered') return undefined;
    const ask = () => queryState(handleTo(temporal.waits.client, run));
    try {
      return await withTimeout(temporal, ask, ANSWER_WITHIN_MS);
    } catch (error) {
      if (isUnreadable(error)) this.gap ??= 'unreadable';
      else if (isWithoutWorker(error)) this.gap = 'unanswered';
      else if (!(error instanceof RedisTaskStateError)) throw error;
      return undefined;
    }
  }
}

type Row = NonNullable<Awaited<ReturnType<WaitRows['of']>>>;

/** A row in words: how long it has lasted and which it is, then what is known of it. */
export function rowText({ workflowId, status, startTime, closeTime, ...row }: Row, columns: number): string {
  const lasted = formatDuration((closeTime?.getTime() ?? Date.now()) - startTime.getTime());
  const { taskStatus, instanceId, outcome, deadline, watch } = row;
  const isFailure = outcome !== null && /^[A-Z]/.test(outcome);
  const head = `${status.toLowerCase().padEnd(10)} ${lasted.padEnd(12)}`;
  const id = printable(workflowId);
  const parts = [
    // An id on a line of its own can be copied.
    ...(`${head} ${id}`.length < columns ? [`${head} ${id}`] : [head.trimEnd(), id]),
    ...(isFailure ? [printable(outcome)] : []),
    ...(taskStatus === null ? [] : [`task ${printable(taskStatus)}`]),
    ...(instanceId ? [printable(instanceId)] : []),
    ...(deadline === null ? [] : [`deadline in ${wholeSeconds(Date.parse(deadline) - Date.now())}`]),
    ...(watch ? [watchText(watch.seenAt)] : []),
  ];
  return fold(parts, columns);
}
