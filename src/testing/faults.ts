import { keyOf, type TaskId } from './tasks.js';

/** One way in which the API, or a gateway in front of it, goes wrong. */
export type Fault =
  /** The API refuses for its rate, whatever the rate is. @default code 'RequestLimitExceeded' */
  | { readonly kind: 'throttled'; readonly code?: string }
  /** The API answers this error. @default message the API's own text, where one is known */
  | { readonly kind: 'error'; readonly code: string; readonly message?: string }
  /** `DescribeTaskInfo` shows this status instead of the task's own. */
  | { readonly kind: 'status'; readonly status: string; readonly message?: string }
  /** A gateway's HTML page, with any HTTP status, 200 too. */
  | { readonly kind: 'html'; readonly httpStatus: number }
  /** Any other answer instead of the API's. */
  | {
      readonly kind: 'http';
      readonly status: number;
      readonly body: string;
      readonly headers?: Readonly<Record<string, string>>;
    }
  /** HTTP 200 without a body. */
  | { readonly kind: 'empty' }
  /** `{}` */
  | { readonly kind: 'missingResponse' }
  /** The true answer without its fields: only `RequestId` is left. Does not change errors. */
  | { readonly kind: 'missingStatus' }
  /** The first half of the true answer, as a complete HTTP message. */
  | { readonly kind: 'truncated' }
  /** The first half of the true answer, then the connection breaks. */
  | { readonly kind: 'cutOff' }
  /** The API does its work, but the connection breaks before the answer. */
  | { readonly kind: 'lostAnswer' }
  /** The connection breaks when the request has arrived; the API never sees it. */
  | { readonly kind: 'reset' }
  /** As `reset`, but only for a kept-alive connection that has carried a request before. */
  | { readonly kind: 'resetIdle' }
  /** The request is delayed so long, then handled as usual; other faults may follow. */
  | { readonly kind: 'slow'; readonly delayMs: number }
  /** No answer until the client gives up. */
  | { readonly kind: 'hang' };

/** Which calls a fault strikes. All conditions must hold. */
export interface FaultScope {
  /** Strike so many calls, then no more. @default no end */
  readonly times?: number;
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

/** When each fault acts: before the API sees the request, instead of the API's work, or on the API's answer. */
const STAGES = {
  delay: ['slow'],
  gateway: ['html', 'http', 'empty', 'missingResponse', 'reset', 'resetIdle', 'hang'],
  backend: ['throttled', 'error'],
  answer: ['status', 'missingStatus', 'truncated', 'cutOff', 'lostAnswer'],
} as const satisfies Record<string, readonly Fault['kind'][]>;

type Stage = keyof typeof STAGES;
export type FaultAt<S extends Stage> = Extract<Fault, { kind: (typeof STAGES)[S][number] }>;

/** The call that a fault may strike. */
export interface FaultTarget {
  readonly action: string | undefined;
  readonly taskId: string | undefined;
  /** The connection has carried a request before. */
  readonly reused: boolean;
  /** The API's answer is an error, without a task's fields. */
  readonly refused?: boolean;
}

interface ActiveFault {
  readonly fault: Fault;
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
    const active: ActiveFault = {
      fault,
      hits: 0,
      matches: (target) =>
        active.hits < times &&
        this.now() < untilMs &&
        (key ?? target.taskId) === target.taskId &&
        (action ?? target.action) === target.action &&
        (fault.kind !== 'resetIdle' || target.reused) &&
        (fault.kind !== 'status' || (target.action === 'DescribeTaskInfo' && !target.refused)) &&
        (fault.kind !== 'missingStatus' || !target.refused) &&
        // Last, so that only matching calls use up numbers of a seeded sequence.
        (probability === 1 || this.random() < probability),
    };
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
  strike<S extends Stage>(stage: S, target: FaultTarget): FaultAt<S> | undefined {
    const kinds: readonly Fault['kind'][] = STAGES[stage];
    for (const active of this.faults) {
      if (!kinds.includes(active.fault.kind) || !active.matches(target)) continue;
      active.hits += 1;
      return active.fault as FaultAt<S>;
    }
    return undefined;
  }
}
