// The API as the explorer of changes has it: one instance, its tasks, and what was executed. It uses none of the code's logic.
import { inBeijing } from '../../../src/testing/beijing-time.js';
import type { VirtualClock } from '../virtual/clock.js';
import type { Execution } from './oracle.js';

/** What goes wrong with a call that submits a change. */
export const SUBMIT_FAULTS = [
  'none',
  'lostBefore',
  'lostAfter',
  'systemErrorBefore',
  'systemErrorAfter',
  'unreadableAfter',
  'throttled',
  'busy',
  'refused',
] as const;
export type SubmitFault = (typeof SUBMIT_FAULTS)[number];

/** The scripted API of one play. */
export interface WorldScript {
  /** By the number of the submit that reaches the API; later ones go well. */
  readonly submitFaults: readonly SubmitFault[];
  /** How long after its start the list shows a task. */
  readonly listLagMs: number;
  /** Of so many looks at the list, in turn, one fails. 0: none. */
  readonly everyListFails: number;
  /** How long a task takes, and holds the instance. */
  readonly taskMs: number;
  /** Whether the instance has had a task of each type before. */
  readonly hasEarlierTasks: boolean;
  /** Until then another flow holds the instance. */
  readonly lockedMs: number;
}

/** What a call answers: the fields of a response, the code of an error, or no answer at all. */
export type WorldAnswer = { readonly response: Record<string, unknown> } | { readonly code: string };

/** Task types of the list, by action. */
export const TYPES: Readonly<Record<string, string>> = {
  ClearInstance: '004',
  ModifyInstanceParams: '034',
  RestoreInstance: '010',
};

/**
 * How long before the first change earlier tasks began: a list that is behind shows the first ones late, and the others' place
 * in the hour is that of the change.
 */
const EARLIER_MS = [10_000, 3_600_000 - 40_000];

export class World {
  readonly executed: Execution[] = [];
  /** Submits by pipeline of which the answer did not tell whether the change was made. */
  readonly unclear = new Map<string, number>();
  private submits = 0;
  private looks = 0;
  private readonly start: number;

  constructor(
    private readonly clock: VirtualClock,
    private readonly script: WorldScript,
  ) {
    this.start = clock.now;
  }

  call(action: string, params: Readonly<Record<string, unknown>>): WorldAnswer {
    return action === 'DescribeTaskList' ? this.list() : this.submit(action, String(params['Remark']));
  }

  private list(): WorldAnswer {
    this.looks += 1;
    const { everyListFails, listLagMs } = this.script;
    if (everyListFails > 0 && this.looks % everyListFails === 0) return { code: 'InternalError' };
    const earlier = EARLIER_MS.flatMap((beforeMs, nth) =>
      Object.keys(TYPES).map((action, index) => {
        return { taskIds: [100 * nth + index + 1], action, startedAt: this.start - beforeMs };
      }),
    );
    const all = [...(this.script.hasEarlierTasks ? earlier : []), ...this.executed];
    const shown = all.filter(({ startedAt }) => startedAt + listLagMs <= this.clock.now);
    const rows = shown.map(({ taskIds: [TaskId], action, startedAt }) => ({
      TaskId,
      TaskType: TYPES[action],
      InstanceId: 'crs-a',
      StartTime: inBeijing(startedAt),
      Result: 1,
    }));
    const tasks = rows.reverse();
    return { response: { TotalCount: tasks.length, Tasks: tasks } };
  }

  private submit(action: string, by: string): WorldAnswer {
    const fault = this.script.submitFaults[this.submits] ?? 'none';
    this.submits += 1;
    switch (fault) {
      case 'throttled':
        return { code: 'RequestLimitExceeded' };
      case 'busy':
        return { code: 'ResourceUnavailable.InstanceLockedError' };
      case 'refused':
        return { code: 'InvalidParameterValue.CheckNotPass' };
      case 'lostBefore':
        return this.leaveUnclear(by, 'NetworkError.ECONNRESET');
      case 'systemErrorBefore':
        return this.leaveUnclear(by, 'FailedOperation.SystemError');
      default:
    }
    if (this.isLocked) return { code: 'ResourceUnavailable.InstanceLockedError' };
    const taskId = 1_000 + this.executed.length;
    this.executed.push({ by, action, taskIds: [taskId], startedAt: this.clock.now });
    switch (fault) {
      case 'lostAfter':
        return this.leaveUnclear(by, 'NetworkError.ECONNRESET');
      case 'systemErrorAfter':
        return this.leaveUnclear(by, 'FailedOperation.SystemError');
      case 'unreadableAfter':
        this.noteUnclear(by);
        return { response: { RequestId: 'r' } };
      default:
        return { response: { TaskId: taskId, RequestId: 'r' } };
    }
  }

  /** A submit whose worker was killed: nobody heard the answer. */
  noteUnclear(by: string): void {
    this.unclear.set(by, (this.unclear.get(by) ?? 0) + 1);
  }

  private leaveUnclear(by: string, code: string): WorldAnswer {
    this.noteUnclear(by);
    return { code };
  }

  private get isLocked(): boolean {
    const last = this.executed.at(-1);
    if (last && this.clock.now < last.startedAt + this.script.taskMs) return true;
    return this.clock.now < this.start + this.script.lockedMs;
  }
}
