import type { PollErrorClass } from '../../src/contract/poll-error.js';
import type { RedisTaskFailureDetails, RedisTaskFailureType } from '../../src/contract/task/failures.js';
import type { AwaitRedisTaskInput } from '../../src/contract/task/input.js';
import type { RedisTaskResult } from '../../src/contract/task/outcome.js';
import type { RedisTaskWaitState } from '../../src/contract/task/view.js';
import type { WaitScript } from './wait-script.js';

/** What really happened in one wait. All times in milliseconds since its start. */
export interface WaitRecord {
  readonly script: WaitScript;
  /** Unix time in milliseconds of the wait's start. */
  readonly startedAt: number;
  readonly endedAt: number | undefined;
  readonly ending: Ending | undefined;
  /** The calls that reached the API, in their order. */
  readonly calls: readonly CallRecord[];
  /** The polls of the wait, each one activity. */
  readonly polls: readonly PollRecord[];
  readonly steering: readonly SteeringRecord[];
  /** Deadlines that were in force, each from its time on. */
  readonly deadlines: readonly { readonly from: number; readonly deadline: number }[];
  /** When a worker, the task queue or the server was in trouble, so that nothing can be said of calls and delays. */
  readonly troubles: readonly { readonly from: number; readonly to: number; readonly why: string }[];
  /** When the list of tasks was wrong or refused, or nobody watched: in the way of shared waits alone. */
  readonly listTroubles?: WaitRecord['troubles'];
  /** When the list was read while it told the truth. */
  readonly sweeps?: readonly number[];
  /** What its watch told a shared wait. */
  readonly reports?: readonly ReportRecord[];
  /** How long a call may have been in the task queue. */
  readonly longestQueueMs: number;
  /** When a run of the wait handed over to the next. */
  readonly continuedAt?: readonly number[];
  /** Workflow tasks that failed, with their reasons. */
  readonly failedTasks: readonly string[];
  /** The workflow that started it. */
  readonly parent?: ParentRecord | undefined;
}

/** What became of a parent. */
export interface ParentRecord {
  readonly ended: 'returned' | 'gaveUp' | 'failed' | 'cancelled' | 'terminated' | 'not at all' | 'otherwise';
  readonly endedAt: number | undefined;
  /** What it returned. */
  readonly result?: unknown;
}

/** How a wait ended. */
export type Ending =
  | { readonly as: 'succeeded'; readonly result: RedisTaskResult }
  | { readonly as: 'cancelled' }
  | { readonly as: 'terminated' }
  | {
      readonly as: RedisTaskFailureType;
      readonly message: string;
      readonly details: RedisTaskFailureDetails & { readonly resumeInput?: AwaitRedisTaskInput };
    }
  | { readonly as: 'other'; readonly what: string };

/** One call as the API saw it. */
export interface CallRecord {
  readonly at: number;
  /** What it answered: the task's status, or the class of its refusal; undefined when the answer did not arrive. */
  readonly answer: { readonly status: string } | { readonly errorClass: PollErrorClass } | undefined;
  /** A second call of the same attempt, with fresh credentials or another clock. */
  readonly isRepair?: boolean;
  /** Perhaps no wait asked: a worker whose credentials were refused tries the refused call again, for itself. */
  readonly mayBeProbe?: boolean;
}

/** One poll of the wait. */
export interface PollRecord {
  readonly at: number;
  /** When its answer reached the wait; undefined when it was given up. */
  readonly answeredAt?: number;
  readonly gaveTask?: boolean;
  readonly givenUpAt?: number;
}

/** A report of the watch: ask the API, or pace yourself. */
export interface ReportRecord {
  readonly at: number;
  /** When the list last showed the task as unfinished. */
  readonly seenAt: number | undefined;
  /** Why the tasks could not be listed. */
  readonly unable?: string;
}

/** What somebody does to a wait or its parent, besides what its script says. */
export const UPHEAVALS = [
  'cancelParent',
  'cancelScope',
  'startOver',
  'terminateParent',
  'resetParentToBefore',
  'resetParentToAfter',
  'resetWait',
] as const;

/** What a client did, and what it was told. */
export interface SteeringRecord {
  readonly at: number;
  /** When the wait knew of it. */
  readonly heardAt: number | undefined;
  readonly did: 'extendWait' | 'pollNow' | 'joinWait' | 'cancel' | 'getState' | (typeof UPHEAVALS)[number];
  /** A reset may have taken it back. */
  readonly isDoubtful?: boolean;
  readonly totalMs?: number;
  readonly state?: RedisTaskWaitState;
  readonly refused?: string;
}
