import { isCancellation, log, metricMeter } from '@temporalio/workflow';
import { METRICS, record } from '../../contract/metrics.js';
import type { WaitPlan } from '../../contract/task/input.js';
import { logFacts, PACES_ITSELF } from '../../contract/task/messages.js';
import type { TaskWaitState } from '../../contract/task/state.js';
import {
  JOIN_AGAIN_AFTER_MS,
  joined,
  joinIsDue,
  joinsAtOnce,
  pacedByItself,
  readWatchReport,
  watchChecked,
  watchLost,
  watchReported,
} from '../../contract/watch/watched-wait.js';
import type { WaitClock } from '../wait/wait-clock.js';

/** What leads to the watch of shared waits. */
export interface WatchDoors {
  readonly join: (plan: WaitPlan, state: TaskWaitState) => Promise<void>;
  /** The wait paces itself for a while: nobody may make it join again before. */
  readonly leave: () => void;
}

/** The wait that is a member. */
interface Member {
  readonly plan: WaitPlan;
  readonly state: TaskWaitState;
  readonly clock: WaitClock;
  become(state: TaskWaitState): void;
}

/** What a shared wait does about its watch, beside its polls. */
export class WatchMembership {
  private isJoining = false;

  /** @param doors - left out where there is no watch */
  constructor(
    private readonly wait: Member,
    private readonly doors: WatchDoors | undefined,
  ) {}

  /** The watch has told something. */
  hear(argument: unknown): void {
    const report = readWatchReport(argument);
    this.wait.become(watchReported(this.wait.state, report, this.wait.plan.schedule, Date.now()));
    if (report.unable) this.doors?.leave();
  }

  /** Joins beside the polls: until the watch knows of the wait, that paces itself. */
  joinIfDue(): void {
    if (!this.doors || this.isJoining || !joinIsDue(this.wait.state, Date.now())) return;
    this.isJoining = true;
    void this.join(this.doors);
  }

  /** A poll has checked what the watch told. */
  check(): void {
    const { state } = this.wait;
    const checked = watchChecked(state, Date.now());
    if (checked === state) return;
    record(metricMeter, METRICS.falseAlarms, 1);
    if (joinIsDue(checked, Date.now())) this.wait.become(checked);
    else this.paceItself(checked);
  }

  private async join({ join }: WatchDoors): Promise<void> {
    const { wait } = this;
    const joinAt = wait.state.watch?.joinAt ?? null;
    try {
      await wait.clock.answerOf(join(wait.plan, wait.state));
      wait.become(joined(wait.state, joinAt, Date.now()));
    } catch (error) {
      if (isCancellation(error)) return;
      const now = Date.now();
      const lost = watchLost(wait.state, 'no worker took it to the watch', now + JOIN_AGAIN_AFTER_MS);
      this.paceItself(pacedByItself(lost, wait.plan.schedule, now));
    } finally {
      this.isJoining = false;
    }
    // A report has come meanwhile, and its poll has found the task still running.
    if (joinsAtOnce(this.wait.state)) this.joinIfDue();
  }

  private paceItself(state: TaskWaitState): void {
    this.wait.become(state);
    this.doors?.leave();
    log.info(PACES_ITSELF, { ...logFacts(this.wait.plan, state), reason: state.watch?.reason });
  }
}
