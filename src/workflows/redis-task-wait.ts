import { CancellationScope, CancelledFailure, getRandomStream, isCancellation, log } from '@temporalio/workflow';
import { decodeRedisTaskFailure, toApplicationFailure } from '../contract/failures.js';
import type { WaitPlan } from '../contract/input.js';
import { failingWarning, logFacts, unknownStatusWarning, WAIT_BEGAN, WAIT_ENDED } from '../contract/messages.js';
import { outcomeOf, type RedisTaskResult } from '../contract/outcome.js';
import { DETACHED, pauseSummary, type WaitEnding } from '../contract/view.js';
import { waitedMs, type WaitState } from '../contract/wait-state.js';
import {
  callLimits,
  dueWarnings,
  nextPollAt,
  pauseAfterPoll,
  pollAnswered,
  queueDelayMs,
  requestPoll,
} from '../contract/wait.js';
import { watchPaused } from '../contract/watched-wait.js';
import { countPoll, countWait } from './metrics.js';
import { pollOnce } from './poll-once.js';
import type { Polled } from './poll.js';
import { WaitClock } from './wait-clock.js';
import { type WatchDoors, WatchMembership } from './watch-membership.js';

/** The workflow that a wait runs in: `awaitRedisTask`, or a user's own. */
export interface WaitHost {
  readonly apiQueue: string;
  /** The state of the wait has changed. */
  changed?(state: WaitState): void;
  /** A poll has ended. */
  polled?(answer: Polled): void;
  /** The wait has ended. */
  ended?(ending: WaitEnding): void;
  /** Between two polls, when the wait can continue as new. */
  betweenPolls?(): Promise<void>;
  /** Left out where there is no watch of shared waits. */
  readonly watch?: WatchDoors;
  /** Whether it must: asked when a poll is asked for, since such signals alone fill a history too. */
  readonly mustContinue?: () => boolean;
}

/** One wait for one task: polls and pauses in turn until the task has ended or the deadline has passed. */
export class RedisTaskWait {
  // A stream of its own: a workflow that waits inline keeps its sequence of Math.random().
  private readonly jitter = getRandomStream('temporal-tencent-redis');
  readonly clock = new WaitClock(this);
  /** Ends a pause, and gives up a poll that is under way: in a long queue it outlasts any number of messages. */
  isToContinue = false;
  readonly membership: WatchMembership;

  constructor(
    readonly plan: WaitPlan,
    public state: WaitState,
    private readonly host: WaitHost,
  ) {
    this.membership = new WatchMembership(this, host.watch);
  }

  get apiQueue(): string {
    return this.host.apiQueue;
  }

  /** @throws ApplicationFailure of the contract, or a CancelledFailure */
  async run(): Promise<RedisTaskResult> {
    // A wait that continues as new has begun before.
    if (this.state.firstPollAt === null) log.info(WAIT_BEGAN, logFacts(this.plan, this.state));
    try {
      const result = await this.clock.during(() => this.pollUntilOver());
      this.end('succeeded');
      return result;
    } catch (error) {
      const failure = decodeRedisTaskFailure(error);
      if (failure) this.end(failure.type);
      else if (isCancellation(error)) this.end('cancelled');
      throw error;
    }
  }

  private end(ending: WaitEnding): void {
    this.state = { ...this.state, stage: 'ended' };
    this.host.ended?.(ending);
    countWait(ending, this.state);
    const { polls } = this.state;
    const facts = { ...logFacts(this.plan, this.state), ending, polls, waitedMs: waitedMs(this.state, Date.now()) };
    log.info(ending === 'cancelled' ? DETACHED : WAIT_ENDED, facts);
  }

  /** Any number of signals may come while there is nothing else to do. */
  pollNow(): void {
    this.become(requestPoll(this.state, Date.now()));
    this.isToContinue ||= this.host.mustContinue?.() ?? false;
  }

  /** Ends no run: the server drops the answer to an update whose workflow task fails, as one that ends a run may. */
  moveDeadline(deadline: number): void {
    this.become({ ...this.state, deadline });
  }

  become(state: WaitState): void {
    this.state = state;
    this.host.changed?.(state);
  }

  private async pollUntilOver(): Promise<RedisTaskResult> {
    for (;;) {
      this.membership.joinIfDue();
      await this.pause();
      if (this.isToContinue) await this.host.betweenPolls?.();

      const beganAt = Date.now();
      const answer = await this.poll(beganAt);
      if (!answer) continue;
      const queuedMs = queueDelayMs(beganAt, Date.now(), answer.queuedMs);
      this.become(pollAnswered(this.state, answer, Date.now(), beganAt + queuedMs));
      countPoll(answer);
      this.host.polled?.(answer);
      this.warn();

      const outcome = outcomeOf(this.plan, this.state, answer, beganAt, Date.now());
      if (outcome?.failure) throw toApplicationFailure(outcome.failure);
      if (outcome) return outcome.result;

      this.membership.check();
      const paused = pauseAfterPoll(this.plan, this.state, Date.now(), this.jitter.random(), queuedMs);
      this.become(watchPaused(paused, Date.now(), answer.seldomMs));
      await this.host.betweenPolls?.();
    }
  }

  private async pause(): Promise<void> {
    for (;;) {
      const dueAt = nextPollAt(this.state);
      const now = Date.now();
      if (dueAt === null || dueAt <= now || this.isToContinue) return;
      const moved = () => nextPollAt(this.state) !== dueAt || this.isToContinue;
      if (this.membership.isNew && this.state.requestedAt === null && !this.clock.isPastDeadline) {
        // No timer until it knows when it polls next.
        await this.clock.until(() => !this.membership.isJoining || moved() || this.clock.isPastDeadline);
      } else if (dueAt !== this.state.deadline) {
        await this.clock.until(moved, dueAt - now, { summary: pauseSummary(this.state, dueAt, now) });
      } else if (this.clock.isPastDeadline) {
        return;
      } else {
        await this.clock.until(() => moved() || this.clock.isPastDeadline);
      }
    }
  }

  /** Makes one poll. Undefined when the deadline came before the answer: then the last poll is due. */
  private async poll(beganAt: number): Promise<Polled | undefined> {
    const limits = callLimits(this.state, beganAt);
    if (limits.isLast) this.clock.ring();
    const answer = await pollOnce(this, limits, beganAt);
    // The answer and a cancellation can arrive together: cancellation wins.
    if (CancellationScope.current().consideredCancelled) throw new CancelledFailure('The wait was cancelled');
    return answer;
  }

  /** Logs each warning once. */
  private warn(): void {
    const { observation, lastError, failingSince } = this.state;
    const now = Date.now();
    const warnings = dueWarnings(this.state, now);
    const facts = logFacts(this.plan, this.state);
    for (const warning of warnings) {
      if (warning === 'failing' && lastError)
        log.warn(failingWarning(this.plan, lastError, now - (failingSince ?? now)), facts);
      if (warning === 'unknownStatus' && observation)
        log.warn(unknownStatusWarning(this.plan, observation.status), facts);
    }
    if (warnings.length > 0) this.state = { ...this.state, warned: [...this.state.warned, ...warnings] };
  }
}
