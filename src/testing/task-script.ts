/**
 * One stretch of a task's life. It lasts `forMs` milliseconds, or until `forPolls` polls have seen it; the last step of
 * a timeline needs neither and lasts for ever.
 */
export interface TaskStep {
  /** Any text: the API's `preparing`, `running`, `succeed`, `failed`, `error`, its odd `Error`, or something unheard of. */
  readonly status: string;
  /** `TaskMessage`. @default '' */
  readonly message?: string;
  readonly forMs?: number;
  readonly forPolls?: number;
}

/** What a task is and how it goes on. */
export interface TaskScript {
  /** At least one step. The clock of the first starts when the task is added; see `startsAt`. */
  readonly timeline: readonly TaskStep[];
  /** Known in this region only. @default known in every region */
  readonly region?: string;
  /** @default 'crs-09u2u96z' */
  readonly instanceId?: string;
  /** @default 'redis cache clearing process' */
  readonly taskType?: string;
  /** @default '2018-11-01 17:25:14' for an added task; the server's clock in Beijing for one created by an action */
  readonly startTime?: string;
  /** Unknown to the API for so many milliseconds after it was added, as a fresh task may be. @default 0 */
  readonly visibleAfterMs?: number;
  /** From when `forMs` counts: `'firstPoll'` lets a task wait for its first reader. @default 'added' */
  readonly startsAt?: 'added' | 'firstPoll';
}

/** A task as one answer shows it. */
export interface TaskSight {
  readonly status: string;
  readonly message: string;
  readonly taskType: string;
  readonly instanceId: string;
  readonly startTime: string;
}

/** Refuses a script that could not be played: no step at all, or a step that would never make way for the next. */
export function checkScript(script: TaskScript): void {
  if (script.timeline.length === 0) throw new Error('A task needs at least one step in its timeline.');
  for (const [index, step] of script.timeline.slice(0, -1).entries()) {
    if (step.forMs === undefined && step.forPolls === undefined) {
      throw new Error(`Step ${index} of the timeline needs forMs or forPolls: only the last one lasts for ever.`);
    }
  }
}
