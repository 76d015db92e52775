import { log } from '@temporalio/workflow';
import type { RedisTaskFailure } from '../../contract/task/failures.js';
import type { WaitPlan } from '../../contract/task/input.js';
import { logFacts, unknownStatusWarning, WAIT_BEGAN, WAIT_ENDED } from '../../contract/task/messages.js';
import type { RedisTaskObservation } from '../../contract/task/observation.js';
import { outcomeOf, type RedisTaskResult } from '../../contract/task/outcome.js';
import { waitSummary } from '../../contract/task/start.js';
import { dueWarnings, pollAnswered, type TaskWaitState, type WaitWarning } from '../../contract/task/state.js';
import { DETACHED, pauseSummary, pollSummary, type WaitEnding } from '../../contract/task/view.js';
import type { CallLimits } from '../../contract/wait/call-limits.js';
import { failingWarning } from '../../contract/wait/messages.js';
import { waitedMs } from '../../contract/wait/state.js';
import { watchPaused } from '../../contract/watch/watched-wait.js';
import { describeTask, type Polled } from '../wait/poll.js';
import { PolledWait, type WaitHost } from '../wait/polled-wait.js';
import { type WatchDoors, WatchMembership } from '../watch/membership.js';
import { countPoll, countWait } from './metrics.js';

/** The workflow that a wait for a task runs in: `awaitRedisTask`, or a user's own. */
export interface TaskWaitHost extends WaitHost<RedisTaskObservation, WaitEnding> {
  /** Left out where there is no watch of shared waits. */
  readonly watch?: WatchDoors;
}

/** One wait for one task. */
export class RedisTaskWait extends PolledWait<RedisTaskObservation, RedisTaskResult, RedisTaskFailure> {
  readonly membership: WatchMembership;

  constructor(
    readonly plan: WaitPlan,
    state: TaskWaitState,
    host: TaskWaitHost,
  ) {
    super(plan, state, host);
    this.membership = new WatchMembership(this, host.watch);
  }

  protected override get subject(): string {
    return waitSummary(this.plan);
  }

  override ask(limits: CallLimits): Promise<Polled> {
    const { plan, state, apiQueue } = this;
    return describeTask(plan, { apiQueue, limits, summary: pollSummary(plan, state, limits.isLast) });
  }

  protected override answered(answer: Polled, askedAt: number): TaskWaitState {
    countPoll(answer);
    return pollAnswered(this.state, answer, Date.now(), askedAt);
  }

  protected override outcomeOf(answer: Polled, beganAt: number) {
    return outcomeOf(this.plan, this.state, answer, beganAt, Date.now());
  }

  protected override pauseSummary(dueAt: number, now: number): string {
    return pauseSummary(this.state, dueAt, now);
  }

  protected override facts() {
    return logFacts(this.plan, this.state);
  }

  protected override began(): void {
    log.info(WAIT_BEGAN, this.facts());
  }

  protected override ended(ending: WaitEnding): void {
    countWait(ending, this.state);
    const { polls } = this.state;
    const facts = { ...this.facts(), ending, polls, waitedMs: waitedMs(this.state, Date.now()) };
    log.info(ending === 'cancelled' ? DETACHED : WAIT_ENDED, facts);
  }

  protected override dueWarnings(): ReadonlyMap<WaitWarning, string> {
    return new Map(dueWarnings(this.state, Date.now()).map((warning) => [warning, this.warningText(warning)]));
  }

  private warningText(warning: WaitWarning): string {
    if (warning === 'failing') return failingWarning(this.subject, this.state, Date.now());
    return unknownStatusWarning(this.subject, this.state.observation?.status ?? '');
  }

  protected override beforePause(): void {
    this.membership.joinIfDue();
  }

  protected override beforePace(): void {
    this.membership.check();
  }

  protected override paused(state: TaskWaitState, { seldomMs }: Polled): TaskWaitState {
    return watchPaused(state, Date.now(), seldomMs);
  }
}
