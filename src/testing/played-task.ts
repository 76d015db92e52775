import type { TaskScript, TaskStep } from './task-script.js';

/** A stage of a timeline: it lasts `forMs`, or until `forPolls` polls have seen it. */
export interface Step {
  readonly forMs?: number;
  readonly forPolls?: number;
}

/** Something that changes along a timeline, and how far it has gone. */
export interface Played<S extends Step> {
  addedAtMs: number;
  step: S;
  /** What comes after `step`. */
  next: readonly S[];
  /** What came before `step`, for those who see it late. */
  past: readonly { readonly step: S; readonly untilMs: number }[];
  sinceMs: number | undefined;
  polls: number;
}

/** A task and how far it has gone. */
export interface PlayedTask extends Played<TaskStep> {
  readonly taskId: string;
  readonly script: TaskScript;
  readonly facts: Readonly<Record<'StartTime' | 'TaskType' | 'InstanceId', string>>;
  /** Counts the tasks that were added, so that two of the same start time have an order. */
  readonly number: number;
  /** A played wait has seen it. */
  isPlayed: boolean;
}

/** A timeline that begins now. @param what - has it, for an error */
export function begin<S extends Step>(timeline: readonly S[], what: string, nowMs: number): Played<S> {
  const [step, ...next] = timeline;
  if (!step) throw new Error(`${what} needs at least one step in its timeline.`);
  const endless = timeline.slice(0, -1).findIndex((step) => step.forMs === undefined && step.forPolls === undefined);
  if (endless >= 0) {
    throw new Error(`Step ${endless} of the timeline needs forMs or forPolls: only the last one lasts for ever.`);
  }
  return { addedAtMs: nowMs, step, next, past: [], sinceMs: nowMs, polls: 0 };
}

/** Where it stands for its reader: the first one starts it, if it has waited for that. */
export function stepAt<S extends Step>(played: Played<S>, nowMs: number): S {
  for (;;) {
    const sinceMs = (played.sinceMs ??= nowMs);
    const { step, next } = played;
    if (step.forMs === undefined || next.length === 0 || nowMs < sinceMs + step.forMs) return step;
    advance(played, sinceMs + step.forMs);
  }
}

/** The same, counted as a poll. */
export function pollAt<S extends Step>(played: Played<S>, nowMs: number): S {
  const step = stepAt(played, nowMs);
  played.polls += 1;
  if (played.polls >= (step.forPolls ?? Infinity)) advance(played, nowMs);
  return step;
}

/** Where it stands for others, who do not start it. */
export function currentStep<S extends Step>(played: Played<S>, nowMs: number): S {
  return played.sinceMs === undefined ? played.step : stepAt(played, nowMs);
}

/** Where it stood at `atMs`, which is not after `nowMs`. */
export function stepThen<S extends Step>(played: Played<S>, atMs: number, nowMs: number): S {
  const step = currentStep(played, nowMs);
  return atMs === nowMs ? step : (played.past.find(({ untilMs }) => untilMs > atMs)?.step ?? step);
}

/** Since when it had stood there. */
export function stoodSince({ past, addedAtMs }: Played<Step>, atMs: number): number {
  return past.findLast(({ untilMs }) => untilMs <= atMs)?.untilMs ?? addedAtMs;
}

function advance<S extends Step>(played: Played<S>, sinceMs: number): void {
  const [step, ...next] = played.next;
  if (!step) return;
  Object.assign(played, {
    step,
    next,
    past: [...played.past, { step: played.step, untilMs: sinceMs }],
    sinceMs,
    polls: 0,
  });
}

/** Takes it out of its timeline. */
export function jumpTo<S extends Step>(played: Played<S>, step: S, nowMs: number): void {
  currentStep(played, nowMs);
  played.next = [step];
  advance(played, nowMs);
}
