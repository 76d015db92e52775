import { checkScript, type TaskScript, type TaskSight, type TaskStep } from './task-script.js';

/** A task on its way through its timeline. Time is passed in; polls are counted by `observe`. */
export class PlayedTask {
  private step = 0;
  private stepSince: number | undefined;
  private pollsOfStep = 0;
  private steps: readonly TaskStep[];

  constructor(
    private readonly script: TaskScript,
    private readonly addedAtMs: number,
  ) {
    checkScript(script);
    this.steps = script.timeline;
    if (script.startsAt !== 'firstPoll') this.stepSince = addedAtMs;
  }

  /** What a poll sees now; undefined while the task is not visible, or in a region that does not know it. */
  observe(nowMs: number, region: string): TaskSight | undefined {
    if (this.script.region !== undefined && this.script.region !== region) return undefined;
    if (nowMs < this.addedAtMs + (this.script.visibleAfterMs ?? 0)) return undefined;

    const step = this.stepAt(nowMs);
    this.pollsOfStep += 1;
    if (step.forPolls !== undefined && this.pollsOfStep >= step.forPolls) this.advance(nowMs);
    return {
      status: step.status,
      message: step.message ?? '',
      taskType: this.script.taskType ?? 'redis cache clearing process',
      instanceId: this.script.instanceId ?? 'crs-09u2u96z',
      startTime: this.script.startTime ?? '2018-11-01 17:25:14',
    };
  }

  /** Jumps to a last step of its own, out of the timeline. */
  jump(step: TaskStep): void {
    this.steps = [step];
    this.step = 0;
  }

  private stepAt(nowMs: number): TaskStep {
    let since = (this.stepSince ??= nowMs);
    for (;;) {
      const step = this.steps[this.step];
      if (!step) throw new Error('A timeline ran out of steps.');
      if (step.forMs === undefined || this.isLast() || nowMs < since + step.forMs) return step;
      since += step.forMs;
      this.advance(since);
    }
  }

  private advance(atMs: number): void {
    if (this.isLast()) return;
    this.step += 1;
    this.stepSince = atMs;
    this.pollsOfStep = 0;
  }

  private isLast(): boolean {
    return this.step === this.steps.length - 1;
  }
}
