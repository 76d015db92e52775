// What waits, their watch and its sweeps tell each other.
import * as v from 'valibot';
import { POLL_ERROR } from '../poll-error.js';
import { REGION } from '../region.js';
import { TASK_NUMBER, type WaitPlan } from '../task/input.js';
import type { TaskWaitState } from '../task/state.js';
import { COUNT } from '../wait/state.js';

/** The name of the workflow that watches the tasks of shared waits. */
export const WATCH_REDIS_TASKS = 'watchRedisTasks';

/** The memo by which a watched wait can be found in the server's list of open workflows. */
export const WATCH_MEMO = 'redisTaskWatch';

/** The signal by which a watch tells a wait something. */
export const WATCH_REPORT_SIGNAL = 'redisTaskWatchReport';
/** The query of a watch that says how it stands. */
export const WATCH_STATE_QUERY = 'getState';
/** The signals and queries of a watch that are internal. */
export const JOIN_SIGNAL = 'join';
export const SWEPT_SIGNAL = 'swept';
export const JOINS_QUERY = 'joinsAfter';

/** What a watch knows of a wait, and what is in the memo of that. */
const WATCHED_TASK = v.object({
  taskId: TASK_NUMBER,
  region: REGION,
  /** When the wait joined, by its own clock. A later one replaces an earlier one of the same wait. */
  joinedAt: COUNT,
  startedAt: COUNT,
  /** The list did not show the task before: it gets some time to do so. */
  wasMissed: v.boolean(),
  schedule: v.object({
    initialIntervalMs: v.number(),
    maximumIntervalMs: v.number(),
    backoffCoefficient: v.number(),
    jitter: v.number(),
    expectedDurationMs: v.exactOptional(v.number()),
  }),
});
export type WatchedTask = Readonly<v.InferOutput<typeof WATCHED_TASK>>;

export const WATCHED_WAIT = v.object({ ...WATCHED_TASK.entries, workflowId: v.string() });
/** A wait by the id of its workflow: whichever of its runs is open hears of the watch. */
export type WatchedWait = Readonly<v.InferOutput<typeof WATCHED_WAIT>>;

/** Reads a memo. Undefined if it is not ours. */
export function readWatchedTask(memo: unknown): WatchedTask | undefined {
  return v.parse(v.fallback(v.optional(WATCHED_TASK), undefined), memo);
}

/** Reads what came with a signal: what is not ours is left out. */
export function readWatchedWaits(argument: unknown): WatchedWait[] {
  if (!Array.isArray(argument)) return [];
  return argument.flatMap((each) => (v.is(WATCHED_WAIT, each) ? [each] : []));
}

/** A wait that joins now. */
export function watchedTask({ taskId, region, schedule }: WaitPlan, state: TaskWaitState, now: number): WatchedTask {
  const wasMissed = (state.watch?.falseAlarms ?? 0) > 0;
  return { taskId, region, joinedAt: now, startedAt: state.startedAt, wasMissed, schedule };
}

/** What a watch reports of its sweeps, and what its next activity goes on with. */
export const SWEEP_STATUS = v.object({
  /** Waits that are watched now. */
  waits: COUNT,
  sweeps: COUNT,
  lastSweepAt: v.nullable(COUNT),
  /** Unfinished tasks in the last sweep, of whoever. */
  tasksListed: COUNT,
  lastError: v.nullable(POLL_ERROR),
  /** Until then the tasks cannot be listed: waits pace themselves. */
  blockedUntil: v.nullable(COUNT),
  /** How many joins it has seen. */
  joins: COUNT,
});
export type SweepStatus = Readonly<v.InferOutput<typeof SWEEP_STATUS>>;

export const NOT_SWEPT: SweepStatus = {
  waits: 0,
  sweeps: 0,
  lastSweepAt: null,
  tasksListed: 0,
  lastError: null,
  blockedUntil: null,
  joins: 0,
};

export function readSweepStatus(told: unknown): SweepStatus | undefined {
  return v.parse(v.fallback(v.optional(SWEEP_STATUS), undefined), told);
}
