import { isUnfinished } from '../contract/task/observation.js';
import { begin, currentStep, jumpTo, type PlayedTask, pollAt } from './played-task.js';
import { TaskList } from './task-list.js';
import { keyOf, type TaskId, type TaskScript, type TaskStep } from './task-script.js';

/** What `DescribeTaskInfo` answers about a task. */
export type ObservedFields = Readonly<
  Record<'Status' | 'StartTime' | 'TaskType' | 'InstanceId' | 'TaskMessage', string>
>;

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

  /** Whether a task that was made for an instance has not ended: one that names none has the instance of all examples. */
  hasOpenTask(instanceId: string): boolean {
    const nowMs = this.now();
    return [...this.tasks.values()].some(
      (task) => task.script.instanceId === instanceId && isUnfinished(currentStep(task, nowMs).status),
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
