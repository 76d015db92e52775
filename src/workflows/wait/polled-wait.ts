import {
  CancellationScope,
  CancelledFailure,
  getRandomStream,
  isCancellation,
  log,
  metricMeter,
} from '@temporalio/workflow';
import { toApplicationFailure } from '../../contract/failure.js';
import { METRICS, record } from '../../contract/metrics.js';
import type { WaitPlan } from '../../contract/task/input.js';
import { callLimits, type CallLimits } from '../../contract/wait/call-limits.js';
import { runningOutWarning } from '../../contract/wait/messages.js';
import type { WaitOutcome } from '../../contract/wait/outcome.js';
import {
  deadlineMoved,
  isRunningOut,
  nextPollAt,
  pauseAfterPoll,
  queueDelayMs,
  requestPoll,
  runningOutSaid,
} from '../../contract/wait/polls.js';
import type { WaitState } from '../../contract/wait/state.js';
import { pollOnce } from './poll-once.js';
import type { Polled } from './poll.js';
import { WaitClock } from './wait-clock.js';

const AFTER_DEADLINE_MS = 1_000;

/** A failure that ends a wait, by its `type`. */
type Failure = Parameters<typeof toApplicationFailure>[0];

/** How a wait ended: by the type of its failure, or otherwise. */
export type EndingOf<F extends Failure> = F['type'] | 'succeeded' | 'cancelled';

/** The workflow that a wait runs in: one of ours, or a user's own. */
export interface WaitHost<O, Ending> {
  readonly apiQueue: string;
  /** The state of the wait has changed. */
  changed?(state: WaitState<O>): void;
  /** A poll has ended. */
  polled?(answer: Polled<O>): void;
  /** The wait has ended. */
  ended?(ending: Ending): void;
  /** Between two polls, when the wait can continue as new. */
  betweenPolls?(): Promise<void>;
  /** Whether it must: asked when a poll is asked for, since such signals alone fill a history too. */
  readonly mustContinue?: () => boolean;
}

/**
 * One wait, whatever it waits for: polls and pauses in turn until a poll decides or the deadline has passed. A poll sees an
 * `O`; the wait ends with a result `R`, or as failed with an `F`.
 */
export abstract class PolledWait<O, R, F extends Failure> {
  // A stream of its own: a workflow that waits inline keeps its sequence of Math.random().
  private readonly jitter = getRandomStream('temporal-tencent-redis');
  readonly clock = new WaitClock(this);
  /** Ends a pause, and gives up a poll that is under way: in a long queue it outlasts any number of messages. */
  isToContinue = false;

  constructor(
    private readonly pace: Pick<WaitPlan, 'schedule'>,
    public state: WaitState<O>,
    protected readonly host: WaitHost<O, EndingOf<F>>,
  ) {}

  get apiQueue(): string {
    return this.host.apiQueue;
  }

  /** What it waits for, in words. */
  protected abstract get subject(): string;
  /** Asks the API. */
  abstract ask(limits: CallLimits): Promise<Polled<O>>;
  /** The state after a poll. @param askedAt - the earliest time at which the API can have been asked */
  protected abstract answered(answer: Polled<O>, askedAt: number): WaitState<O>;
  /** Whether the wait is over after a poll, and how. */
  protected abstract outcomeOf(answer: Polled<O>, beganAt: number): WaitOutcome<R, F> | undefined;
  /** What Temporal UI says of the pause. */
  protected abstract pauseSummary(dueAt: number, now: number): string;
  /** The warnings that are due and not in the log yet, by name. */
  protected abstract dueWarnings(): ReadonlyMap<string, string>;
  /** What each line in the log carries. */
  protected abstract facts(): Record<string, unknown>;
  /** Called once, before the first poll. */
  protected abstract began(): void;
  protected abstract ended(ending: EndingOf<F>): void;
  /** The state of a pause that is about to begin. */
  protected abstract paused(state: WaitState<O>, answer: Polled<O>): WaitState<O>;

  /** @throws ApplicationFailure of the contract, or a CancelledFailure */
  async run(): Promise<R> {
    // A wait that continues as new has begun before.
    if (this.state.firstPollAt === null) this.began();
    try {
      const outcome = await this.clock.during(() => this.pollUntilOver());
      this.end(outcome.failure?.type ?? 'succeeded');
      if (outcome.failure) throw toApplicationFailure(outcome.failure);
      return outcome.result as R;
    } catch (error) {
      if (isCancellation(error)) this.end('cancelled');
      throw error;
    }
  }

  private end(ending: EndingOf<F>): void {
    this.state = { ...this.state, stage: 'ended' };
    this.host.ended?.(ending);
    this.ended(ending);
  }

  /** Any number of signals may come while there is nothing else to do. */
  pollNow(): void {
    this.become(requestPoll(this.state, Date.now()));
    this.isToContinue ||= this.host.mustContinue?.() ?? false;
  }

  /** Ends no run: the server drops the answer to an update whose workflow task fails, as one that ends a run may. */
  moveDeadline(deadline: number): void {
    this.become(deadlineMoved(this.state, deadline));
  }

  become(state: WaitState<O>): void {
    this.state = state;
    this.host.changed?.(state);
  }

  private async pollUntilOver(): Promise<WaitOutcome<R, F>> {
    for (;;) {
      this.beforePause();
      await this.pause();
      if (this.isToContinue) await this.host.betweenPolls?.();

      const beganAt = Date.now();
      const answer = await this.poll(beganAt);
      if (!answer) continue;
      const queuedMs = queueDelayMs(beganAt, Date.now(), answer.queuedMs);
      this.become(this.answered(answer, beganAt + queuedMs));
      this.host.polled?.(answer);
      this.warn();

      const outcome = this.outcomeOf(answer, beganAt);
      if (outcome) return outcome;

      this.beforePace();
      const paused = pauseAfterPoll(this.pace, this.state, Date.now(), this.jitter.random(), queuedMs);
      this.become(this.paused(paused, answer));
      this.warnIfRunningOut();
      await this.host.betweenPolls?.();
    }
  }

  /** For a wait that others pace, too. */
  protected beforePause(): void {}
  protected beforePace(): void {}

  /**
   * Each pause has a timer: see `leaveTrace`. One to the deadline ends with the timer of that. Its own is later, since two
   * that fire at once make two workflow tasks, and not every server is good at that.
   */
  private async pause(): Promise<void> {
    for (;;) {
      const dueAt = nextPollAt(this.state);
      const now = Date.now();
      const isToDeadline = dueAt === this.state.deadline;
      const isLate = () => isToDeadline && this.clock.isPastDeadline;
      if (dueAt === null || dueAt <= now || this.isToContinue || isLate()) return;
      const moved = () => nextPollAt(this.state) !== dueAt || this.isToContinue;
      const timerMs = dueAt - now + (isToDeadline ? AFTER_DEADLINE_MS : 0);
      await this.clock.until(() => moved() || isLate(), timerMs, { summary: this.pauseSummary(dueAt, now) });
    }
  }

  /** Makes one poll. Undefined when the deadline came before the answer: then the last poll is due. */
  private async poll(beganAt: number): Promise<Polled<O> | undefined> {
    const limits = callLimits(this.state, beganAt);
    if (limits.isLast) this.clock.ring();
    const answer = await pollOnce(this, limits, beganAt);
    // The answer and a cancellation can arrive together: cancellation wins.
    if (CancellationScope.current().consideredCancelled) throw new CancelledFailure('The wait was cancelled');
    return answer;
  }

  private warnIfRunningOut(): void {
    if (!isRunningOut(this.state)) return;
    this.state = runningOutSaid(this.state);
    record(metricMeter, METRICS.waitsRunningOut, 1);
    log.warn(runningOutWarning(this.subject, this.state, Date.now()), this.facts());
  }

  /** Logs each warning once. */
  private warn(): void {
    const warnings = this.dueWarnings();
    for (const text of warnings.values()) log.warn(text, this.facts());
    if (warnings.size > 0) this.state = { ...this.state, warned: [...this.state.warned, ...warnings.keys()] };
  }
}
