import { isUnfinished } from '../contract/task/observation.js';
import { begin, currentStep, jumpTo, type PlayedTask, pollAt } from './played-task.js';
import { TaskList } from './task-list.js';

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
  /** @default 'crs-09u2u96z' */
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

/** What `DescribeTaskInfo` answers about a task. */
export type ObservedFields = Readonly<
  Record<'Status' | 'StartTime' | 'TaskType' | 'InstanceId' | 'TaskMessage', string>
>;

/** A task id as a caller writes it; ids beyond 2^53 as bigint or digits. */
export type TaskId = number | bigint | string;

/** One spelling for an id, however it was written. */
export function keyOf(taskId: TaskId): string {
  return BigInt(taskId).toString();
}

/** All tasks of the simulated account. */
export class TaskBook {
  readonly list = new TaskList();
  private readonly tasks = new Map<string, PlayedTask>();
  private added = 0;
  /** As large as the ids in the API's own examples. */
  private nextId = 2_031_393_158n;

  constructor(readonly now: () => number) {}

  /** Adds a task, or replaces the one with this id. */
  add(taskId: TaskId, script: TaskScript): void {
    const {
      timeline,
      startsAt,
      startTime: StartTime = '2018-11-01 17:25:14',
      taskType: TaskType = 'redis cache clearing process',
      instanceId: InstanceId = 'crs-09u2u96z',
    } = script;
    const played = begin(timeline, 'A task', this.now());
    if (startsAt === 'firstPoll') played.sinceMs = undefined;
    this.remove(taskId);
    const task: PlayedTask = {
      ...played,
      taskId: keyOf(taskId),
      script,
      facts: { StartTime, TaskType, InstanceId },
      number: (this.added += 1),
      isPlayed: false,
    };
    this.tasks.set(task.taskId, task);
    this.list.add(task);
  }

  /** Adds a task under the next free id and returns that id. */
  create(script: TaskScript): string {
    while (this.tasks.has(keyOf(this.nextId))) this.nextId += 1n;
    this.add(this.nextId, script);
    return keyOf(this.nextId);
  }

  /** Whether an instance has a task that has not ended. */
  hasOpenTask(instanceId: string): boolean {
    const nowMs = this.now();
    return [...this.tasks.values()].some(
      (task) => task.facts.InstanceId === instanceId && isUnfinished(currentStep(task, nowMs).status),
    );
  }

  /** Moves a task to a last step outside its timeline. */
  jump(taskId: TaskId, step: TaskStep): void {
    const task = this.tasks.get(keyOf(taskId));
    if (!task) throw new Error(`There is no task ${taskId.toString()}: add it first.`);
    jumpTo(task, step, this.now());
    this.list.add(task);
  }

  /** Forgets a task. @returns whether there was one */
  remove(taskId: TaskId): boolean {
    const task = this.tasks.get(keyOf(taskId));
    if (task) this.list.remove(task);
    return this.tasks.delete(keyOf(taskId));
  }

  /** Where a task stands, without a poll. */
  look(taskId: TaskId): { readonly script: TaskScript; readonly step: TaskStep } | undefined {
    const task = this.tasks.get(keyOf(taskId));
    return task && { script: task.script, step: currentStep(task, this.now()) };
  }

  /** What a poll of a played wait sees. Its time is not that of this book's clock: a task begins with its first poll. */
  observeAt(nowMs: number, taskId: string, region: string): ObservedFields | undefined {
    const task = this.tasks.get(taskId);
    if (task && !task.isPlayed) Object.assign(task, { isPlayed: true, addedAtMs: nowMs, sinceMs: undefined, past: [] });
    return this.observe(taskId, region, nowMs);
  }

  /** The fields that a poll sees now; undefined while the task is not visible, or in a region that does not know it. */
  observe(taskId: string, region: string, nowMs = this.now()): ObservedFields | undefined {
    const task = this.tasks.get(taskId);
    if (!task || (task.script.region ?? region) !== region) return undefined;
    if (nowMs < task.addedAtMs + (task.script.visibleAfterMs ?? 0)) return undefined;
    const { status, message = '' } = pollAt(task, nowMs);
    return { Status: status, ...task.facts, TaskMessage: message };
  }
}
