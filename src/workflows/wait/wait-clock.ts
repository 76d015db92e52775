import { CancellationScope, condition, type TimerOptions } from '@temporalio/workflow';
import { isPastDeadline, type WaitState } from '../../contract/wait/state.js';
import { deadlineSummary } from '../../contract/wait/view.js';
import { StaleReplayGuard } from './stale-replay-guard.js';

/** The deadline of a wait, and all of its conditions. */
export class WaitClock {
  private readonly guard = new StaleReplayGuard();
  /**
   * The deadline that has come. Conditions ask for it instead of the clock: they are evaluated in activations that a
   * replay does not repeat as well, such as that of a refused update.
   */
  private rungAt = -Infinity;

  constructor(private readonly wait: { readonly state: Pick<WaitState<unknown>, 'startedAt' | 'deadline'> }) {}

  get isPastDeadline(): boolean {
    return isPastDeadline(this.wait.state, this.rungAt);
  }

  /** The deadline has come, whether its timer has fired or not. */
  ring(): void {
    this.rungAt = this.wait.state.deadline;
  }

  /** Rings at the deadline, wherever it moves, while this goes on. */
  async during<T>(work: () => Promise<T>): Promise<T> {
    const clock = new CancellationScope();
    clock.run(() => this.ringAtDeadline()).catch(() => undefined);
    try {
      return await work();
    } finally {
      clock.cancel();
    }
  }

  /** @returns false when the timeout came first */
  async until(isTrue: () => boolean, timeoutMs?: number, options: TimerOptions = {}): Promise<boolean> {
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

  /** What an activity answers. In a stale replay nothing may follow it. */
  async answerOf<T>(activity: Promise<T>): Promise<T> {
    const answer = await activity;
    await this.guard.hold;
    return answer;
  }

  /** One timer serves the whole wait; one that fires early is set again. */
  private async ringAtDeadline(): Promise<never> {
    for (;;) {
      const { deadline } = this.wait.state;
      const leftMs = deadline - Date.now();
      const isNearer = () => this.wait.state.deadline < deadline;
      const timer = { summary: deadlineSummary(this.wait.state) };
      if (leftMs > 0) {
        await this.until(isNearer, leftMs, timer);
      } else {
        this.rungAt = deadline;
        await this.until(() => !this.isPastDeadline);
      }
    }
  }
}
