import { actsAt, type Fault, type FaultHandle, type FaultOf, type FaultScope, type FaultStage } from './fault.js';
import { keyOf } from './task-book.js';

/** What a fault is matched with. */
export interface FaultTarget {
  readonly action: string | undefined;
  readonly taskId: string | undefined;
  /** True when the connection has carried a request before. */
  readonly reused: boolean;
  /** True when the API's answer is an error: there are no task's fields to spoil. */
  readonly refused?: boolean;
}

/** The faults that are set, in the order in which they were: at each stage of a call the first that fits strikes. */
export class FaultBook {
  private readonly faults = new Set<ActiveFault>();

  constructor(
    private readonly now: () => number,
    private readonly random: () => number,
  ) {}

  add(fault: Fault, scope: FaultScope): FaultHandle {
    const taskId = scope.taskId === undefined ? undefined : keyOf(scope.taskId);
    const untilMs = scope.forMs === undefined ? Infinity : this.now() + scope.forMs;
    const active: ActiveFault = { fault, scope, taskId, untilMs, hits: 0 };
    this.faults.add(active);
    return {
      get hits() {
        return active.hits;
      },
      clear: () => void this.faults.delete(active),
    };
  }

  clear(): void {
    this.faults.clear();
  }

  /** The fault that strikes this call at this stage, if any; it is counted as a hit. */
  strike<Stage extends FaultStage>(stage: Stage, target: FaultTarget): FaultOf<Stage> | undefined {
    for (const active of this.faults) {
      const { fault, scope } = active;
      if (!actsAt(fault, stage) || !this.fits(active, target)) continue;
      // The dice are thrown last: a call that cannot match must not use up a number of a seeded sequence.
      if (scope.probability !== undefined && this.random() >= scope.probability) continue;
      active.hits += 1;
      return fault;
    }
    return undefined;
  }

  private fits({ fault, scope, taskId, untilMs, hits }: ActiveFault, target: FaultTarget): boolean {
    return (
      hits < (scope.times ?? Infinity) &&
      this.now() < untilMs &&
      (taskId === undefined || taskId === target.taskId) &&
      (scope.action === undefined || scope.action === target.action) &&
      (fault.kind !== 'resetIdle' || target.reused) &&
      (fault.kind !== 'status' || (target.action === 'DescribeTaskInfo' && !target.refused)) &&
      (fault.kind !== 'missingStatus' || !target.refused)
    );
  }
}

interface ActiveFault {
  readonly fault: Fault;
  readonly scope: FaultScope;
  readonly taskId: string | undefined;
  readonly untilMs: number;
  hits: number;
}
