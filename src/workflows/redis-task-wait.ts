import { CancellationScope, CancelledFailure, condition, isCancellation } from '@temporalio/workflow';
import { callLimits } from '../contract/call-limits.js';
import type { WaitPlan } from '../contract/input.js';
import { outcomeOf, type RedisTaskResult } from '../contract/outcome.js';
import { pollSummary, timerSummary } from '../contract/view.js';
import {
  moveDeadline,
  planNextPoll,
  pollAnswered,
  pollBegan,
  queueDelayMs,
  requestPoll,
  type WaitState,
} from '../contract/wait.js';
import { applicationFailure } from './failure.js';
import { poll, type Polled } from './poll.js';

/** What a wait is embedded in: the workflow `awaitRedisTask`, or someone's own. */
export interface WaitHost {
  readonly apiQueue: string;
  /** The wait polls, or pauses, or has learned something. */
  changed?(state: WaitState): void;
  /** A poll has ended. */
  polled?(answer: Polled): void;
  /** Between two polls, when the wait can be handed to another run. */
  betweenPolls?(): Promise<void>;
}

/** One wait for one task: polls and pauses in turn until the task has ended or the deadline has passed. */
export class RedisTaskWait {
  private callUnderWay: CancellationScope | undefined;

  constructor(
    readonly plan: WaitPlan,
    public state: WaitState,
    private readonly host: WaitHost,
  ) {}

  /** @throws ApplicationFailure of the contract, or a CancelledFailure */
  async run(): Promise<RedisTaskResult> {
    for (;;) {
      await this.pause();

      const beganAt = Date.now();
      this.become(pollBegan(this.state));
      const answer = await this.poll();
      this.become(pollAnswered(this.state, answer, Date.now()));
      this.host.polled?.(answer);

      const outcome = outcomeOf(this.plan, this.state, answer, beganAt, Date.now());
      if (outcome?.failure) throw applicationFailure(outcome.failure);
      if (outcome) return outcome.result;

      const queuedMs = queueDelayMs(beganAt, Date.now(), answer.queuedMs);
      this.become(planNextPoll(this.state, this.plan, Date.now(), Math.random(), queuedMs));
      await this.host.betweenPolls?.();
    }
  }

  pollNow(): void {
    this.become(requestPoll(this.state, Date.now()));
  }

  moveDeadline(deadline: number): void {
    this.become(moveDeadline(this.state, deadline));
    // A call holds its place in the queue up to the deadline it was made with, so it is made again with the new one.
    this.callUnderWay?.cancel();
  }

  private async pause(): Promise<void> {
    for (;;) {
      const due = this.state.nextPollAt;
      const now = Date.now();
      if (due === null || due <= now) return;
      const summary = timerSummary(this.state, now);
      const moved = await condition(() => this.state.nextPollAt !== due, due - now, { summary });
      if (!moved) return;
    }
  }

  private async poll(): Promise<Polled> {
    for (;;) {
      const { deadline } = this.state;
      const limits = callLimits(this.state, Date.now());
      const summary = pollSummary(this.plan, this.state, limits.isLast);
      const call = new CancellationScope();
      this.callUnderWay = call;
      try {
        const answer = await call.run(() => poll(this.plan, this.host.apiQueue, limits, summary));
        // The answer and a cancellation can arrive together: then the wait ends as cancelled all the same.
        if (CancellationScope.current().consideredCancelled) throw new CancelledFailure('The wait was cancelled');
        return answer;
      } catch (error) {
        const onlyTheCall = isCancellation(error) && !CancellationScope.current().consideredCancelled;
        if (!onlyTheCall || this.state.deadline === deadline) throw error;
      } finally {
        this.callUnderWay = undefined;
      }
    }
  }

  private become(state: WaitState): void {
    this.state = state;
    this.host.changed?.(state);
  }
}
