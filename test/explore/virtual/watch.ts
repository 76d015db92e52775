import { readInput, type WaitPlan } from '../../../src/contract/input.js';
import type { WaitState } from '../../../src/contract/wait-state.js';
import type { PollAnswer } from '../../../src/contract/wait.js';
import { type WatchMemory, type WatchReport, watchStep } from '../../../src/contract/watch.js';
import { valueOf } from '../ending.js';
import type { PollRecord } from '../wait-record.js';
import type { VirtualClock } from './clock.js';
import type { Command } from './workflow-vm.js';

/** The record of a poll of a watch, as it goes on. */
export type NotedPoll = { -readonly [K in keyof PollRecord]: PollRecord[K] };

/**
 * An answer this close before the watch is cancelled may not be in what the wait has heard of it, unless it is cancelled at
 * the deadline that it knew: it ends by itself before that.
 */
const ON_ITS_WAY_MS = 100;

/** A watch between its attempts: what its heartbeats have told the server, and when it is tried again. */
export class VirtualWatch {
  isOver = false;
  private readonly plan: WaitPlan;
  private readonly known: WaitState;
  private memory: WatchMemory;
  private hasBeaten = false;
  private nextAttemptAt: number | null = null;
  /** An attempt was taken from the queue, and has not ended. */
  isCalling = false;
  private current: NotedPoll | undefined;
  private last: NotedPoll | undefined;

  constructor(
    private readonly clock: VirtualClock,
    private readonly start: number,
    activity: NonNullable<Command['scheduleActivity']>,
    private readonly note: () => NotedPoll,
  ) {
    const [input, known] = (activity.arguments ?? []).map(valueOf);
    this.plan = readInput(input);
    this.known = known as WaitState;
    this.memory = { state: this.known, tries: 0 };
  }

  /** As `describeRedisTaskWatch` tells it. */
  get standing() {
    return {
      remembered: this.hasBeaten ? this.memory : null,
      nextAttemptAt: this.nextAttemptAt,
      isCalling: this.isCalling,
    };
  }

  begin(): void {
    this.nextAttemptAt = null;
  }

  /** A worker took the attempt from the queue. */
  taken(): void {
    this.isCalling = true;
    this.current ??= this.note();
  }

  /** The worker that took it is lost. */
  lost(): void {
    this.isCalling = false;
  }

  answered(answer: PollAnswer, queuedMs: number, askedAt: number): { report?: WatchReport; retryAfterMs: number } {
    this.isCalling = false;
    const call = { askedAt: Math.round(askedAt), now: Math.round(this.clock.now), queuedMs, random: Math.random() };
    const step = watchStep(this.plan, this.known, this.memory, answer, call);
    const isPollOver = step.isNews || step.memory.tries === 0;
    if (isPollOver && this.current) {
      this.current.answeredAt = this.clock.now - this.start;
      this.current.gaveTask = answer.error === undefined;
      this.last = this.current;
      this.current = undefined;
    }
    if (step.isNews) {
      this.isOver = true;
      return { report: { ...answer, state: step.state }, retryAfterMs: 0 };
    }
    this.memory = step.memory;
    this.hasBeaten = true;
    this.nextAttemptAt = this.clock.now + step.retryAfterMs;
    return { retryAfterMs: step.retryAfterMs };
  }

  cancel(): void {
    this.isOver = true;
    const now = this.clock.now - this.start;
    const { last, known } = this;
    const isUnforeseen = this.clock.now < known.deadline || (last && now - last.at < ON_ITS_WAY_MS);
    if (last && isUnforeseen && now - (last.answeredAt ?? 0) < ON_ITS_WAY_MS) last.isDoubtful = true;
    if (!this.current) return;
    // Between two attempts of a poll, no call is given up.
    if (this.isCalling) this.current.givenUpAt = now;
    else Object.assign(this.current, { answeredAt: now, gaveTask: false });
  }
}
