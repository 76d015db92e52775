/**
 * One stage of a task's life. It lasts `forMs` milliseconds, or until `forPolls` polls have seen it; the last step of a
 * timeline needs neither and lasts forever.
 */
export interface TaskStep {
  /** Any text: the API's `preparing`, `running`, `succeed`, `failed`, `error`, its odd `Error`, or something unknown. */
  readonly status: string;
  /** `TaskMessage`. @default '' */
  readonly message?: string;
  readonly forMs?: number;
  readonly forPolls?: number;
}

/** What a task is and how it proceeds. */
export interface TaskScript {
  /** At least one step. The first starts when the task is added; see `startsAt`. */
  readonly timeline: readonly TaskStep[];
  /** The only region that knows the task. @default every region */
  readonly region?: string;
  /** A change of this instance is busy until the task has ended. @default 'crs-09u2u96z', whose changes go on */
  readonly instanceId?: string;
  /** @default 'redis cache clearing process' */
  readonly taskType?: string;
  /** Its code in `DescribeTaskList`. @default the one that belongs to `taskType`, where that is known */
  readonly typeCode?: string;
  /** @default '2018-11-01 17:25:14' for an added task; the server's clock in Beijing for one created by an action */
  readonly startTime?: string;
  /** Unknown to the API for so many milliseconds after it was added, as a fresh task may be. @default 0 */
  readonly visibleAfterMs?: number;
  /** From when `forMs` counts: `'firstPoll'` lets a task wait for its first reader. @default 'added' */
  readonly startsAt?: 'added' | 'firstPoll';
}

/** A task id as a caller writes it; ids beyond 2^53 as bigint or digits. */
export type TaskId = number | bigint | string;

/** One spelling for an id, however it was written. */
export function keyOf(taskId: TaskId): string {
  return BigInt(taskId).toString();
}
