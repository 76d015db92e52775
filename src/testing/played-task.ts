import type { TaskScript, TaskStep } from './tasks.js';

/** A task and how far it has gone. */
export interface PlayedTask {
  readonly taskId: string;
  readonly script: TaskScript;
  readonly facts: Readonly<Record<'StartTime' | 'TaskType' | 'InstanceId', string>>;
  /** Counts the tasks that were added, so that two of the same start time have an order. */
  readonly number: number;
  addedAtMs: number;
  /** A played wait has seen it. */
  isPlayed: boolean;
  step: TaskStep;
  /** What comes after `step`. */
  next: readonly TaskStep[];
  /** What came before `step`, for those who see a task late. */
  past: readonly { readonly step: TaskStep; readonly untilMs: number }[];
  sinceMs: number | undefined;
  polls: number;
}

/** Where a task stands for its reader: the first one starts it, if it has waited for that. */
export function stepAt(task: PlayedTask, nowMs: number): TaskStep {
  for (;;) {
    const sinceMs = (task.sinceMs ??= nowMs);
    const { step, next } = task;
    if (step.forMs === undefined || next.length === 0 || nowMs < sinceMs + step.forMs) return step;
    advance(task, sinceMs + step.forMs);
  }
}

/** Where it stands for others, who do not start it. */
export function currentStep(task: PlayedTask, nowMs: number): TaskStep {
  return task.sinceMs === undefined ? task.step : stepAt(task, nowMs);
}

/** Where it stood at `atMs`, which is not after `nowMs`. */
export function stepThen(task: PlayedTask, atMs: number, nowMs: number): TaskStep {
  const step = currentStep(task, nowMs);
  return atMs === nowMs ? step : (task.past.find(({ untilMs }) => untilMs > atMs)?.step ?? step);
}

/** Since when it had stood there. */
export function stoodSince({ past, addedAtMs }: PlayedTask, atMs: number): number {
  return past.findLast(({ untilMs }) => untilMs <= atMs)?.untilMs ?? addedAtMs;
}

export function advance(task: PlayedTask, sinceMs: number): void {
  const [step, ...next] = task.next;
  if (!step) return;
  Object.assign(task, { step, next, past: [...task.past, { step: task.step, untilMs: sinceMs }], sinceMs, polls: 0 });
}

/** Takes a task out of its timeline. */
export function jumpTo(task: PlayedTask, step: TaskStep, nowMs: number): void {
  currentStep(task, nowMs);
  task.next = [step];
  advance(task, nowMs);
}
