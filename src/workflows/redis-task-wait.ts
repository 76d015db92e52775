import {
  CancellationScope,
  CancelledFailure,
  condition,
  getRandomStream,
  log,
  type TimerOptions,
} from '@temporalio/workflow';
import { toApplicationFailure } from '../contract/failures.js';
import type { WaitPlan } from '../contract/input.js';
import { failingWarning, unknownStatusWarning } from '../contract/messages.js';
import { outcomeOf, type RedisTaskResult } from '../contract/outcome.js';
import { unanswered } from '../contract/poll-error.js';
import { MINIMUM_INTERVAL_MS } from '../contract/schedule.js';
import {
  deadlineSummary,
  LAST_POLL_SUMMARY,
  pauseSummary,
  pollSummary,
  WATCH_LOOK_SUMMARY,
  watchSummary,
} from '../contract/view.js';
import type { WaitState } from '../contract/wait-state.js';
import {
  BACKLOG_CHECK_MS,
  type CallLimits,
  callLimits,
  dueWarnings,
  LAST_POLL_TIMEOUT_MS,
  nextPollAt,
  pauseAfterPoll,
  pollAnswered,
  pollBegan,
  pollGivenUp,
  queueDelayMs,
  requestPoll,
  wasAnsweredLately,
  watchEnded,
  watchReported,
} from '../contract/wait.js';
import { describeTask, type Polled, PollUnderWay, watchTask } from './poll.js';
import { describeWatch, isQueueServed } from './queue.js';
import { StaleReplayGuard } from './stale-replay-guard.js';

/** How often to look, at the least, whether a long call of a watch has ended. */
const LONGEST_LOOK_PAUSE_MS = 4_000;
/** How often to look for that at the deadline, before the watch is given up with its call. */
const LAST_LOOKS = 3;
/** A call that is due later than this does not begin before the watch is cancelled. */
const CANCEL_MS = 200;

let watches = 0;
/** An id by which operators find the activity; counted per workflow, which may wait for several tasks. */
function nextWatchId(): string {
  return `redis-task-watch-${(watches += 1)}`;
}

/** The workflow that a wait runs in: `awaitRedisTask`, or a user's own. */
export interface WaitHost {
  readonly apiQueue: string;
  /** The state of the wait has changed. */
  changed?(state: WaitState): void;
  /** A poll has ended. */
  polled?(answer: Polled): void;
  /** Between two polls, when the wait can continue as new. */
  betweenPolls?(): Promise<void>;
}

/** One wait for one task: polls and pauses in turn until the task has ended or the deadline has passed. */
export class RedisTaskWait {
  // A stream of its own: a workflow that waits inline keeps its sequence of Math.random().
  private readonly jitter = getRandomStream('temporal-tencent-redis');
  private readonly guard = new StaleReplayGuard();
  /**
   * The deadline that has come. Conditions ask for it instead of the clock: they are evaluated in activations that a
   * replay does not repeat as well, such as that of a refused update.
   */
  private rungAt = -Infinity;

  constructor(
    readonly plan: WaitPlan,
    public state: WaitState,
    private readonly host: WaitHost,
  ) {}

  /** @throws ApplicationFailure of the contract, or a CancelledFailure */
  async run(): Promise<RedisTaskResult> {
    const clock = new CancellationScope();
    clock.run(() => this.wakeAtDeadline()).catch(() => undefined);
    try {
      return await this.pollUntilOver();
    } finally {
      clock.cancel();
    }
  }

  pollNow(): void {
    this.become(requestPoll(this.state, Date.now()));
  }

  moveDeadline(deadline: number): void {
    this.become({ ...this.state, deadline });
  }

  private async pollUntilOver(): Promise<RedisTaskResult> {
    for (;;) {
      await this.pause();

      const beganAt = Date.now();
      const answer = await this.poll(beganAt);
      if (!answer) continue;
      const queuedMs = queueDelayMs(beganAt, Date.now(), answer.queuedMs);
      this.become(
        answer.watched
          ? watchReported(this.state, answer.watched)
          : pollAnswered(this.state, answer, Date.now(), beganAt + queuedMs),
      );
      this.host.polled?.(answer);
      this.warn();

      const outcome = outcomeOf(this.plan, this.state, answer, beganAt, Date.now());
      if (outcome?.failure) throw toApplicationFailure(outcome.failure);
      if (outcome) return outcome.result;

      this.become(pauseAfterPoll(this.plan, this.state, Date.now(), this.jitter.random(), queuedMs));
      await this.host.betweenPolls?.();
    }
  }

  /** Wakes every condition at the deadline. One timer serves the whole wait; one that fires early is set again. */
  private async wakeAtDeadline(): Promise<never> {
    for (;;) {
      const { deadline } = this.state;
      const leftMs = deadline - Date.now();
      const isNearer = () => this.state.deadline < deadline;
      const timer = { summary: deadlineSummary(this.state) };
      if (leftMs <= 0 || !(await this.until(isNearer, leftMs, timer))) this.rungAt = deadline;
      await this.until(() => !this.isPastDeadline());
    }
  }

  private async pause(): Promise<void> {
    for (;;) {
      const dueAt = nextPollAt(this.state);
      const pauseMs = (dueAt ?? 0) - Date.now();
      if (pauseMs <= 0) return;
      const moved = () => nextPollAt(this.state) !== dueAt;
      if (dueAt !== this.state.deadline) {
        await this.until(moved, pauseMs, { summary: pauseSummary(this.state, pauseMs) });
      } else if (this.isPastDeadline()) {
        return;
      } else {
        await this.until(() => moved() || this.isPastDeadline());
      }
    }
  }

  /** Makes one poll. Undefined when the deadline came before the answer: then the last poll is due. */
  private async poll(beganAt: number): Promise<Polled | undefined> {
    const limits = callLimits(this.plan, this.state, beganAt);
    if (limits.isLast) this.rungAt = this.state.deadline;
    const answer = await (limits.isWatch ? this.watch(limits) : this.pollOnce(limits, beganAt));
    // The answer and a cancellation can arrive together: cancellation wins.
    if (CancellationScope.current().consideredCancelled) throw new CancelledFailure('The wait was cancelled');
    return answer;
  }

  private async pollOnce(limits: CallLimits, beganAt: number): Promise<Polled | undefined> {
    const { plan } = this;
    const call = { ...this.host, limits, summary: pollSummary(plan, this.state, limits.isLast) };
    this.become(pollBegan(this.state));
    return this.answerTo(new PollUnderWay(() => describeTask(plan, call)), beganAt);
  }

  /** Lets the server poll until something changes. Undefined when a poll is due that the wait makes itself. */
  private async watch(limits: CallLimits): Promise<Polled | undefined> {
    const { plan } = this;
    const call = { ...this.host, limits, summary: watchSummary(plan, this.state) };
    const activityId = nextWatchId();
    this.become(pollBegan(this.state, 'watching'));
    const known = this.state;
    const watch = new PollUnderWay(() => watchTask(plan, known, call, activityId));
    for (let looks = 1; ; looks += 1) {
      await this.until(() => watch.isOver || this.isPastDeadline() || this.state.requestedAt !== null);
      const standing = watch.isOver ? undefined : await this.look(activityId);
      if (watch.isOver) return watch.answer;
      const isLast = this.isPastDeadline();
      const dueInMs = standing?.isCalling ? 0 : (standing?.dueInMs ?? 0);
      const isQueued = standing?.isCalling === false && dueInMs <= 0;
      const isLateOrQueued = isLast && (isQueued || looks > LAST_LOOKS);
      if (!standing || dueInMs > (isLast ? CANCEL_MS : MINIMUM_INTERVAL_MS) || isLateOrQueued) {
        const answer = await watch.giveUp();
        if (!answer) this.become(watchEnded(this.state, Date.now(), dueInMs));
        return answer;
      }
      if (!isLast && !standing.isCalling) {
        // The call that comes in a moment, or is in the queue, is the poll that was asked for.
        this.become(pollBegan(this.state, 'watching'));
        continue;
      }
      const pauseMs = Math.min(looks * MINIMUM_INTERVAL_MS, LONGEST_LOOK_PAUSE_MS);
      const summary = { summary: WATCH_LOOK_SUMMARY };
      await this.until(() => watch.isOver || this.isPastDeadline() !== isLast, pauseMs, summary);
    }
  }

  /** Learns where a watch stands. Undefined if nobody knows. */
  private async look(activityId: string): Promise<{ isCalling: boolean; dueInMs: number } | undefined> {
    const standing = await describeWatch(activityId);
    await this.guard.hold;
    if (!standing) return undefined;
    const { memory, isCalling, nextAttemptAt } = standing;
    if (memory) this.become(watchReported(this.state, memory.state));
    return { isCalling, dueInMs: (nextAttemptAt ?? 0) - Date.now() };
  }

  private async answerTo(poll: PollUnderWay, beganAt: number): Promise<Polled | undefined> {
    for (let limitMs = LAST_POLL_TIMEOUT_MS; !(await this.isAnswered(poll, limitMs)); limitMs = BACKLOG_CHECK_MS) {
      const queuedMs = Date.now() - beganAt;
      const served = queuedMs < LAST_POLL_TIMEOUT_MS || (await this.isQueueServed());
      // Asking the server took time.
      if (poll.isOver) break;
      if (!this.isPastDeadline()) continue;
      const at = new Date().toISOString();
      const error = served ? undefined : unanswered('NoActivityWorker', this.host.apiQueue, at, queuedMs);
      const isLast = beganAt >= this.state.deadline;
      if (!isLast || error) {
        const answer = await poll.giveUp();
        if (answer) return answer;
        if (isLast && error) return { error, errorClass: 'transient' };
        this.become(pollGivenUp(this.state, Date.now(), error));
        return undefined;
      }
      // Other calls are in front. A task that ended in time must not be reported as timed out because of them.
      this.become({ ...this.state, lastError: unanswered('QueueBacklog', this.host.apiQueue, at, queuedMs) });
    }
    return poll.answer;
  }

  /** Waits for the answer: before the deadline up to it, after it for as long as the last poll may take. */
  private async isAnswered(poll: PollUnderWay, lastPollMs: number): Promise<boolean> {
    const isLast = this.isPastDeadline();
    const settled = () => poll.isOver || this.isPastDeadline() !== isLast;
    if (isLast) await this.until(settled, lastPollMs, { summary: LAST_POLL_SUMMARY });
    else await this.until(settled);
    return poll.isOver;
  }

  private async isQueueServed(): Promise<boolean> {
    const isServed = await isQueueServed(this.host.apiQueue);
    await this.guard.hold;
    return isServed ?? wasAnsweredLately(this.state, Date.now());
  }

  /** Logs each warning once. */
  private warn(): void {
    const { observation, lastError, failingSince } = this.state;
    const now = Date.now();
    const warnings = dueWarnings(this.state, now);
    for (const warning of warnings) {
      if (warning === 'failing' && lastError)
        log.warn(failingWarning(this.plan, lastError, now - (failingSince ?? now)));
      if (warning === 'unknownStatus' && observation) log.warn(unknownStatusWarning(this.plan, observation.status));
    }
    if (warnings.length > 0) this.state = { ...this.state, warned: [...this.state.warned, ...warnings] };
  }

  /** @returns false when the timeout came first */
  private async until(isTrue: () => boolean, timeoutMs?: number, options: TimerOptions = {}): Promise<boolean> {
    const check = () => {
      this.guard.check();
      return isTrue();
    };
    let isMet = true;
    if (timeoutMs === undefined) await condition(check);
    else isMet = await condition(check, timeoutMs, options);
    await this.guard.hold;
    return isMet;
  }

  private isPastDeadline(): boolean {
    return this.rungAt >= this.state.deadline;
  }

  private become(state: WaitState): void {
    this.state = state;
    this.host.changed?.(state);
  }
}
