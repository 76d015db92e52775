import { keyOf, type TaskId } from './task-script.js';

/**
 * One way in which the API, or a gateway in front of it, goes wrong.
 *
 * - `throttled`: the API refuses for its rate, whatever the rate is; by default with `RequestLimitExceeded`
 * - `error`: the API answers this error; by default with its own text, where one is known
 * - `status`: `DescribeTaskInfo` shows this status instead of the task's own
 * - `html`: a gateway's HTML page, with any HTTP status, 200 too
 * - `http`: any other answer instead of the API's
 * - `slow`: the request is delayed so long, then handled as usual; other faults may follow
 * - `empty`: HTTP 200 without a body
 * - `missingResponse`: `{}`
 * - `missingStatus`: the true answer without its fields: only `RequestId` is left. Does not change errors
 * - `truncated`: the first half of the true answer, as a complete HTTP message
 * - `cutOff`: the first half of the true answer, then the connection breaks
 * - `lostAnswer`: the API does its work, but the connection breaks before the answer
 * - `reset`: the connection breaks when the request has arrived; the API never sees it
 * - `resetIdle`: as `reset`, but only for a kept-alive connection that has carried a request before
 * - `hang`: no answer until the client gives up
 *
 * Those of `DescribeTaskList` all act together, on every row, on that of the scope's `taskId`, or on a `share` of the rows
 * from 0 to 1: with 0.1, those of the tasks whose id ends in 00 to 09.
 *
 * - `listLag`: it shows the tasks as they were so many milliseconds ago
 * - `listHidden`: it leaves out tasks
 * - `listStuck`: it shows tasks that have ended as running
 * - `listResult`: its rows show this `Result` instead of the task's own; which rows there are stays the same
 * - `listSkip`: each page begins one row later than the page before has ended
 */
export type Fault =
  | { readonly kind: 'throttled'; readonly code?: string }
  | { readonly kind: 'error'; readonly code: string; readonly message?: string }
  | { readonly kind: 'status'; readonly status: string; readonly message?: string }
  | { readonly kind: 'html'; readonly httpStatus: number }
  | { readonly kind: 'http'; readonly status: number; readonly body: string; readonly headers?: FaultHeaders }
  | { readonly kind: 'slow'; readonly delayMs: number }
  | { readonly kind: 'empty' | 'missingResponse' | 'missingStatus' | 'truncated' | 'cutOff' | 'lostAnswer' }
  | { readonly kind: 'reset' | 'resetIdle' | 'hang' }
  | { readonly kind: 'listLag'; readonly lagMs: number }
  | { readonly kind: 'listHidden' | 'listStuck'; readonly share?: number }
  | { readonly kind: 'listResult'; readonly result: number; readonly share?: number }
  | { readonly kind: 'listSkip' };

/** @inline */
type FaultHeaders = Readonly<Record<string, string>>;

/** Which calls a fault strikes. All conditions must hold. */
export interface FaultScope {
  /** Strike so many calls, then no more. @default no end */
  readonly times?: number;
  /** The task that a call asks for; with the faults of the list, the task of a row. */
  readonly taskId?: TaskId;
  readonly action?: string;
  /** Strike each matching call with this probability, 0 to 1. @default 1 */
  readonly probability?: number;
  /** Strike for so many milliseconds from now. @default no end */
  readonly forMs?: number;
}

/** A fault that was set. */
export interface FaultHandle {
  /** How many calls it has struck. */
  readonly hits: number;
  /** Ends it. Calls that it already holds stay held. */
  readonly clear: () => void;
}

/** When each fault acts: before the API sees the request, instead of the API's work, in it, or on the API's answer. */
const STAGES = {
  delay: ['slow'],
  gateway: ['html', 'http', 'empty', 'missingResponse', 'reset', 'resetIdle', 'hang'],
  backend: ['throttled', 'error'],
  list: ['listLag', 'listHidden', 'listStuck', 'listResult', 'listSkip'],
  answer: ['status', 'missingStatus', 'truncated', 'cutOff', 'lostAnswer'],
} as const satisfies Record<string, readonly Fault['kind'][]>;

type Stage = keyof typeof STAGES;
export type FaultAt<S extends Stage> = Fault & { readonly kind: (typeof STAGES)[S][number] };

/** The call that a fault may strike. */
export interface FaultTarget {
  readonly action: string | undefined;
  readonly taskId: string | undefined;
  /** The connection has carried a request before. */
  readonly reused: boolean;
  /** The API's answer is an error, without a task's fields. */
  readonly refused?: boolean;
}

/** A fault of the list that strikes a call, and the task of the one row that it is about. */
export interface StruckList {
  readonly fault: FaultAt<'list'>;
  readonly row: string | undefined;
}

interface ActiveFault extends FaultHandle {
  readonly fault: Fault;
  readonly taskId: string | undefined;
  readonly matches: (target: FaultTarget) => boolean;
  hits: number;
}

/** The faults that are set: at each stage of a call, the first that matches strikes. */
export class FaultBook {
  private readonly faults = new Set<ActiveFault>();

  constructor(
    private readonly now: () => number,
    private readonly random: () => number,
  ) {}

  add(fault: Fault, { times = Infinity, forMs = Infinity, action, taskId, probability = 1 }: FaultScope): FaultHandle {
    const untilMs = this.now() + forMs;
    const key = taskId === undefined ? undefined : keyOf(taskId);
    const isOfList = isAt('list', fault);
    const active: ActiveFault = {
      fault,
      taskId: key,
      hits: 0,
      matches: (target) =>
        active.hits < times &&
        this.now() < untilMs &&
        (isOfList || (key ?? target.taskId) === target.taskId) &&
        (action ?? target.action) === target.action &&
        (fault.kind !== 'resetIdle' || target.reused) &&
        (fault.kind !== 'status' || (target.action === 'DescribeTaskInfo' && !target.refused)) &&
        (fault.kind !== 'missingStatus' || !target.refused) &&
        // Last, so that only matching calls use up numbers of a seeded sequence.
        (probability === 1 || this.random() < probability),
      clear: () => void this.faults.delete(active),
    };
    this.faults.add(active);
    return active;
  }

  clear(): void {
    this.faults.clear();
  }

  /** The fault that strikes this call at this stage, if any; it is counted as a hit. */
  strike<S extends Stage>(stage: S, target: FaultTarget): FaultAt<S> | undefined {
    for (const { fault } of this.striking(stage, target)) return fault;
    return undefined;
  }

  /** All faults that strike this call of the list; each is counted as a hit. */
  strikeList(target: FaultTarget): readonly StruckList[] {
    return Array.from(this.striking('list', target), ({ fault, taskId }) => ({ fault, row: taskId }));
  }

  private *striking<S extends Stage>(stage: S, target: FaultTarget): Generator<ActiveFault & { fault: FaultAt<S> }> {
    for (const active of this.faults) {
      if (!isAt(stage, active.fault) || !active.matches(target)) continue;
      active.hits += 1;
      yield active;
    }
  }
}

function isAt(stage: Stage, { kind }: Fault): boolean {
  const kinds: readonly Fault['kind'][] = STAGES[stage];
  return kinds.includes(kind);
}
