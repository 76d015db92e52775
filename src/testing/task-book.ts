import { PlayedTask } from './played-task.js';
import type { TaskScript, TaskSight, TaskStep } from './task-script.js';

/** A task id as a caller writes it; ids beyond 2^53 as bigint or digits. */
export type TaskId = number | bigint | string;

// Of the size that the API's own examples have, so that nothing is tuned to small ids.
const FIRST_CREATED_ID = 2_031_393_158n;

/** All tasks of the simulated account. */
export class TaskBook {
  private readonly tasks = new Map<string, PlayedTask>();
  private nextId = FIRST_CREATED_ID;

  constructor(private readonly now: () => number) {}

  /** Adds a task, or starts one with this id anew. */
  add(taskId: TaskId, script: TaskScript): void {
    this.tasks.set(keyOf(taskId), new PlayedTask(script, this.now()));
  }

  /** Adds a task under the next free id and returns that id. */
  create(script: TaskScript): string {
    while (this.tasks.has(keyOf(this.nextId))) this.nextId += 1n;
    const taskId = keyOf(this.nextId);
    this.add(taskId, script);
    return taskId;
  }

  jump(taskId: TaskId, step: TaskStep): void {
    const task = this.tasks.get(keyOf(taskId));
    if (!task) throw new Error(`There is no task ${taskId.toString()}: add it first.`);
    task.jump(step);
  }

  observe(taskId: string, region: string): TaskSight | undefined {
    return this.tasks.get(taskId)?.observe(this.now(), region);
  }
}

/** One spelling for an id, however it was written. */
export function keyOf(taskId: TaskId): string {
  return BigInt(taskId).toString();
}
